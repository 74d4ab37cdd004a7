"""Table by table: what was held on a household and its head is gone once both are erased."""

import io
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.everything import tables_about
from geo.services.plots import Land
from programs.services.changes import ask_change
from programs.services.merging import merge
from programs.services.registrants import erase
from registry.models.fields import FieldType, Scope
from registry.models.imports import ImportMatch
from registry.models.registrants import Registrant
from registry.services.change_documents import Paper, attach
from registry.services.field_values import fill_in
from registry.services.fields import Wanted, add_field
from registry.services.holdings import Held, draw_plot
from registry.services.places import Place, move_to
from registry.services.score_runs import run_score
from registry.services.submissions import receive
from tests.house.test_erasing import DELETED, EMPTIED
from tests.make.changes import ROSA, make_draft
from tests.make.duplicates import make_pair
from tests.make.fields import FILLED, make_fields
from tests.make.geo import make_country
from tests.make.imports import household, person, take_households, take_people
from tests.make.programs import DARA
from tests.make.registry import make_person, registered
from tests.make.scores import make_score
from tests.programs.test_retention import make_all_beside

VISIT = """<data id="visit"><number>{number}</number><whom>household</whom><kind>visit</kind>
  <picture>a.jpg</picture><meta><instanceID>uuid:1</instanceID></meta></data>"""
NOTHING: tuple[Any, ...] = (None, "", [], {})


@pytest.fixture
def family(session: Session, tmp_path: Path) -> list[Registrant]:
    """A household and its head, of whom something stands in every table."""
    make_country(session)
    take_households(session, tmp_path, DARA, household())
    take_households(session, tmp_path, DARA, household(address="14 River Street"))
    file = take_people(session, tmp_path, DARA, person())
    home, head = registered(session, "H1"), registered(session, "P1")
    other = make_person(session)
    make_all_beside(session, head, other)
    make_pair(session, head, other)
    merge(session, head.number, make_person(session, name="Amina Doru").number, actor=DARA)
    _fill_fields(session, home, head)
    like = {"registrant_id": head.id, "score": 0.9, "reasons": ["name"]}
    session.add(ImportMatch(import_id=file.id, row_number=1, **like))
    draft = make_draft(session, "edit_group", home.number, answers={"settlement": "Upper Quay"})
    attach(session, draft.number, Paper("letter", "a.pdf", io.BytesIO(b"%PDF-1.4")), actor=ROSA)
    ask_change(session, draft.number, actor=ROSA)
    form = VISIT.format(number=home.number).encode()
    receive(session, form, {"a.jpg": io.BytesIO(b"no picture")}, actor=DARA)
    shape = shapely.to_wkb(shapely.MultiPolygon([shapely.box(0.5, 1.5, 0.501, 1.501)]))
    draw_plot(session, home.number, Land(shape), Held("owned", "cropland"), actor=DARA)
    run_score(session, make_score(session).id, actor=DARA)
    move_to(session, home.number, Place(lon=0.6, lat=1.4, accuracy_m=4), actor=DARA)
    session.flush()
    return [home, head]


def _fill_fields(session: Session, home: Registrant, head: Registrant) -> None:
    make_fields(session)
    fill_in(session, home.number, FILLED, actor=DARA)
    wanted = Wanted(Scope.INDIVIDUAL, "nickname", FieldType.TEXT, {"en": "Nickname"})
    add_field(session, wanted, actor=DARA)
    fill_in(session, head.number, {"nickname": "Mina"}, actor=DARA)


def rows_left(session: Session, ids: list[int]) -> dict[str, int]:
    """By table that is to be emptied of them, how many rows tell of them."""
    about = {t: theirs for t, theirs in tables_about(ids).items() if t.name in DELETED}
    return {
        table.name: session.scalars(select(func.count()).select_from(table).where(theirs)).one()
        for table, theirs in about.items()
    }


def words_left(session: Session, ids: list[int]) -> dict[str, list[Any]]:
    """By column that is to be emptied, what it says of them still."""
    found = {}
    for table, theirs in tables_about(ids).items():
        for name in EMPTIED.get(table.name, set()) & {*table.columns.keys()}:
            said = session.scalars(select(table.c[name]).where(theirs)).all()
            found[f"{table.name}.{name}"] = [each for each in said if each not in NOTHING]
    return {name: said for name, said in found.items() if said}


def test_of_an_erased_family_no_table_says_anything_any_more(
    session: Session, family: list[Registrant]
) -> None:
    ids, numbers = [each.id for each in family], [each.number for each in family]
    held = rows_left(session, ids)
    assert {name for name, rows in held.items() if not rows} == set()
    assert held.keys() == DELETED

    for number in numbers:
        erase(session, number, "They asked to be forgotten", actor=DARA)

    assert rows_left(session, ids) == dict.fromkeys(DELETED, 0)
    assert words_left(session, ids) == {"registrants.name": numbers}
