"""All that stands on the situation map of a kept list, as an actor may see it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import shapely
from sqlalchemy.orm import Session

from core.actor import Actor
from core.country import country
from core.words import _
from geo.classes import classes_of
from geo.models.events import LayerKind
from geo.models.releases import Release
from geo.models.selections import Selection
from geo.permissions import May as Geo
from geo.queries.areas import level_names
from geo.queries.map_shapes import WORLD, Frame, areas_in, extent_in, picked_in, unseen_in
from geo.queries.selections import Question, question_of, table_level
from geo.queries.situation import bounds_of, bounds_of_areas
from geo.release_pictures import picture_of
from geo.release_words import classes_said, measured, observed
from geo.vector.drawings import to_geojson
from geo.vector.mercator import Box, widened
from geo.vector.world import countries_in
from registry.counting.answers import PARTS, Answers
from registry.counting.people import People
from registry.counting.rounding import for_public
from registry.documents.contained import colours
from registry.documents.sheet import Ground, Hazard, Outline, Row, Shape, Sheet
from registry.models.rosters import Roster
from registry.permissions import May
from registry.queries.answers import fewest
from registry.queries.brand import brand
from registry.queries.rosters import apart_of, people_in
from registry.queries.sheet_sentences import (
    Subject,
    asked,
    marks,
    meanings,
    public_sources,
    question_said,
    sources,
    subject_of,
    subtitle,
    title,
)
from registry.queries.situation_maps import Counts, box_of, by_area, cells_of

PIXELS = 1400  # of the longer side of what the map is about: fine enough for paper
FAR = Frame(WORLD, 20_000)  # how fine the small map is that says where the large one lies
SHAPES = (0.7, 1.7)  # narrowest and widest frame, width by height, of phones, paper and desks

ByArea = Mapping[int | None, Counts]


def sheet_of(session: Session, roster: Roster, *, actor: Actor) -> Sheet:
    """What the map of a kept list shows; figures, areas and people are those within reach. To
    who may see points it tells why households were not observed.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    told = _told(session, roster, actor)
    if actor.may(Geo.EXACT_LOCATIONS):
        apart = apart_of(session, roster, actor)
        told = replace(told, answers=replace(told.answers, apart=apart))
    question = told.subject.question
    box = _box(session, roster, question, actor)
    cells, left_out = cells_of(session, roster, box, actor=actor)
    sheet = _of_areas(session, told, box, actor)
    frame = _frame(box)
    return replace(
        sheet,
        question=_asked(session, question.shape, question.area_ids, frame, actor),
        without=_asked(session, question.without_shape, question.without_area_ids, frame, actor),
        cells=cells,
        sources=sources(told.subject, left_out, bool(sheet.ground.neighbours)),
    )


def public_sheet_of(session: Session, roster: Roster, *, actor: Actor) -> Sheet:
    """What the map of a kept list shows everybody: figures of areas, rounded and none of a few.

    Neither households nor what was drawn are on it, and it is about the areas, not about the places
    of those who live in them.

    Raises:
        Forbidden
    """
    actor.require(May.READ_ROSTERS)
    told = _told(session, roster, actor)
    box = bounds_of(session, [area_id for area_id in told.counts if area_id]) or WORLD
    base, parts = country().rounding, [each.answers for each in told.counts.values()]
    areas, answers, people = for_public(parts, told.people, base, fewest())
    rounded = {
        area_id: replace(each, answers=said)
        for (area_id, each), said in zip(told.counts.items(), areas, strict=False)
    }
    told = replace(told, counts=rounded, answers=answers, people=people)
    sheet = _of_areas(session, told, box, actor)
    neighbours, apart = bool(sheet.ground.neighbours), bool(rounded)
    return replace(
        sheet,
        sources=public_sources(told.subject, base, fewest(), neighbours, apart),
        rounded=base,
    )


@dataclass(frozen=True)
class _Told:
    """What a map tells of: a list, and how many of each area are answered what."""

    subject: Subject
    level: int
    counts: ByArea
    answers: Answers
    people: People


def _told(session: Session, roster: Roster, actor: Actor) -> _Told:
    question = question_of(session, session.get_one(Selection, roster.selection_id))
    level, counts = _table(session, roster, question, actor)
    return _Told(
        subject=subject_of(session, roster, question, actor),
        level=level,
        counts=counts,
        answers=_all(each.answers for each in counts.values()),
        people=people_in(session, roster, actor=actor),
    )


def _frame(box: Box) -> Frame:
    """What is drawn of the world round a box, and how finely."""
    around = widened(box, *SHAPES)
    return Frame(around, round(PIXELS * (around[2] - around[0]) / (box[2] - box[0])))


def _of_areas(session: Session, told: _Told, box: Box, actor: Actor) -> Sheet:
    """The sheet of what is told by areas alone: without drawings, households and people."""
    subject, question, frame = told.subject, told.subject.question, _frame(box)
    return Sheet(
        title=title(subject),
        subtitle=subtitle(subject),
        glide=subject.event.glide if subject.event else None,
        clause=asked(subject),
        box=box,
        around=frame.box,
        ground=_ground(session, told.level, frame, told.counts, actor),
        hazard=_hazard(session, subject.release, frame) if subject.release else None,
        question=_asked(session, None, question.area_ids, frame, actor),
        question_said=question_said(subject),
        without=_asked(session, None, question.without_area_ids, frame, actor),
        cells=[],
        answers=told.answers,
        people=told.people,
        rows=[Row(each.name or _("Area not known"), each.answers) for each in told.counts.values()],
        sources=[],
        meanings=meanings(subject),
        marks=marks(subject),
        ages=subject.roster.ages,
        brand=brand(),
    )


def _table(
    session: Session, roster: Roster, question: Question, actor: Actor
) -> tuple[int, ByArea]:
    """The level of the table and its rows; where all live in one area, the areas below it."""
    level, deepest = table_level(session, question), max(level_names(session), default=0)
    counts = by_area(session, roster, level, actor=actor)
    while len(counts.keys() - {None}) < 2 and level < deepest:
        level += 1
        counts = by_area(session, roster, level, actor=actor)
    return level, counts


def _box(session: Session, roster: Roster, question: Question, actor: Actor) -> Box:
    """The households and what was drawn to ask about; without either, what the actor reaches."""
    boxes = [box_of(session, roster, actor=actor), _drawn(question)]
    there = [box for box in boxes if box is not None]
    if not there:
        reached = bounds_of_areas(session, actor=actor)
        return (reached[0], reached[1], reached[2], reached[3]) if reached else WORLD
    west, south, east, north = zip(*there, strict=True)
    return min(west), min(south), max(east), max(north)


def _drawn(question: Question) -> Box | None:
    if question.shape is None:
        return None
    west, south, east, north = shapely.from_wkb(question.shape).bounds
    return west, south, east, north


def _ground(session: Session, level: int, frame: Frame, counts: ByArea, actor: Actor) -> Ground:
    shapes = [
        [area.shape for area in areas_in(session, above, frame, actor=actor)]
        for above in range(level)
    ]
    areas = [
        Outline(
            area.name,
            area.lon,
            area.lat,
            area.shape,
            counts[area.id].answers if area.id in counts else None,
        )
        for area in areas_in(session, level, frame, actor=actor)
    ]
    whole = areas_in(session, 0, FAR, actor=actor)
    return Ground(
        neighbours=countries_in(frame.box),
        land=shapes[0] if shapes else [area.shape for area in areas],
        borders=shapes,
        areas=areas,
        whole=[area.shape for area in whole],
    )


def _hazard(session: Session, release: Release, frame: Frame) -> Hazard:
    is_extent = release.kind is LayerKind.EXTENT
    return Hazard(
        measure=measured(release),
        observed=observed(release),
        classes=_classes(release),
        picture=picture_of(release, frame.box, frame.pixels, colours()),
        extent=extent_in(session, release, frame) if is_extent else None,
        unseen=unseen_in(session, release, frame),
    )


def _classes(release: Release) -> list[tuple[str, str]]:
    """Classes in words with their colours; of an extent, which is drawn in one colour, one."""
    if release.kind is LayerKind.EXTENT:
        return [(_("flooded"), classes_of(release)[0][1])]
    return classes_said(release)


def _asked(
    session: Session, drawn: bytes | None, area_ids: tuple[int, ...], frame: Frame, actor: Actor
) -> list[Shape]:
    """The areas and the drawing a question names."""
    areas = picked_in(session, area_ids, frame, actor=actor) if area_ids else []
    shape = to_geojson(drawn)
    return [*(area.shape for area in areas), *([shape] if shape else [])]


def _all(answers: Iterable[Answers]) -> Answers:
    """Answers added up."""
    parts = list(answers)
    names = (*PARTS, "expected", "asked")
    return Answers(**{name: sum(getattr(a, name) for a in parts) for name in names})
