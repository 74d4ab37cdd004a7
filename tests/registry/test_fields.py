"""Fields of an installation's own: added without a deploy, asked like any other."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import audit
from core.actor import Actor
from core.audit import FieldChange
from core.db import stand
from core.errors import Conflict, Forbidden, Refusal
from registry.models.fields import FieldState, FieldType, OwnField, Scope
from registry.models.registrants import Registrant
from registry.models.vocabularies import Word
from registry.parsing.values import ValueMisfit, ValueMissing
from registry.queries.field_answers import answers
from registry.queries.fields import known_fields, own_fields
from registry.queries.queryables import household_terms
from registry.queries.subjects import matching
from registry.services.field_values import fill_in
from registry.services.fields import (
    BoundsImpossible,
    FieldCodeImpossible,
    FieldCodeTaken,
    FieldNameless,
    PatternUnreadable,
    Wanted,
    WordListUnknown,
    add_field,
    turn_field,
)
from registry.services.people import FieldUnknown, Household, Person, register
from registry.services.registrants import empty

ROOF = Wanted(
    Scope.GROUP, "roof", FieldType.WORD, {"en": "Roof", "fr": "Toit"}, word_list="roof_of"
)
COWS = Wanted(Scope.GROUP, "cows", FieldType.WHOLE, {"en": "Cows"}, most=Decimal(50))
TRADES = Wanted(Scope.INDIVIDUAL, "trades", FieldType.WORDS, {"en": "Trades"}, word_list="trade")
DAY = date(2026, 11, 1)


@pytest.fixture
def lists(session: Session) -> None:
    words = {"roof_of": ("straw", "metal"), "trade": ("smith", "baker", "weaver")}
    session.add_all(
        Word(list=name, code=code, labels={"en": code.title()})
        for name, codes in words.items()
        for code in codes
    )
    session.flush()


@pytest.fixture
def asked(session: Session, anybody: Actor, lists: None) -> None:
    for wanted in (ROOF, COWS, TRADES):
        add_field(session, wanted, actor=anybody)


def family(session: Session, actor: Actor, name: str, **more: object) -> Registrant:
    return register(session, Household([Person(name, "head")], more=more), actor=actor)


def names(session: Session, actor: Actor, written: str) -> list[str]:
    """The households a filter means, by the names of their heads."""
    terms = household_terms(DAY, own_fields(session))
    ids = matching(written, DAY, actor=actor, terms=terms)
    found = select(Registrant.name).where(Registrant.id.in_(ids)).order_by(Registrant.name)
    return list(session.scalars(found))


def test_a_field_is_a_column_of_its_type(session: Session, asked: None) -> None:
    columns = session.execute(
        text(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = 'group_fields'::regclass and attname like 'c\\_%'"
        )
    )

    assert {tuple(row) for row in columns} == {("c_roof", "text"), ("c_cows", "bigint")}


def test_who_registers_fills_in_own_fields_and_filters_find_by_them(
    session: Session, anybody: Actor, asked: None
) -> None:
    family(session, anybody, "Doro", roof="straw", cows="3")
    family(session, anybody, "Kesh", roof="metal", cows=7)
    family(session, anybody, "Ode")

    assert names(session, anybody, "roof = 'straw'") == ["Doro"]
    assert names(session, anybody, "cows > 2 AND NOT roof = 'straw'") == ["Kesh"]
    assert names(session, anybody, "roof IS NULL") == ["Ode"]
    assert names(session, anybody, "roof IN ('metal', 'straw') AND people = 1") == ["Doro", "Kesh"]


def test_what_is_asked_of_people_is_counted_over_members(
    session: Session, anybody: Actor, asked: None
) -> None:
    people = [
        Person("Asha", "head", more={"trades": "smith,baker"}),
        Person("Bela", more={"trades": ["weaver"]}),
        Person("Cato"),
    ]
    register(session, Household(people), actor=anybody)
    family(session, anybody, "Dene")

    assert names(session, anybody, "count_of(a_contains(trades, ('smith'))) = 1") == ["Asha"]
    assert names(session, anybody, "count_of(trades IS NULL) = 1") == ["Asha", "Dene"]


def test_a_filter_on_many_fields_joins_their_table_once(
    session: Session, anybody: Actor, asked: None
) -> None:
    terms = household_terms(DAY, own_fields(session))

    asked_for = str(matching("roof = 'straw' AND cows > 2", DAY, actor=anybody, terms=terms))

    assert asked_for.count("JOIN group_fields") == 1


def test_a_filter_that_asks_for_no_own_field_joins_none(
    session: Session, anybody: Actor, asked: None
) -> None:
    terms = household_terms(DAY, own_fields(session))

    assert "group_fields" not in str(matching("people > 1", DAY, actor=anybody, terms=terms))


def test_what_is_filled_in_is_told_and_noted_field_by_field(
    session: Session, anybody: Actor, asked: None
) -> None:
    number = family(session, anybody, "Doro", roof="straw").number
    fill_in(session, number, {"roof": "metal", "cows": ""}, actor=anybody)

    home = session.scalars(select(Registrant).where(Registrant.number == number)).one()
    told = answers(session, home.id, Scope.GROUP, actor=anybody)
    noted = select(FieldChange.before, FieldChange.after).where(
        FieldChange.table_name == "group_fields", FieldChange.kind == "update"
    )

    assert [(each.field.label, each.said) for each in told] == [("Roof", "Metal"), ("Cows", "")]
    assert session.execute(noted).all() == [({"c_roof": "straw"}, {"c_roof": "metal"})]


def test_what_is_not_named_stays_as_it_was(session: Session, anybody: Actor, asked: None) -> None:
    number = family(session, anybody, "Doro", roof="straw", cows=4).number
    fill_in(session, number, {"cows": "5"}, actor=anybody)

    assert names(session, anybody, "roof = 'straw' AND cows = 5") == ["Doro"]


@pytest.mark.parametrize(
    "said", [{"roof": "slate"}, {"cows": "51"}, {"cows": "2.5"}, {"cows": "many"}, {"cows": True}]
)
def test_what_does_not_fit_a_field_is_refused(
    session: Session, anybody: Actor, asked: None, said: dict[str, object]
) -> None:
    with pytest.raises(ValueMisfit):
        family(session, anybody, "Doro", **said)


def test_a_required_field_is_asked_for(session: Session, anybody: Actor, lists: None) -> None:
    needed = Wanted(Scope.GROUP, "well", FieldType.FLAG, {"en": "Well"}, required=True)
    add_field(session, needed, actor=anybody)

    with pytest.raises(ValueMissing, match="Well"):
        family(session, anybody, "Doro")
    assert family(session, anybody, "Doro", well="no").number


@pytest.mark.parametrize(
    "code", ["people", "size", "phone", "kind", "area_in", "and", "address", "latitude", "name"]
)
def test_a_field_of_a_code_that_means_something_is_refused(
    session: Session, anybody: Actor, code: str
) -> None:
    with pytest.raises(FieldCodeTaken):
        add_field(session, Wanted(Scope.GROUP, code, FieldType.TEXT, {"en": "X"}), actor=anybody)


@pytest.mark.parametrize(
    "code", ["", "Roof", "1st", "a-b", 'x"; drop table fields; --', "é", "a" * 42]
)
def test_a_code_that_is_none_is_refused(session: Session, anybody: Actor, code: str) -> None:
    with pytest.raises(FieldCodeImpossible):
        add_field(session, Wanted(Scope.GROUP, code, FieldType.TEXT, {"en": "X"}), actor=anybody)


def test_the_owner_s_procedure_takes_no_other_code(session: Session) -> None:
    with pytest.raises(Exception, match="no field"), session.begin_nested():
        session.execute(text("select add_field('group', 'x\"; drop table fields; --', 'text')"))


def test_sql_in_a_label_stays_text(session: Session, anybody: Actor) -> None:
    said = "'; drop table fields; --"
    made = Wanted(Scope.GROUP, "note_of", FieldType.TEXT, {"en": said})
    add_field(session, made, actor=anybody)

    assert known_fields(session, Scope.GROUP)["note_of"].label == said
    assert family(session, anybody, "Doro", note_of=said)
    assert names(session, anybody, "note_of LIKE '%drop%'") == ["Doro"]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted(Scope.GROUP, "x", FieldType.TEXT, {"fr": "X"}), FieldNameless),
        (Wanted(Scope.GROUP, "x", FieldType.TEXT, {"en": "X" * 201}), FieldNameless),
        (Wanted(Scope.GROUP, "x", FieldType.WORD, {"en": "X"}), WordListUnknown),
        (Wanted(Scope.GROUP, "x", FieldType.TEXT, {"en": "X"}, least=Decimal(1)), BoundsImpossible),
        (
            Wanted(
                Scope.GROUP, "x", FieldType.NUMBER, {"en": "X"}, least=Decimal(2), most=Decimal(1)
            ),
            BoundsImpossible,
        ),
        (Wanted(Scope.GROUP, "x", FieldType.TEXT, {"en": "X"}, pattern="("), PatternUnreadable),
        (Wanted(Scope.GROUP, "x", FieldType.FLAG, {"en": "X"}, pattern="a"), PatternUnreadable),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(
    session: Session, anybody: Actor, wanted: Wanted, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        add_field(session, wanted, actor=anybody)


def test_a_field_is_added_once(session: Session, anybody: Actor, asked: None) -> None:
    with pytest.raises(Conflict):
        add_field(session, ROOF, actor=anybody)

    assert session.query(OwnField).count() == 3


def test_a_retired_field_is_asked_no_more_and_keeps_its_values(
    session: Session, anybody: Actor, asked: None
) -> None:
    family(session, anybody, "Doro", roof="straw")
    turn_field(session, Scope.GROUP, "roof", FieldState.RETIRED, actor=anybody)

    assert "roof" not in known_fields(session, Scope.GROUP)
    with pytest.raises(FieldUnknown):
        family(session, anybody, "Kesh", roof="straw")
    turn_field(session, Scope.GROUP, "roof", FieldState.ACTIVE, actor=anybody)
    assert names(session, anybody, "roof = 'straw'") == ["Doro"]


def test_who_may_not_add_fields_is_refused(session: Session, visitor: Actor, lists: None) -> None:
    with pytest.raises(Forbidden):
        add_field(session, ROOF, actor=visitor)


def test_own_fields_follow_the_wall_of_their_household(
    session: Session, anybody: Actor, asked: None
) -> None:
    family(session, anybody, "Doro", roof="straw")
    stand(session, replace(anybody, id=51, national=False))

    assert session.execute(text("select count(*) from group_fields")).scalar_one() == 0


def test_erasing_takes_own_fields_along(session: Session, anybody: Actor, asked: None) -> None:
    home = family(session, anybody, "Doro", roof="straw")
    with audit.act(session, anybody, "registrants.erase", home):
        empty(session, [home.id])

    assert session.execute(text("select count(*) from group_fields")).scalar_one() == 0
