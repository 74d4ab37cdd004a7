"""The order of fields on forms, and what their sections are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.errors import Invalid, NotFound
from core.words import SOURCE
from registry.models.fields import FieldSection, OwnField
from registry.permissions import May
from registry.services.fields import LONGEST, FieldNameless

FARTHEST = 10_000  # place of a field or section among others


class SectionUnknown(NotFound):
    """There is no such section of fields any more; reload the page."""


class PlaceImpossible(Invalid):
    """A place among others is a whole number from 1 to 10,000; correct it."""


@dataclass(frozen=True)
class Arranged:
    """Where fields and sections stand, by their keys: what each section is called, by language, and
    places from 1."""

    names: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    sections: Mapping[int, int] = field(default_factory=dict)
    fields: Mapping[int, int] = field(default_factory=dict)


def arrange_fields(session: Session, wanted: Arranged, *, actor: Actor) -> int:
    """Name sections and put them and their fields in order; answers how many of them changed.

    Raises:
        Forbidden, SectionUnknown, FieldNameless, PlaceImpossible
    """
    actor.require(May.WRITE_FIELDS)
    places = [*wanted.sections.values(), *wanted.fields.values()]
    if any(not 1 <= place <= FARTHEST for place in places):
        raise PlaceImpossible
    sections = {each.id: each for each in session.scalars(select(FieldSection).with_for_update())}
    fields = {each.id: each for each in session.scalars(select(OwnField).with_for_update())}
    if not {*wanted.names, *wanted.sections} <= {*sections} or not {*wanted.fields} <= {*fields}:
        raise SectionUnknown
    names = {key: _named(said) for key, said in wanted.names.items()}
    if not sections:
        return 0
    with audit.act(session, actor, "fields.arrange", next(iter(sections.values()))) as figures:
        for key, said in names.items():
            if said != sections[key].labels:
                sections[key].labels = said
        for key, place in wanted.sections.items():
            sections[key].position = place
        for key, place in wanted.fields.items():
            fields[key].position = place
        changes = sum(session.is_modified(each) for each in session.dirty)
        figures.update(changed=changes)
    return changes


def _named(said: Mapping[str, str]) -> dict[str, str]:
    """What a section is called, by language.

    Raises:
        FieldNameless
    """
    names = {tag: text.strip() for tag, text in said.items() if text.strip()}
    if not names.get(SOURCE) or any(len(each) > LONGEST for each in names.values()):
        raise FieldNameless
    return names
