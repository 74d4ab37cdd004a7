"""Keeping questions: drawings too long for an address, and selections that were given a name."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, null
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.codes import ALPHABET, new_code
from core.errors import Invalid
from geo.models.selections import Draft, Selection, SelectionArea, SelectionClause
from geo.permissions import May
from geo.queries.clauses import ClauseAsked, clauses_asked
from geo.queries.selections import FIRST, Question

DRAFT_LETTERS = 12  # of 32: 60 bits of the drawing's digest


class SelectionNameless(Invalid):
    """A kept selection needs a name; write one that others will understand."""


def keep_draft(session: Session, shape: bytes, *, actor: Actor) -> str:
    """Keep a drawing for its address to point at; answers its code.

    The code is made of what is drawn, so the same drawing has one code however often it is sent.
    """
    actor.require(May.SELECT)
    code = _code_of(shape)
    row = {"code": code, "shape": _geometry(shape), "made_by": actor.id}
    session.execute(insert(Draft).values(row).on_conflict_do_nothing())
    return code


def keep_selection(session: Session, question: Question, name: str, *, actor: Actor) -> Selection:
    """Keep a question under a name and a code of its own.

    Raises:
        SelectionNameless, and what `clauses_asked` refuses.
    """
    actor.require(May.KEEP_SELECTIONS)
    if not name.strip():
        raise SelectionNameless
    asked = clauses_asked(session, question.clauses)
    release = asked[0].release if asked else None
    selection = Selection(
        code=new_code(),
        name=name.strip(),
        event_id=release.event_id if release else None,
        release_id=question.release_id,
        direction=release.direction if release else None,
        threshold=question.threshold,
        combine=question.combine,
        evidence=question.evidence,
        together=question.together,
        shape=_geometry(question.shape),
        without=_geometry(question.without_shape),
        made_by=actor.id,
    )
    session.add(selection)
    session.flush()
    with audit.act(session, actor, "selections.keep", selection) as figures:
        session.add_all([*_areas(selection, question), *_others(selection, asked[1:])])
        picked = len(question.area_ids)
        figures.update(code=selection.code, areas=picked, hazards=len(asked))
    return selection


def _areas(selection: Selection, question: Question) -> list[SelectionArea]:
    picked = dict.fromkeys(question.area_ids, False)
    picked.update(dict.fromkeys(question.without_area_ids, True))
    return [
        SelectionArea(selection_id=selection.id, area_id=area_id, excluded=excluded)
        for area_id, excluded in picked.items()
    ]


def _others(selection: Selection, asked: Sequence[ClauseAsked]) -> list[SelectionClause]:
    """The hazards asked beside the first one."""
    return [
        SelectionClause(
            selection_id=selection.id,
            place=place,
            release_id=each.release.id,
            direction=each.release.direction,
            threshold=each.threshold,
        )
        for place, each in enumerate(asked, FIRST + 1)
    ]


def _geometry(shape: bytes | None) -> Any:
    """A shape as the database makes it; GeoAlchemy2 writes WKT, which may lose the last digit."""
    return null() if shape is None else func.ST_GeomFromWKB(shape, 4326)


def _code_of(shape: bytes) -> str:
    """The first letters of the drawing's SHA-256, in the alphabet of our numbers."""
    bits = int.from_bytes(hashlib.sha256(shape).digest())
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(DRAFT_LETTERS))
