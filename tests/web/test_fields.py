"""The pages of own fields: made by administrators, filled in by registrars, told on records."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from registry.models.fields import OwnField, Scope
from registry.queries.fields import known_fields
from tests.make.fields import make_fields, make_words
from tests.make.geo import make_country
from tests.make.registry import make_household, make_location
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
ROOF = {
    "scope": "group",
    "code": "roof",
    "type": "word",
    "word_list": "roof",
    "label-en": "Roof",
    "section-en": "The house",
}


@pytest.fixture
def home(session: Session) -> str:
    areas = make_country(session)
    place = make_location(session, 0.5, 0.5, area_id=areas["X11"].id)
    return make_household(session, place, name="Doro").number


def test_a_field_added_on_its_page_is_asked_filled_in_and_told(
    session: Session, signed_in: SignedIn, home: str
) -> None:
    make_words(session, "roof", "straw", "metal")
    page = signed_in(Role.ADMINISTRATOR).act("/admin/fields", **ROOF).text
    assert "it is asked from now on" in page

    registrar = signed_in(Role.REGISTRAR)
    assert 'name="own.roof"' in registrar.get("/registry/new/").text
    told = registrar.act(f"/registry/{home}/fields", **{"own.roof": "metal"}).text

    assert "The house" in told
    assert "<bdi>Metal</bdi>" in told


def test_a_household_is_registered_with_own_fields(session: Session, signed_in: SignedIn) -> None:
    make_country(session)
    make_fields(session)
    registrar = signed_in(Role.REGISTRAR)
    form = {
        "name-1": "Asha Doro",
        "relation-1": "head",
        "own.roof": "straw",
        "own.assets": ["", "straw", "metal"],
        "own.well": "no",
        "own.land": "2,5",
        "pcode": "X11",
    }

    told = registrar.act("/registry/new/", **form).text

    for said in ("<bdi>Straw, Metal</bdi>", "<bdi>2.5</bdi>", "<bdi>no</bdi>"):
        assert said in told, said


def test_what_does_not_fit_is_said_and_kept_on_the_page(
    session: Session, signed_in: SignedIn, home: str
) -> None:
    make_fields(session)

    answer = signed_in(Role.REGISTRAR).act(
        f"/registry/{home}/fields", follow=False, **{"own.rooms": "99", "own.roof": "metal"}
    )

    assert answer.status_code == 422
    assert "a number of at most 20" in answer.text
    assert 'value="99"' in answer.text
    assert '<option value="metal" selected>' in answer.text


def made_labels(session: Session) -> dict[str, str]:
    return session.scalars(select(OwnField.labels).where(OwnField.code == "rooms")).one()


def test_a_field_is_called_otherwise_in_another_language(
    session: Session, signed_in: SignedIn
) -> None:
    make_fields(session)
    said = {"label-en": "Rooms", "label-fr": "Pièces", "section-en": "House", "most": "12"}

    signed_in(Role.ADMINISTRATOR).act("/admin/fields/group/rooms", **said)

    known = known_fields(session, Scope.GROUP)["rooms"]
    assert made_labels(session) == {"en": "Rooms", "fr": "Pièces"}
    assert (known.label, known.section, known.most) == ("Rooms", "House", Decimal(12))


def test_a_field_that_cannot_be_added_is_said_with_what_was_written(
    session: Session, signed_in: SignedIn
) -> None:
    make_words(session, "roof", "straw")
    wrong = {**ROOF, "code": "people"}

    answer = signed_in(Role.ADMINISTRATOR).act("/admin/fields", follow=False, **wrong)

    assert answer.status_code == 409
    assert "means something already" in answer.text
    assert 'value="people"' in answer.text


def test_a_retired_field_is_not_asked(session: Session, signed_in: SignedIn, home: str) -> None:
    make_fields(session)
    signed_in(Role.ADMINISTRATOR).act("/admin/fields/group/roof/turn", state="retired")

    assert 'name="own.roof"' not in signed_in(Role.REGISTRAR).get("/registry/new/").text


def test_rules_are_written_on_the_page_and_held_against_what_is_filled_in(
    session: Session, signed_in: SignedIn, home: str
) -> None:
    make_fields(session)
    rule = {
        "label-en": "Land",
        "section-en": "House",
        "holds": "land < rooms",
        "needed_if": "well",
        "refusal-en": "Too much land.",
    }
    signed_in(Role.ADMINISTRATOR).act("/admin/fields/group/land", **rule)
    registrar, page = signed_in(Role.REGISTRAR), f"/registry/{home}/fields"

    wrong = registrar.act(page, follow=False, **{"own.land": "3", "own.rooms": "2"})
    assert (wrong.status_code, "Land: Too much land." in wrong.text) == (422, True)
    empty = registrar.act(page, follow=False, **{"own.well": "yes"})
    assert "has to be filled in" in empty.text
    right = registrar.act(page, **{"own.land": "1", "own.rooms": "2", "own.well": "yes"})
    assert right.status_code == 200


def test_what_uses_a_field_is_said_on_its_page_and_keeps_it_in_use(
    session: Session, signed_in: SignedIn
) -> None:
    make_fields(session)
    office = signed_in(Role.ADMINISTRATOR)
    crowded = {"scope": "group", "code": "crowded", "type": "flag", "label-en": "Crowded"}
    office.act("/admin/fields", **crowded, computed="people / rooms > 2", **{"section-en": "A"})

    page = office.get("/admin/fields/group/rooms").text
    assert "the field Crowded" in page
    assert "Retire it" not in page
    answer = office.act("/admin/fields/group/rooms/turn", follow=False, state="retired")
    assert answer.status_code == 409


def test_fields_and_sections_are_put_in_order(session: Session, signed_in: SignedIn) -> None:
    made = make_fields(session)
    section = made[0].section_id
    order = {f"field-{each.id}": str(9 - at) for at, each in enumerate(made)}
    names = {f"name-{section}-en": "The house", f"name-{section}-fr": "La maison"}

    page = signed_in(Role.ADMINISTRATOR).act(
        "/admin/fields/sections", **order, **names, **{f"section-{section}": "1"}
    )

    assert "The order is kept" in page.text
    session.expire_all()
    assert [*known_fields(session, Scope.GROUP)] == [each.code for each in reversed(made)]
    wrong = {**order, f"field-{made[0].id}": "first"}
    answer = signed_in(Role.ADMINISTRATOR).act("/admin/fields/sections", follow=False, **wrong)
    assert answer.status_code == 422
