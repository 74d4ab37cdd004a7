"""What is said of a release: what it measures, when it was observed, what is asked of it."""

from collections import Counter
from collections.abc import Iterable

from core.clock import day_said, moment_said
from core.words import _, counted, figure_said
from geo.classes import classes_of, is_plain
from geo.measures import DAYS, DISTANCE, EVER, FLOODED
from geo.models.releases import Direction, Release
from geo.models.selections import Together


def measured(release: Release) -> str:
    """Measure and unit, as a legend is headed: Water depth (m)."""
    measure = _(release.measure) if release.measure else _("Flood extent")
    return f"{measure} ({release.unit})" if release.unit else measure


def classes_said(release: Release) -> list[tuple[str, str]]:
    """The classes of a release as a legend writes them, each with its colour: their least values.

    The last is open; where less is worse it ends at the floor, beyond which nothing is asked for.
    Where places are hit or not, there is one, which is no value.
    """
    if is_plain(release):
        return [(_("flooded"), token) for _least, token in classes_of(release)]
    written = [(figure_said(least), token) for least, token in classes_of(release)]
    last, token = written[-1]
    if release.direction is Direction.AT_MOST and release.floor is not None:
        ends = _("{low} to {high}", low=last, high=figure_said(release.floor))
        return [*written[:-1], (ends, token)]
    return [*written[:-1], (f"{last} +", token)]


def observed(release: Release) -> str:
    """When it was observed, and which one it is."""
    number = release.number or release.id
    if release.observed_at is None:
        return _("release {number}", number=number)
    said = when(release)
    if release.forecast:
        return _("forecast of {when}; release {number}", when=said, number=number)
    return _("observed {when}; release {number}", when=said, number=number)


def when(release: Release) -> str:
    """When it was observed: the moment, or the day where no more is known; empty if nothing is."""
    if release.observed_at is None:
        return ""
    said = day_said if release.day_only else moment_said
    return said(release.observed_at)


def clauses(hazards: Iterable[tuple[Release, float | None]], together: Together) -> str:
    """What several hazards ask together, to follow "in"; of two that measure the same it is said
    when each was observed."""
    asked = list(hazards)
    measures = Counter(release.measure for release, _threshold in asked)
    said = [
        clause(release, threshold)
        + (f" ({observed(release)})" if measures[release.measure] > 1 else "")
        for release, threshold in asked
    ]
    return (_(" and ") if together is Together.ALL else _(" or ")).join(said)


def clause(release: Release, threshold: float | None) -> str:
    """What a household that is in stands in, to follow "in": water depth of at least 0.5 m."""
    if outline := _outline(release, threshold):
        return outline
    measure = _(release.measure or "")
    what, unit = measure[:1].lower() + measure[1:], release.unit
    if not unit:
        return what
    if threshold is None:
        return _("{what} above 0 {unit}", what=what, unit=unit)
    value = figure_said(threshold)
    if release.direction is Direction.AT_MOST:
        return _("{what} of at most {value} {unit}", what=what, value=value, unit=unit)
    return _("{what} of at least {value} {unit}", what=what, value=value, unit=unit)


def _outline(release: Release, threshold: float | None) -> str:
    """What is said of hazards that are where they are, without a measure; empty of all others."""
    if release.measure == EVER:
        return _("what was hit at least once")
    if release.measure == DAYS:
        return counted(
            "what was hit on {count} day or more",
            "what was hit on {count} days or more",
            round(threshold or 1),
        )
    if release.measure == DISTANCE:
        value = figure_said(threshold if threshold is not None else release.floor)
        return _("the ground within {value} {unit} of what was hit", value=value, unit="km")
    return _("the flooded area") if release.measure in (None, FLOODED) else ""
