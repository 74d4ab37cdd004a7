"""Own fields are changed by request as any other: asked, validated, applied together."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.actor import Actor
from programs.services.changes import apply_change
from registry.models.fields import FieldType, Scope
from registry.parsing.values import ValueMisfit
from registry.queries.changes import lines_of
from registry.services.applying import ChangedMeanwhile
from registry.services.field_values import fill_in
from registry.services.fields import Wanted, add_field
from tests.make.changes import HANA, make_approved_change, make_draft
from tests.make.fields import make_words
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location

CELLS = text("select c_rooms, c_slept, c_roof, c_well from group_fields")


@pytest.fixture
def home(session: Session, anybody: Actor) -> str:
    """A household of two rooms, in both of which people sleep."""
    make_words(session, "roof", "straw", "metal")
    for wanted in (
        Wanted(Scope.GROUP, "rooms", FieldType.WHOLE, {"en": "Rooms"}),
        Wanted(Scope.GROUP, "slept", FieldType.WHOLE, {"en": "Slept in"}, holds="slept <= rooms"),
        Wanted(Scope.GROUP, "roof", FieldType.WORD, {"en": "Roof"}, word_list="roof"),
        Wanted(Scope.GROUP, "well", FieldType.FLAG, {"en": "Well"}),
    ):
        add_field(session, wanted, actor=anybody)
    areas = make_country(session)
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    number = make_household(session, place, name="Amina Doro").number
    fill_in(session, number, {"rooms": 2, "slept": 2}, actor=anybody)
    return number


def test_fields_that_only_hold_together_are_changed_together(session: Session, home: str) -> None:
    answers = {"own.slept": "4", "own.rooms": "5", "own.roof": "metal", "own.well": "yes"}
    made = make_approved_change(session, "edit_group", home, answers=answers)

    lines = lines_of(session, made, actor=HANA)
    assert [(line.field, line.before, line.after) for line in lines] == [
        ("own.rooms", "2", "5"),
        ("own.slept", "2", "4"),
        ("own.roof", None, "metal"),
        ("own.well", None, "yes"),
    ]
    apply_change(session, made.number, actor=HANA)
    assert session.execute(CELLS).one() == (5, 4, "metal", True)


def test_what_a_field_does_not_take_is_refused_before_anybody_is_asked(
    session: Session, home: str
) -> None:
    with pytest.raises(ValueMisfit):
        make_draft(session, "edit_group", home, answers={"own.roof": "slate"})


def test_what_somebody_filled_in_meanwhile_is_told(
    session: Session, anybody: Actor, home: str
) -> None:
    made = make_approved_change(session, "edit_group", home, answers={"own.rooms": "3"})
    fill_in(session, home, {"rooms": 4}, actor=anybody)

    with pytest.raises(ChangedMeanwhile):
        apply_change(session, made.number, actor=HANA)
