"""A question on its way through the web: out of an address or a JSON text, and back into both.

The address is the one static/js/state.js writes, the JSON the one static/js/select/answer.js sends.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid, NotFound
from geo.measures import converted, read_in, units_beside
from geo.models.areas import Area
from geo.models.events import Event
from geo.models.releases import Release
from geo.models.selections import Combine, Together
from geo.queries.areas import PcodeUnknown, in_force
from geo.queries.clauses import MOST_CLAUSES, HazardClause
from geo.queries.selections import Question, draft_shape
from geo.vector.drawings import DrawingUnreadable, drawn, from_polyline, of_geojson, to_geojson

HALF_A_METRE = 0.5


class QuestionUnreadable(Invalid):
    """The question that was sent cannot be read; reload the page and ask it again."""


class _Clause(Schema):
    release = fields.Integer(required=True)
    at_least = fields.Float(allow_none=True, load_default=None)


class _Exclude(Schema):
    areas = fields.List(fields.String(), load_default=list)


class _Asked(Schema):
    event = fields.String(allow_none=True)
    shapes = fields.Dict(allow_none=True, load_default=None)
    areas = fields.List(fields.String(), load_default=list)
    left_out = fields.Nested(_Exclude, data_key="exclude", load_default=lambda: {"areas": []})
    combine = fields.String(
        load_default=Combine.UNION.value, validate=validate.OneOf([c.value for c in Combine])
    )
    clause = fields.Nested(_Clause, allow_none=True, load_default=None)
    others = fields.List(fields.Nested(_Clause), load_default=list)
    together = fields.String(
        load_default=Together.ALL.value, validate=validate.OneOf([t.value for t in Together])
    )


def question_sent(session: Session, text: str) -> Question:
    """The question of a JSON text.

    Raises:
        QuestionUnreadable, PcodeUnknown, and what geo.vector.drawings refuses.
    """
    try:
        asked: dict[str, Any] = _Asked().loads(text)
    except (ValidationError, json.JSONDecodeError):
        raise QuestionUnreadable from None
    clause = asked["clause"] or {"release": None, "at_least": None}
    return Question(
        shape=of_geojson(json.dumps(asked["shapes"])) if asked["shapes"] else None,
        area_ids=_ids(session, asked["areas"]),
        without_area_ids=_ids(session, asked["left_out"]["areas"]),
        combine=Combine(asked["combine"]),
        release_id=clause["release"],
        threshold=clause["at_least"],
        others=tuple(HazardClause(each["release"], each["at_least"]) for each in asked["others"]),
        together=Together(asked["together"]),
    )


def shape_sent(text: str) -> bytes:
    """The drawing of a JSON text `{shapes: GeoJSON}`.

    Raises:
        DrawingUnreadable, and what geo.vector.drawings refuses.
    """
    try:
        shape = of_geojson(json.dumps(json.loads(text)["shapes"]))
    except (KeyError, TypeError, json.JSONDecodeError):
        raise DrawingUnreadable from None
    if shape is None:
        raise DrawingUnreadable
    return shape


def question_asked(
    session: Session, address: Mapping[str, str], release: Release | None
) -> Question:
    """The question of an address; where it names no release or threshold, those of `release`.

    Raises:
        PcodeUnknown, DraftUnknown, and what geo.vector.drawings refuses.
    """
    draft = address.get("draft")
    rings = [from_polyline(text) for text in _list(address.get("poly"))]
    return Question(
        shape=draft_shape(session, draft) if draft else drawn(rings),
        area_ids=_ids(session, _list(address.get("areas"))),
        without_area_ids=_ids(session, _list(address.get("without"))),
        combine=_combine(address.get("combine")),
        release_id=release.id if release else None,
        threshold=_number(address.get("min"), release) if release else None,
        others=others_asked(session, address),
        together=together_asked(address),
    )


def others_asked(session: Session, address: Mapping[str, str]) -> tuple[HazardClause, ...]:
    """The hazards an address asks beside the first one: `r2, min2, r3 ...`; where one has no
    threshold, the usual one of its release.

    Raises:
        NotFound: there is no such release.
    """
    asked = []
    for place in range(2, MOST_CLAUSES + 1):
        key = address.get(f"r{place}", "")
        if key.isdecimal():
            release = session.get(Release, int(key))
            if release is None:
                raise NotFound(release=key)
            asked.append(HazardClause(release.id, _number(address.get(f"min{place}"), release)))
    return tuple(asked)


def together_asked(address: Mapping[str, str]) -> Together:
    """How the hazards of an address go together."""
    return Together.WORST if address.get("with") == Together.WORST.value else Together.ALL


def address_of(session: Session, question: Question, draft: str | None) -> str:
    """The query of an address that asks a question; `draft` is the code of its drawing."""
    said = {
        "r": question.release_id,
        "min": question.threshold,
        "areas": ",".join(_pcodes(session, question.area_ids)),
        "without": ",".join(_pcodes(session, question.without_area_ids)),
        "draft": draft,
        "combine": None if question.combine is Combine.UNION else question.combine.value,
        **beside(question),
    }
    return urlencode({name: value for name, value in said.items() if value not in (None, "")})


@dataclass(frozen=True)
class HazardChoice:
    """A release that can be asked beside another one; `units` are those a threshold may be typed
    in, each with how many of the release's own it is."""

    event: Event
    release: Release
    units: list[tuple[str, float]]
    usual: float | None


def hazard_choice(event: Event, release: Release) -> HazardChoice:
    """What a page offers of a release of an event."""
    own = release.unit or ""
    units = [(unit, converted(1.0, unit, own)) for unit in units_beside(own)] if own else []
    return HazardChoice(event, release, units, usual_threshold(release))


def beside(question: Question) -> dict[str, Any]:
    """What an address says of the hazards asked beside the first one."""
    said: dict[str, Any] = {}
    for place, other in enumerate(question.others, 2):
        said |= {f"r{place}": other.release_id, f"min{place}": other.threshold}
    return said | ({"with": question.together.value} if said else {})


def as_sent(session: Session, question: Question) -> str:
    """A question as the JSON that `question_sent` reads."""
    clause = {"release": question.release_id, "at_least": question.threshold}
    return json.dumps(
        {
            "shapes": to_geojson(question.shape),
            "areas": _pcodes(session, question.area_ids),
            "exclude": {"areas": _pcodes(session, question.without_area_ids)},
            "combine": question.combine.value,
            "clause": clause if question.release_id else None,
            "others": [
                {"release": other.release_id, "at_least": other.threshold}
                for other in question.others
            ],
            "together": question.together.value,
        }
    )


def _ids(session: Session, pcodes: list[str]) -> tuple[int, ...]:
    if not pcodes:
        return ()
    rows = session.execute(
        select(Area.pcode, Area.id).where(Area.pcode.in_(pcodes), in_force())
    ).all()
    ids: dict[str, int] = {row.pcode: row.id for row in rows}
    for pcode in pcodes:
        if pcode not in ids:
            raise PcodeUnknown(pcode=pcode)
    return tuple(sorted(ids.values()))


def _pcodes(session: Session, area_ids: tuple[int, ...]) -> list[str]:
    if not area_ids:
        return []
    return list(session.scalars(select(Area.pcode).where(Area.id.in_(area_ids)).order_by("pcode")))


def _combine(text: str | None) -> Combine:
    return Combine.INTERSECTION if text == Combine.INTERSECTION.value else Combine.UNION


def _number(text: str | None, release: Release) -> float | None:
    try:
        number = read_in(text or "", release.unit or "")
    except ValueError:
        return usual_threshold(release)
    return number if math.isfinite(number) else usual_threshold(release)


def usual_threshold(release: Release) -> float | None:
    """Where the slider stands at first: half a metre of water, else the release's floor."""
    if release.unit == "m" and (release.floor or 0.0) <= HALF_A_METRE:
        return HALF_A_METRE
    return release.floor


def _list(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]
