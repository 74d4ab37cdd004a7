"""The sentences of a situation map: what it is about, where all of it comes from, what is meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.actor import Actor
from core.clock import day_of, day_said, moment_said
from core.country import country
from core.words import _, counted
from geo.models.events import Event
from geo.models.releases import Release
from geo.models.selections import Combine
from geo.queries.clauses import ClauseAsked, clauses_kept
from geo.queries.selections import Question
from geo.queries.situation import top_area
from geo.release_words import clauses, observed
from registry.models.rosters import Roster

LETTERS = 16  # of a digest: enough to compare by eye


@dataclass(frozen=True)
class Subject:
    """What a map is about: a list, the release it asks, and whether it tells of all of it."""

    roster: Roster
    question: Question
    hazards: Sequence[ClauseAsked]
    event: Event | None
    country: str | None
    national: bool

    @property
    def release(self) -> Release | None:
        """The release it asks; of several the one that is shown."""
        return self.hazards[0].release if self.hazards else None

    @property
    def name(self) -> str:
        """What happened, or else what the list is called."""
        return self.event.name if self.event else self.roster.name


def subject_of(session: Session, roster: Roster, question: Question, actor: Actor) -> Subject:
    """What the map of a list is about, for an actor."""
    hazards = clauses_kept(session, question.clauses)
    event = session.get_one(Event, hazards[0].release.event_id) if hazards else None
    return Subject(roster, question, hazards, event, top_area(session), actor.sees_all)


def title(subject: Subject) -> str:
    """Where, what and when: Kesara: Oru river flood, 19 Nov 2026."""
    said = f"{subject.country}: {subject.name}" if subject.country else subject.name
    seen = subject.release.observed_at if subject.release else None
    return f"{said}, {day_said(day_of(seen))}" if seen else said


def subtitle(subject: Subject) -> str:
    """Which list this is, and when it was kept."""
    kept = subject.roster.frozen_at
    said = _("List: {name}.", name=subject.roster.name)
    if kept is None:
        return said
    return f"{said} {_('Kept {when}, as the registry was then.', when=moment_said(kept))}"


def asked(subject: Subject) -> str:
    """What a household that is in stands in, to follow "households in"."""
    if not subject.hazards:
        return _("the area asked about")
    hazards = ((each.release, each.threshold) for each in subject.hazards)
    return clauses(hazards, subject.question.together)


def question_said(subject: Subject) -> str:
    """What the outline of the question holds."""
    question = subject.question
    both = question.shape is not None and question.area_ids
    if both and question.combine is Combine.INTERSECTION:
        return _("areas and drawing; asked is where they meet")
    return _("the area asked about")


def meanings(subject: Subject) -> list[tuple[str, str]]:
    """The words of the page, and what each of them means."""
    if subject.release is None:
        inside = _("the household stands in the area asked about.")
    else:
        inside = _("the household stands in {clause}.", clause=asked(subject))
    said = [
        (_("In"), inside),
        (_("Not observed"), _("under cloud or outside the image; it does not mean dry.")),
        (_("Unlocated"), _("neither a place nor an area is known.")),
    ]
    if subject.roster.households_probable:
        known = _("known to be in a circle or an area of which a part is.")
        said.insert(1, (_("Probable"), known))
    if subject.roster.filter:
        said.append((_("Condition"), subject.roster.filter))
    return said


def sources(subject: Subject, left_out: int, neighbours: bool) -> list[str]:
    """Where everything on the map comes from, and what is not on it."""
    said = [_hazard(hazard.release) for hazard in subject.hazards]
    said += [_households(subject, left_out), _boundaries(subject, neighbours)]
    if not subject.national:
        said.append(_("Only households and areas within the reach of who made this map are on it."))
    return said


def public_sources(
    subject: Subject, base: int, fewest: int, neighbours: bool, apart: bool
) -> list[str]:
    """Where everything on the map comes from, and how its figures were made fit for everybody;
    whether areas are told `apart`."""
    households = _(
        "Households: the registry, by area. Every figure is rounded to {base}, so that sums are "
        "about what they stand for. * stands for fewer than {fewest}, or for a figure that would "
        "tell one.",
        base=base,
        fewest=fewest,
    )
    said = [_hazard(hazard.release) for hazard in subject.hazards]
    few = [] if apart else [_("Too few live in each area for areas to be told apart.")]
    return [*said, households, *few, _boundaries(subject, neighbours)]


def marks(subject: Subject) -> list[str]:
    """What makes the map findable and checkable: the event's number, the digests, the time zone."""
    said = [_("List {digest}", digest=(subject.roster.hash or "")[:LETTERS])]
    for hazard in subject.hazards:
        digest = hazard.release.original_sha256[:LETTERS]
        said.append(_("Hazard file {digest}", digest=digest))
    return [*said, _("Times: {zone}", zone=country().timezone)]


def _hazard(release: Release) -> str:
    source = release.source or _("source not named")
    said = _("Hazard: {source}; {observed}.", source=source, observed=observed(release))
    return f"{said} {_('Licence: {name}.', name=release.licence)}" if release.licence else said


def _households(subject: Subject, left_out: int) -> str:
    """Where the households come from, how they are drawn, and how many could not be."""
    said = _(
        "Households: the registry. Circles add up households nearby, never fewer than five, so "
        "that no house can be found."
    )
    if left_out:
        said += " " + counted(
            "{count} household that stands alone is counted but not drawn.",
            "{count} households that stand alone are counted but not drawn.",
            left_out,
        )
    if not subject.national:
        said += " " + _("Their people are those registered when the map was made.")
    return said


def _boundaries(subject: Subject, neighbours: bool) -> str:
    versions = ", ".join((subject.roster.definition or {}).get("area_versions", []))
    said = _("Boundaries: version {version}", version=versions)
    if neighbours:
        said += "; " + _("other countries: Natural Earth")
    return f"{said}. {_('They imply no opinion on any frontier.')}"
