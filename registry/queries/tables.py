"""Tables that are taken along: what a question was answered by area, and what a release says of
areas."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Conflict
from core.words import _, figure_said
from geo.files.tables import Table, Value
from geo.models.areas import Area
from geo.models.selections import Together
from geo.queries.areas import in_force
from geo.queries.clauses import ClauseAsked, clauses_asked
from geo.queries.collections import collection_named, provenance_of
from geo.queries.context import columns_of, measured
from geo.queries.differences import Pair, areas_changed
from geo.queries.features import rows_of
from geo.queries.provenance import Pairs, said_of_file, said_of_layer, said_of_release
from geo.queries.releases import release_seen
from geo.queries.selections import Question, table_level
from registry.counting.answers import WHY
from registry.queries.answers import ByArea, ask, fewest
from registry.queries.differences import CHANGES, difference, tells_of_households
from registry.queries.published import SET_APART, households_by_area, told_of

MOST_PIECES = 200_000
CHANGED = (
    "pcode",
    "name",
    "change",
    "hit_km2_before",
    "hit_km2_after",
    "observed_km2_before",
    "observed_km2_after",
)
COLUMNS = (
    "households",
    "households_in",
    "households_probable",
    "households_out",
    "households_not_observed",
    "households_unlocated",
    "people_in",
    *SET_APART,
)


class TooManyPieces(Conflict):
    """This release has {count} pieces, and a file takes {most}; read them from the service for
    programs, which tells them in pages and tiles."""


def table_asked(session: Session, question: Question, title: str, *, actor: Actor) -> Table:
    """The answer of a question by area, as its page shows it to the actor.

    Raises:
        Forbidden, and what `registry.queries.answers.ask` refuses.
    """
    level = table_level(session, question)
    result = ask(session, question, actor=actor, level=level)
    shapes = _shapes(session, result.areas)
    rows = [(area.pcode or None, area.name, *told_of(area).values()) for area in result.areas]
    return Table(
        "households_by_area",
        ("pcode", "name", *COLUMNS),
        rows,
        [shapes.get(area.area_id) for area in result.areas],
        [*said_of_file(session, title, actor), *_said_of_question(session, question)],
    )


def table_of_release(
    session: Session, release_id: int, level: int, version: str = "", *, actor: Actor
) -> Table:
    """What a release says of the areas of a level within reach, and of who lives there; with a
    version, what was said of the areas of that earlier map, without who lives there today.

    Raises:
        Forbidden, NotFound
    """
    release = release_seen(session, release_id, actor=actor)
    of = f"-map-{version}" if version else ""
    found = collection_named(session, f"release-{release_id}-areas-{level}{of}", actor=actor)
    households = {} if of else households_by_area(session, release, level, actor=actor)
    counted = COLUMNS if households else ()
    standing = [] if of else measured(session, release, level, actor=actor)
    rows: list[Sequence[Value]] = []
    shapes = []
    for shape, said in rows_of(session, found):
        lives = households.get(str(said["pcode"]), {})
        held = [each.in_area(str(said["pcode"])) for each in standing]
        figures = [value for each in held for value in (each.total, each.hit, each.not_observed)]
        rows.append([*said.values(), *(lives.get(name) for name in counted), *figures])
        shapes.append(shape)
    title = _("What release {number} says of areas", number=release.number)
    provenance = [*said_of_file(session, title, actor), *said_of_release(session, release)]
    provenance += [said_of_layer(each.layer) for each in standing]
    if version:
        provenance.append((_("Map of areas"), version))
    columns = (*found.properties, *counted, *columns_of(standing))
    return Table("areas_hit", columns, rows, shapes, [*provenance, _hidden()])


def table_of_shapes(session: Session, release_id: int, *, actor: Actor) -> Table:
    """What a release says of the ground, in pieces: of a raster by class, of an extent with values.

    Raises:
        Forbidden, NotFound, OutlinesNotReady, TooManyPieces
    """
    release = release_seen(session, release_id, actor=actor)
    name = f"release-{release_id}"
    found = collection_named(session, name, actor=actor)
    count = session.scalar(select(func.count()).select_from(found.rows.subquery())) or 0
    if count > MOST_PIECES:
        raise TooManyPieces(count=figure_said(count), most=figure_said(MOST_PIECES))
    pieces = rows_of(session, found)
    rows = [list(said.values()) for _shape, said in pieces]
    title = _("What release {number} says of the ground", number=release.number)
    provenance = [
        *said_of_file(session, title, actor),
        *provenance_of(session, name, actor=actor),
    ]
    shapes = [shape for shape, _said in pieces]
    return Table("shapes", tuple(found.properties), rows, shapes, provenance)


def table_of_difference(
    session: Session, pair: Pair, threshold: float | None, level: int, *, actor: Actor
) -> Table:
    """What changes from one release to another, by area, with households for who may see a few.

    Raises:
        Forbidden, and what `registry.queries.differences.difference` refuses.
    """
    areas = areas_changed(session, pair, level, actor=actor)
    told = tells_of_households(actor)
    households = difference(session, pair, threshold, level, actor=actor) if told else None
    changes = CHANGES if households else ()
    rows: list[Sequence[Value]] = []
    for area in areas:
        figures = (area.hit_before, area.hit_after, area.observed_before, area.observed_after)
        lives = households.in_area(area.pcode) if households else None
        counts = [lives.of(change).households for change in changes] if lives else []
        if lives:
            counts += [vars(side)[why] for side in (lives.before, lives.after) for why in WHY]
        rows.append([area.pcode, area.name, area.change.value, *figures, *counts])
    was, now = (said_of_release(session, release) for release in (pair.before, pair.after))
    said = [
        *said_of_file(session, _("What changes from one release to another"), actor),
        (_("Threshold; the threshold itself counts as in"), str(threshold)),
        *((_("before: {what}", what=what), words) for what, words in was),
        *((_("after: {what}", what=what), words) for what, words in now),
    ]
    shapes = _shapes_by_pcode(session, [area.pcode for area in areas])
    reasons = [
        f"households_not_observed_{side}_{why}" for side in ("before", "after") for why in WHY
    ]
    columns = (*CHANGED, *(f"households_{change.value}" for change in changes))
    columns += tuple(reasons) if households else ()
    return Table("difference", columns, rows, [shapes.get(area.pcode) for area in areas], said)


def _shapes_by_pcode(session: Session, pcodes: Sequence[str]) -> dict[str, bytes]:
    asked = select(Area.pcode, func.ST_AsBinary(Area.shape)).where(in_force())
    rows = session.execute(asked.where(Area.pcode.in_(pcodes)))
    return {pcode: bytes(shape) for pcode, shape in rows}


def _shapes(session: Session, areas: Sequence[ByArea]) -> dict[int | None, bytes]:
    ids = [area.area_id for area in areas if area.area_id]
    rows = session.execute(select(Area.id, func.ST_AsBinary(Area.shape)).where(Area.id.in_(ids)))
    return {area_id: bytes(shape) for area_id, shape in rows}


def _said_of_question(session: Session, question: Question) -> Pairs:
    hazards = clauses_asked(session, question.clauses)
    threshold = "" if question.threshold is None else str(question.threshold)
    drawn = _("yes") if question.shape or question.without_shape else _("no")
    said = [
        (_("Areas picked, by P-code"), _pcodes(session, question.area_ids)),
        (_("Areas left out, by P-code"), _pcodes(session, question.without_area_ids)),
        (_("Something is drawn"), drawn),
        (_("Threshold; the threshold itself counts as in"), threshold),
    ]
    of_release = said_of_release(session, hazards[0].release) if hazards else []
    return [
        *((what, words) for what, words in said if words),
        *of_release,
        *_said_of_others(session, question, hazards[1:]),
        _hidden(),
    ]


def _said_of_others(
    session: Session, question: Question, others: Sequence[ClauseAsked]
) -> Iterator[tuple[str, str]]:
    """What a file says of each hazard asked beside the first one."""
    if others:
        all_of = question.together is Together.ALL
        yield _("Several hazards"), _("all of them") if all_of else _("the worst of them")
    for place, other in enumerate(others, 2):
        asked = [(_("Threshold; the threshold itself counts as in"), str(other.threshold))]
        for what, words in [*asked, *said_of_release(session, other.release)]:
            yield _("hazard {place}: {what}", place=place, what=what), words


def _pcodes(session: Session, area_ids: tuple[int, ...]) -> str:
    asked = select(Area.pcode).where(Area.id.in_(area_ids)).order_by(Area.pcode)
    return ", ".join(session.scalars(asked))


def _hidden() -> tuple[str, str]:
    said = _("Figures that would tell of fewer than {fewest} households", fewest=fewest())
    return said, _("left empty, for who may not see single households")
