"""The rows of a filter's builder as its page shows them: what each may ask, how, and of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.web.asking import HazardChoice, hazard_choice
from app.web.building import (
    AREA,
    GROUP,
    HAZARD,
    HOUSEHOLD,
    KNOWN,
    MONEY,
    PROGRAM,
    UNKNOWN,
    Built,
    Row,
    offered,
    operators,
    terms_within,
)
from core.actor import Actor
from core.cql import Kind, Over, Sourced, Term, Terms, usable
from core.words import _
from geo.permissions import May as Geo
from geo.queries.areas import Choosable, areas_to_choose
from geo.queries.situation import ongoing
from programs.permissions import May as Programs
from programs.queries.programs import programs_listed
from registry.queries.vocabularies import labels

ASKED = {
    AREA: "area",
    HAZARD: "hazard",
    PROGRAM: "choice",
    GROUP: "group",
    HOUSEHOLD: "household",
    **dict.fromkeys(MONEY, "money"),
}
VALUELESS = frozenset({KNOWN, UNKNOWN, "yes", "no"})

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Shown:
    """A row as the page shows it; `asks` is what is filled in: number, text, date, choice, area,
    hazard, money, members, group, household, or nothing. `choices` are what a choice is of."""

    place: str
    row: Row
    terms: Choices
    operators: Choices
    asks: str
    choices: Choices = ()
    members: "Sequence[Shown]" = field(default=())


@dataclass(frozen=True)
class Offer:
    """What the builder lets one choose from: terms, words of lists, areas, hazards."""

    terms: Terms
    words: Mapping[str, Mapping[str, str]]
    areas: Sequence[Choosable]
    hazards: Sequence[HazardChoice]
    programs: Choices = ()

    def shown(self, built: Built) -> list[Shown]:
        """The rows of a filter."""
        return [self._shown(row, f"{at}", self.terms) for at, row in enumerate(built.rows)]

    def _shown(self, row: Row, place: str, terms: Terms) -> Shown:
        theirs = terms_within(row.term, terms)
        return Shown(
            place,
            row,
            offered(terms),
            operators(row.term, terms),
            _asks(row, terms),
            self._choices(row, terms),
            [self._shown(each, f"{place}.{at}", theirs) for at, each in enumerate(row.members)],
        )

    def _choices(self, row: Row, terms: Terms) -> Choices:
        known = terms.get(row.term)
        if row.term == HAZARD:
            return [("in", _("in")), ("out", _("out")), ("not_observed", _("not observed"))]
        if row.term == PROGRAM:
            return self.programs
        if isinstance(known, Term | Sourced) and known.words:
            return list(self.words.get(known.words, {}).items())
        return []


def offer_to(session: Session, terms: Terms, *, actor: Actor) -> Offer:
    """What an actor may choose from in the builder."""
    hazards = []
    if actor.may(Geo.EXACT_LOCATIONS):
        hazards = [
            hazard_choice(found.event, release)
            for found in ongoing(session, actor=actor)
            for release in reversed(found.releases)
        ]
    programs = []
    if actor.may(Programs.READ_PROGRAMS):
        programs = [(line.number, line.name) for line in programs_listed(session, actor=actor)]
    areas = areas_to_choose(session, actor=actor)
    without = {*(() if hazards else (HAZARD,)), *(() if programs else (PROGRAM, *MONEY))}
    mine = {name: term for name, term in usable(terms, actor).items() if name not in without}
    return Offer(mine, labels(session), areas, hazards, programs)


def _asks(row: Row, terms: Terms) -> str:
    known = terms.get(row.term)
    if row.term in ASKED:
        return ASKED[row.term]
    if isinstance(known, Over):
        return "members"
    if not isinstance(known, Term | Sourced) or row.operator in VALUELESS:
        return ""
    if known.words:
        return "choice"
    return {Kind.NUMBER: "number", Kind.DATE: "date"}.get(known.kind, "text")
