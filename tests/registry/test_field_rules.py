"""Rules of own fields: required if, what has to hold, in whose words it is said, what uses them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import TermUnknown, WrongKind
from core.errors import Conflict, Forbidden
from core.words import ENGLISH, speaking
from programs.models.programs import Program
from programs.queries.field_uses import all_uses_of
from programs.services.fields import turn_field
from registry.models.fields import FieldSection, FieldState, FieldType, OwnField, Scope
from registry.models.imports import ImportKind, Verdict
from registry.parsing.values import ValueMissing, ValueRefused
from registry.queries.fields import known_fields
from registry.queries.scores import Term
from registry.services.field_order import Arranged, PlaceImpossible, arrange_fields
from registry.services.field_values import NotFilledIn, RuleBroken, fill_in
from registry.services.fields import (
    MOST,
    FieldNameless,
    FieldNeeded,
    FieldsFull,
    RuleOfReckoned,
    TypeStays,
    Wanted,
    add_field,
    change_field,
)
from registry.services.filters import keep_filter
from registry.services.people import Household, Person, register
from registry.services.scores import Written, write_score
from tests.make.fields import make_words
from tests.make.imports import csv_file, rows_of, take
from tests.make.programs import make_program

ROOMS = Wanted(Scope.GROUP, "rooms", FieldType.WHOLE, {"en": "Rooms"})
ROOF = Wanted(Scope.GROUP, "roof", FieldType.WORD, {"en": "Roof"}, word_list="roof")
SLEPT = Wanted(
    Scope.GROUP,
    "slept_in",
    FieldType.WHOLE,
    {"en": "Rooms slept in"},
    needed_if="roof = 'metal'",
    holds="slept_in <= rooms",
    refusals={"en": "They cannot sleep in more rooms than there are.", "fr": "Trop de pièces."},
)
FRENCH = replace(ENGLISH, tag="fr")


@pytest.fixture(autouse=True)
def asked(session: Session, anybody: Actor) -> None:
    make_words(session, "roof", "straw", "metal")
    for wanted in (ROOMS, ROOF, SLEPT):
        add_field(session, wanted, actor=anybody)


def family(session: Session, actor: Actor, **more: object) -> str:
    return register(session, Household([Person("Doro", "head")], more=more), actor=actor).number


def test_a_field_has_to_be_filled_in_where_another_says_so(
    session: Session, anybody: Actor
) -> None:
    with pytest.raises(ValueMissing, match="Rooms slept in"):
        family(session, anybody, roof="metal")
    number = family(session, anybody, roof="straw")
    with pytest.raises(ValueMissing):
        fill_in(session, number, {"roof": "metal"}, actor=anybody)
    fill_in(session, number, {"roof": "metal", "slept_in": 2}, actor=anybody)


def test_what_is_said_together_has_to_hold_and_what_is_not_known_breaks_nothing(
    session: Session, anybody: Actor
) -> None:
    number = family(session, anybody, slept_in=3)
    with pytest.raises(RuleBroken, match="more rooms than there are"):
        fill_in(session, number, {"rooms": 2}, actor=anybody)
    fill_in(session, number, {"rooms": 3}, actor=anybody)


def test_it_is_refused_in_the_words_of_its_makers_and_of_the_reader(
    session: Session, anybody: Actor
) -> None:
    code = Wanted(
        *(Scope.GROUP, "card", FieldType.TEXT, {"en": "Card"}),
        pattern="[A-Z]{2}[0-9]{4}",
        refusals={"en": "Two letters and four digits."},
    )
    add_field(session, code, actor=anybody)

    with pytest.raises(ValueRefused, match="Card: Two letters and four digits"):
        family(session, anybody, card="x")
    with speaking(FRENCH), pytest.raises(RuleBroken, match="Trop de pièces"):
        family(session, anybody, rooms=1, slept_in=2)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"holds": "rooms + 1"}, WrongKind),
        ({"holds": "people > 1"}, TermUnknown),  # of fields that are filled in alone
        ({"needed_if": "stairs > 1"}, TermUnknown),
        ({"holds": "rooms > 1", "computed": "people"}, RuleOfReckoned),
    ],
)
def test_a_rule_that_cannot_be_held_against_a_record_is_refused(
    session: Session, anybody: Actor, more: dict[str, str], refusal: type[Exception]
) -> None:
    doors = Wanted(Scope.GROUP, "doors", FieldType.NUMBER, {"en": "Doors"})
    wrong = replace(doors, **more)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        add_field(session, wrong, actor=anybody)


def test_a_file_is_held_against_the_rules_with_what_is_known_already(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    kind, headings = ImportKind.HOUSEHOLDS, "code,size,rooms,slept_in,roof"
    rows = ("H1,1,2,3,straw", "H2,1,2,2,metal", "H3,1,2,,metal", "H4,1,,9,")
    made = take(session, csv_file(tmp_path, "\n".join((headings, *rows))), kind, anybody)

    said = [(row.verdict, row.errors, row.warnings) for row in rows_of(session, made)]
    assert said == [
        (Verdict.ERROR, ["rule_broken:group.slept_in"], []),
        (Verdict.CREATE, [], []),
        (Verdict.CREATE, [], ["missing_value:group.slept_in"]),
        (Verdict.CREATE, [], []),
    ]
    again = take(session, csv_file(tmp_path, "code,size,rooms\nH4,1,8\nH2,1,5"), kind, anybody)
    assert [row.errors for row in rows_of(session, again)] == [["rule_broken:group.slept_in"], []]
    kept = session.execute(text("select c_rooms from group_fields order by registrant_id"))
    assert [row[0] for row in kept] == [5, 2, None]


def test_what_is_not_asked_is_not_filled_in(session: Session, anybody: Actor) -> None:
    number = family(session, anybody)
    with pytest.raises(NotFilledIn):
        fill_in(session, number, {"stairs": 2}, actor=anybody)


def test_what_a_field_holds_stays(session: Session, anybody: Actor) -> None:
    for wrong in (
        replace(ROOMS, type=FieldType.TEXT),
        replace(ROOF, word_list="sex"),
    ):
        with pytest.raises(TypeStays):
            change_field(session, wrong, actor=anybody)


def test_a_field_that_is_used_is_not_retired_and_it_is_said_by_what(
    session: Session, anybody: Actor
) -> None:
    score = Written({"en": "PMT"}, Decimal(0), [Term("Rooms", "rooms", Decimal(1))])
    write_score(session, "PMT", score, actor=anybody)
    keep_filter(session, "Crowded", "people / rooms > 2", actor=anybody)
    program = make_program(session)
    program.eligibility = "rooms < 3"
    session.flush()

    said = [use.said for use in all_uses_of(session, Scope.GROUP, "rooms", actor=anybody)]
    assert said == [
        "the field Rooms slept in",
        "the score PMT, version 1",
        "a filter of somebody",
        f"the program {program.name}",
    ]
    with pytest.raises(FieldNeeded, match="the program"):
        turn_field(session, Scope.GROUP, "rooms", FieldState.RETIRED, actor=anybody)
    session.get_one(Program, program.id).archived = True
    session.flush()
    with pytest.raises(FieldNeeded, match="Rooms slept in, the score PMT, version 1, a filter"):
        turn_field(session, Scope.GROUP, "rooms", FieldState.RETIRED, actor=anybody)
    turn_field(session, Scope.GROUP, "slept_in", FieldState.RETIRED, actor=anybody)


def test_retiring_is_for_who_makes_fields(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        turn_field(session, Scope.GROUP, "roof", FieldState.RETIRED, actor=visitor)


def test_sections_and_fields_stand_as_they_were_put(session: Session, anybody: Actor) -> None:
    add_field(session, replace(ROOMS, code="well", section={"en": "Water"}), actor=anybody)
    more, water = session.scalars(select(FieldSection).order_by(FieldSection.id)).all()
    key = {each.code: each.id for each in session.scalars(select(OwnField))}
    wanted = Arranged(
        names={water.id: {"en": "Water point", "fr": "Point d'eau"}},
        sections={water.id: 1, more.id: 2},
        fields={key["roof"]: 1, key["slept_in"]: 2, key["rooms"]: 3},
    )

    arrange_fields(session, wanted, actor=anybody)

    assert [*known_fields(session, Scope.GROUP)] == ["well", "roof", "slept_in", "rooms"]
    with speaking(FRENCH):
        assert known_fields(session, Scope.GROUP)["well"].section == "Point d'eau"
    with pytest.raises(FieldNameless):
        arrange_fields(session, Arranged(names={more.id: {"fr": "Autre"}}), actor=anybody)
    with pytest.raises(PlaceImpossible):
        arrange_fields(session, Arranged(sections={more.id: 0}), actor=anybody)


def test_a_hundred_fields_are_kept_and_noted_and_what_is_reckoned_needs_no_room(
    session: Session, anybody: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(105):
        add_field(session, replace(ROOMS, code=f"f{place}"), actor=anybody)
    number = family(session, anybody, f0=1, f104=5)
    fill_in(session, number, {"f104": 6, "f50": 2}, actor=anybody)

    noted = text(
        "select kind, after::text from field_changes where table_name = 'group_fields' order by id"
    )
    first, second = session.execute(noted).all()[:2]
    assert '"c_f104":5' in first[1]
    assert second == ("update", '{"c_f50":2,"c_f104":6}')
    monkeypatch.setattr("registry.services.fields.MOST", 108)
    with pytest.raises(FieldsFull, match="108"):
        add_field(session, replace(ROOMS, code="more"), actor=anybody)
    reckoned = replace(ROOMS, code="twice", type=FieldType.NUMBER, computed="rooms * 2")
    add_field(session, reckoned, actor=anybody)


def test_there_is_an_end_to_fields() -> None:
    assert MOST < 1_600  # columns of a table
    assert issubclass(FieldsFull, Conflict)
