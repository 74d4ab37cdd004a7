"""Tables that are taken along: what a question was answered by area, and what a release says of
areas."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.words import _
from geo.files.tables import Table, Value
from geo.models.areas import Area
from geo.queries.collections import collection_named
from geo.queries.features import rows_of
from geo.queries.provenance import Pairs, said_of_file, said_of_release
from geo.queries.releases import release_seen
from geo.queries.selections import Question, release_asked, table_level
from registry.queries.answers import ByArea, ask, fewest
from registry.queries.published import households_by_area, told_of

COLUMNS = (
    "households",
    "households_in",
    "households_probable",
    "households_out",
    "households_not_observed",
    "households_unlocated",
    "people_in",
)


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


def table_of_release(session: Session, release_id: int, level: int, *, actor: Actor) -> Table:
    """What a release says of the areas of a level within reach, and of who lives there.

    Raises:
        Forbidden, NotFound
    """
    release = release_seen(session, release_id, actor=actor)
    found = collection_named(session, f"release-{release_id}-areas-{level}", actor=actor)
    households = households_by_area(session, release, level, actor=actor)
    counted = COLUMNS if households else ()
    rows: list[Sequence[Value]] = []
    shapes = []
    for shape, said in rows_of(session, found):
        lives = households.get(str(said["pcode"]), {})
        rows.append([*said.values(), *(lives.get(name) for name in counted)])
        shapes.append(shape)
    title = _("What release {number} says of areas", number=release.number)
    provenance = [*said_of_file(session, title, actor), *said_of_release(session, release)]
    return Table("areas_hit", (*found.properties, *counted), rows, shapes, [*provenance, _hidden()])


def _shapes(session: Session, areas: Sequence[ByArea]) -> dict[int | None, bytes]:
    ids = [area.area_id for area in areas if area.area_id]
    rows = session.execute(select(Area.id, func.ST_AsBinary(Area.shape)).where(Area.id.in_(ids)))
    return {area_id: bytes(shape) for area_id, shape in rows}


def _said_of_question(session: Session, question: Question) -> Pairs:
    release = release_asked(session, question)
    threshold = "" if question.threshold is None else str(question.threshold)
    drawn = _("yes") if question.shape or question.without_shape else _("no")
    said = [
        (_("Areas picked, by P-code"), _pcodes(session, question.area_ids)),
        (_("Areas left out, by P-code"), _pcodes(session, question.without_area_ids)),
        (_("Something is drawn"), drawn),
        (_("Threshold; the threshold itself counts as in"), threshold),
    ]
    of_release = said_of_release(session, release) if release else []
    return [*((what, words) for what, words in said if words), *of_release, _hidden()]


def _pcodes(session: Session, area_ids: tuple[int, ...]) -> str:
    asked = select(Area.pcode).where(Area.id.in_(area_ids)).order_by(Area.pcode)
    return ", ".join(session.scalars(asked))


def _hidden() -> tuple[str, str]:
    said = _("Figures that would tell of fewer than {fewest} households", fewest=fewest())
    return said, _("left empty, for who may not see single households")
