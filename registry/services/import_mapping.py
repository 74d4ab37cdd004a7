"""Mapping a file: columns made of others, and mappings that are kept under a name."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound
from registry.checking.made import MOST, OF_ALL, PARTS, SIGNS, Made, made_of, named, written
from registry.models.imports import Import, ImportMapping, ImportState
from registry.permissions import May
from registry.queries.import_files import columns_of
from registry.services.imports import locked

BEFORE_MERGE = (
    *(ImportState.UPLOADED, ImportState.MAPPED, ImportState.CHECKED),
    ImportState.REFUSED,
)


class ColumnsFew(Invalid):
    """Choose two to {most} columns to put together, or one to take apart."""


class SignUnknown(Invalid):
    """Choose what stands between the parts, and which part is meant."""


class MadeMany(Conflict):
    """{most} columns were made for this file already; take one away first."""


class MappingNameless(Invalid):
    """Give the mapping a name under which it is found again."""


class MappingOfOthers(Conflict):
    """Somebody else keeps a mapping called {name}; choose another name."""


def make_column(
    session: Session,
    import_id: int,
    of: Sequence[str],
    sign: str,
    part: int | None,
    *,
    actor: Actor,
) -> str:
    """Make a column: several put together with a sign between them, or a part of one.

    Answers what it is called.

    Raises:
        Forbidden, NotFound, ImportElsewhere, ColumnsFew, SignUnknown, MadeMany
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, *BEFORE_MERGE, actor=actor)
    known = [column for column in dict.fromkeys(of) if column in found.columns]
    if len(known) != 1 if part is not None else not 2 <= len(known) <= MOST:
        raise ColumnsFew(most=MOST)
    if sign not in SIGNS or part not in (None, *PARTS):
        raise SignUnknown
    made = made_of(found.made)
    if len(made) >= OF_ALL:
        raise MadeMany(most=OF_ALL)
    one = Made(named(known, part, columns_of(found)), tuple(known), sign, part)
    with audit.act(session, actor, "imports.make_column", found) as figures:
        found.made = written([*made, one])
        figures.update(column=one.name)
    return one.name


def drop_column(session: Session, import_id: int, name: str, *, actor: Actor) -> None:
    """Take a made column away, and what was read from it.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, *BEFORE_MERGE, actor=actor)
    with audit.act(session, actor, "imports.make_column", found) as figures:
        found.made = written(each for each in made_of(found.made) if each.name != name)
        found.mapping = {f: column for f, column in found.mapping.items() if column != name}
        figures.update(dropped=name)


def draft(session: Session, import_id: int, mapping: Mapping[str, str], *, actor: Actor) -> None:
    """Keep what was chosen so far, while a column is being made.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, *BEFORE_MERGE, actor=actor)
    columns = columns_of(found)
    found.mapping = {field: column for field, column in mapping.items() if column in columns}


def keep_mapping(
    session: Session, found: Import, name: str, *, shared: bool, actor: Actor
) -> ImportMapping:
    """Keep how a file is read under a name, anew if it is one's own already.

    Raises:
        Forbidden, MappingNameless, MappingOfOthers
    """
    actor.require(May.IMPORT_REGISTRANTS)
    said = " ".join(name.split())
    if not said:
        raise MappingNameless
    kept = session.scalar(select(ImportMapping).filter_by(kind=found.kind, name=said))
    if kept is not None and kept.made_by != actor.id:
        raise MappingOfOthers(name=said)
    kept = kept or ImportMapping(kind=found.kind, name=said, made_by=actor.id, mapping={})
    with audit.act(session, actor, "imports.keep_mapping", found) as figures:
        kept.mapping, kept.made, kept.shared = found.mapping, found.made, shared
        kept.words, kept.constants, kept.day_order = found.words, found.constants, found.day_order
        session.add(kept)
        figures.update(name=said)
    return kept


def use_mapping(session: Session, import_id: int, mapping_id: int, *, actor: Actor) -> Import:
    """Have a file read as another one was, as far as it has the same columns.

    Raises:
        Forbidden, NotFound, ImportElsewhere
    """
    actor.require(May.IMPORT_REGISTRANTS)
    found = locked(session, import_id, May.IMPORT_REGISTRANTS, *BEFORE_MERGE, actor=actor)
    kept = _seen(session, mapping_id, actor)
    with audit.act(session, actor, "imports.map", found) as figures:
        found.made = written(each for each in made_of(kept.made) if {*each.of} <= {*found.columns})
        columns = columns_of(found)
        found.mapping = {f: column for f, column in kept.mapping.items() if column in columns}
        found.words, found.constants = kept.words, kept.constants
        figures.update(fields=len(found.mapping), name=kept.name)
    return found


def forget_mapping(session: Session, mapping_id: int, *, actor: Actor) -> None:
    """Forget a mapping of one's own.

    Raises:
        Forbidden, NotFound
    """
    actor.require(May.IMPORT_REGISTRANTS)
    kept = _seen(session, mapping_id, actor)
    if kept.made_by != actor.id:
        raise NotFound(mapping=mapping_id)
    with audit.act(session, actor, "imports.forget_mapping", kept) as figures:
        figures.update(name=kept.name)
        session.delete(kept)


def _seen(session: Session, mapping_id: int, actor: Actor) -> ImportMapping:
    kept = session.get(ImportMapping, mapping_id)
    if kept is None or not (kept.shared or kept.made_by == actor.id):
        raise NotFound(mapping=mapping_id)
    return kept
