"""The rows of a filter's builder as its page shows them: what each may ask, how, and of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from app.place_words import source_words
from app.web.asking import HazardChoice, hazard_choice
from app.web.building import (
    AREA,
    EXPOSED,
    GROUP,
    HAZARD,
    HOUSEHOLD,
    KNOWN,
    LONGER,
    MONEY,
    PROGRAM,
    UNKNOWN,
    WITHIN,
    Built,
    Row,
    joined_words,
    layer_named,
    offered,
    operators,
    terms_within,
    written,
)
from app.web.term_groups import Choices, Grouped, grouped
from core.actor import Actor
from core.cql import Kind, Lookup, Over, Sourced, Term, Terms, usable
from core.words import _
from geo.permissions import May as Geo
from geo.queries.areas import Choosable, areas_to_choose
from geo.queries.latest import latest_releases
from geo.queries.queryables import SOURCES
from geo.queries.situation import ongoing
from programs.permissions import May as Programs
from programs.queries.programs import programs_listed
from programs.queries.programs import purposes as purposes_of
from programs.queries.queryables import PROGRAMS, PURPOSES, STATES
from registry.queries.record_terms import CONSENT_SAID, OVER
from registry.queries.vocabularies import labels

ASKED = {
    AREA: "area",
    HAZARD: "hazard",
    PROGRAM: "choice",
    GROUP: "group",
    HOUSEHOLD: "household",
    EXPOSED: "",
}
VALUELESS = frozenset({KNOWN, UNKNOWN, "yes", "no"})


@dataclass(frozen=True)
class Shown:
    """A row as the page shows it; `asks` is what is filled in: number, days, text, date, choice,
    area, hazard, members, group, household, or nothing. `choices` are what a choice is of, `taken`
    those of the word a term takes, and `beside` is what may be filled in beside that: since, from.
    `said` is what the row asks in words, empty while it is not filled in."""

    place: str
    row: Row
    terms: Grouped
    operators: Choices
    asks: str
    choices: Choices = ()
    taken: Choices = ()
    beside: str = ""
    said: str = ""
    members: "Sequence[Shown]" = field(default=())


@dataclass(frozen=True)
class Offer:
    """What the builder lets one choose from: terms, words of lists, areas, hazards, layers."""

    terms: Terms
    words: Mapping[str, Mapping[str, str]]
    areas: Sequence[Choosable]
    hazards: Sequence[HazardChoice]
    layers: Choices = ()

    def shown(self, built: Built) -> list[Shown]:
        """The rows of a filter."""
        return [self._shown(row, f"{at}", self.terms) for at, row in enumerate(built.rows)]

    def _shown(self, row: Row, place: str, terms: Terms) -> Shown:
        theirs = terms_within(row.term, terms)
        bare = Shown(
            place,
            row,
            grouped(offered(terms)),
            operators(row.term, terms),
            _asks(row, terms),
            self._choices(row, terms),
            self._taken(row, terms),
            {EXPOSED: "from", **dict.fromkeys(MONEY, "since")}.get(row.term, ""),
            members=[
                self._shown(each, f"{place}.{at}", theirs) for at, each in enumerate(row.members)
            ],
        )
        return replace(bare, said=self._said(bare) if written(Built(rows=(row,)), terms) else "")

    def _choices(self, row: Row, terms: Terms) -> Choices:
        known = terms.get(row.term)
        if row.term == HAZARD:
            return [("in", _("in")), ("out", _("out")), ("not_observed", _("not observed"))]
        if row.term == PROGRAM:
            return self._of_list(PROGRAMS)
        listed = known.words if isinstance(known, Term | Sourced | Lookup) else None
        return self._of_list(listed) if listed else []

    def _taken(self, row: Row, terms: Terms) -> Choices:
        known = terms.get(row.term)
        if row.term == EXPOSED:
            return self.layers
        return self._of_list(known.of) if isinstance(known, Lookup) and known.of else []

    def _of_list(self, name: str) -> Choices:
        return list(self.words.get(name, {}).items())

    def _said(self, shown: Shown) -> str:
        """What a row asks, in words: its term, how it is compared, and with what."""
        row, how = shown.row, dict(shown.operators).get(shown.row.operator, "")
        joined = joined_words().get(row.joined, "")
        if shown.asks == "members":
            said = {"how": how, "number": row.value, "joined": joined}
            return _("{how} {number} members of whom {joined}:", **said)
        if shown.asks in ("group", "household"):
            of_home = _("of their household {joined}:", joined=joined)
            return of_home if shown.asks == "household" else f"{joined}:"
        value = "" if row.operator in VALUELESS else self._value_said(shown)
        asked = " ".join(part for part in (how, value) if part)
        if shown.asks == "area":
            return asked
        terms = dict(pair for _group, terms in shown.terms for pair in terms)
        what = " ".join(
            part for part in (terms.get(row.term, row.term), self._taken_said(shown)) if part
        )
        return f"{what}: {asked}"

    def _value_said(self, shown: Shown) -> str:
        value = shown.row.value
        if shown.asks == "area":
            return next((each.name for each in self.areas if each.pcode == value), value)
        return dict(shown.choices).get(value, value)

    def _taken_said(self, shown: Shown) -> str:
        """The word a row's term takes, and what is asked beside it."""
        row = shown.row
        events = {f"{each.release.id}": each.event.name for each in self.hazards}
        known = events if shown.asks == "hazard" else dict(shown.taken)
        taken = known.get(row.release, row.release)
        if not row.threshold:
            return taken
        if shown.beside == "since":
            return f"{taken} {_('since {day}', day=row.threshold)}"
        return f"{taken} {_('from {figure}', figure=row.threshold)}"


def offer_to(session: Session, terms: Terms, *, actor: Actor) -> Offer:
    """What an actor may choose from in the builder."""
    hazards, layers = [], []
    if actor.may(Geo.EXACT_LOCATIONS):
        hazards = [
            hazard_choice(found.event, release)
            for found in ongoing(session, actor=actor)
            for release in reversed(found.releases)
        ]
        layers = [
            (layer_named(event, layer), f"{event}: {layer}")
            for event, layer in latest_releases(session)
        ]
    programs = {}
    if actor.may(Programs.READ_PROGRAMS):
        programs = {line.number: line.name for line in programs_listed(session, actor=actor)}
    areas = areas_to_choose(session, actor=actor)
    purposes = {purpose: purpose for purpose in purposes_of(session)} if programs else {}
    words = {**labels(session), **_own_words(), PROGRAMS: programs, PURPOSES: purposes}
    without = {*(() if hazards else (HAZARD,)), *(() if layers else (EXPOSED,))}
    mine = {
        name: term
        for name, term in usable(terms, actor).items()
        if name not in without and (programs or _list_of(term) not in (PROGRAMS, PURPOSES))
    }
    return Offer(mine, words, areas, hazards, layers)


def _list_of(term: object) -> str | None:
    return term.of if isinstance(term, Lookup) else None


def _own_words() -> dict[str, dict[str, str]]:
    """The lists that are not word lists of the country."""
    consent = {"given": _("yes"), "refused": _("no"), "withdrawn": _("yes, but taken back")}
    return {
        SOURCES: {str(source): words for source, words in source_words().items()},
        CONSENT_SAID: {**consent, OVER: _("yes, but over")},
        STATES: {
            "enrolled": _("enrolled"),
            "paused": _("paused"),
            "exited": _("left"),
            "not_eligible": _("not eligible"),
            "duplicated": _("served elsewhere"),
        },
    }


def _asks(row: Row, terms: Terms) -> str:
    known = terms.get(row.term)
    if row.term in ASKED:
        return ASKED[row.term]
    if isinstance(known, Over):
        return "members"
    if not isinstance(known, Term | Sourced | Lookup) or row.operator in VALUELESS:
        return ""
    if row.operator in (WITHIN, LONGER):
        return "days"
    if known.words:
        return "choice"
    return {Kind.NUMBER: "number", Kind.DATE: "date"}.get(known.kind, "text")
