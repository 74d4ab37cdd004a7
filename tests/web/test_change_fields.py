"""Changes of the fields an installation added, and the files of papers that are taken away."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.errors import Refusal
from core.storage import path_of
from geo.models.areas import Area
from programs.services.changes import apply_change
from registry.changes.forms import NothingChanges
from registry.models.changes import ChangeLine, ChangeRequest
from registry.models.fields import FieldState, OwnField, Scope
from registry.models.registrants import Registrant
from registry.parsing.values import ValueMisfit
from registry.queries.field_answers import answers
from registry.services.applying import ChangedMeanwhile
from registry.services.change_documents import Paper, attach, detach
from registry.services.field_values import fill_in
from registry.services.fields import turn_field
from tests.make.changes import HANA, ROSA, make_approved_change, make_draft
from tests.make.fields import FILLED, make_fields
from tests.make.geo import make_country
from tests.make.programs import DARA
from tests.make.registry import make_household, make_location, make_person
from tests.web.conftest import Browser

PDF = b"%PDF-1.4 of the council"


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina alone in X11, of whose house seven things are known."""
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Amina Doro")
    make_person(session, home, relation="head", name="Amina Doro")
    make_fields(session)
    fill_in(session, home.number, FILLED, actor=DARA)
    return home


def said_of(session: Session, home: Registrant) -> dict[str, str]:
    """What own fields say, as they are written for people."""
    found = answers(session, home.id, Scope.GROUP, actor=DARA)
    return {each.field.code: each.said for each in found}


def test_own_fields_are_changed_one_by_one_and_the_others_stay(
    session: Session, home: Registrant
) -> None:
    said = {
        **{f"own.{code}": value for code, value in FILLED.items()},
        "own.roof": "metal",
        "own.assets": "straw",
        "own.rooms": "4",
        "own.well": "no",
        "own.visited": "",
    }
    approved = make_approved_change(session, "edit_group", home.number, answers=said)
    lines = session.scalars(select(ChangeLine).where(ChangeLine.request_id == approved.id)).all()
    assert {(line.field, line.before, line.after) for line in lines} == {
        ("own.roof", "straw", "metal"),
        ("own.assets", "straw,metal", "straw"),
        ("own.rooms", "3", "4"),
        ("own.well", "yes", "no"),
        ("own.visited", "2026-03-14", None),
    }

    apply_change(session, approved.number, actor=HANA)

    session.expire_all()
    now = said_of(session, home)
    assert (now["roof"], now["assets"], now["rooms"], now["well"]) == ("Metal", "Straw", "4", "no")
    assert (now["visited"], now["land"]) == ("", "2.5")


def test_what_stands_there_is_no_change(session: Session, home: Registrant) -> None:
    said = {f"own.{code}": value for code, value in FILLED.items()}
    with pytest.raises(NothingChanges):
        make_draft(session, "edit_group", home.number, answers=said)


@pytest.mark.parametrize("said", [{"own.rooms": "21"}, {"own.roof": "gold"}, {"own.rooms": "two"}])
def test_what_does_not_fit_a_field_is_refused_before_anybody_looks(
    session: Session, home: Registrant, said: dict[str, str]
) -> None:
    with pytest.raises(ValueMisfit):
        make_approved_change(session, "edit_group", home.number, answers=said)


def test_a_field_that_was_changed_meanwhile_is_told_by_its_label(
    session: Session, home: Registrant
) -> None:
    approved = make_approved_change(session, "edit_group", home.number, answers={"own.rooms": "4"})
    fill_in(session, home.number, {"rooms": "5"}, actor=DARA)

    with pytest.raises(ChangedMeanwhile, match='"Home" was "3"'):
        apply_change(session, approved.number, actor=HANA)


def test_a_field_nobody_asks_any_more_is_not_written(session: Session, home: Registrant) -> None:
    approved = make_approved_change(session, "edit_group", home.number, answers={"own.rooms": "4"})
    turn_field(session, Scope.GROUP, "rooms", FieldState.RETIRED, actor=DARA)

    with pytest.raises(Refusal):
        apply_change(session, approved.number, actor=HANA)


def test_the_form_asks_own_fields_and_the_page_tells_their_words(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in(Role.REGISTRAR)
    page = browser.get(f"/changes/new/edit_group?of={home.number}").text
    assert 'name="own.roof"' in page
    assert page.count('name="own.assets"') == 3  # two words of the list, and none of them

    sent = {"of": home.number, "own.roof": "metal", "own.assets": ["", "metal"], "ask": "yes"}
    shown = browser.act("/changes/new/edit_group", **sent).text
    assert "Straw, Metal" in shown
    request = session.scalars(select(ChangeRequest)).one()
    after = select(ChangeLine.after).where(ChangeLine.request_id == request.id)
    assert {*session.scalars(after)} == {"metal"}


def test_what_is_kept_from_somebody_is_kept_from_them_in_a_change_too(
    session: Session, home: Registrant, signed_in: Callable[..., Browser]
) -> None:
    approved = make_approved_change(session, "edit_group", home.number, answers={"own.rooms": "17"})
    assert ">17<" in signed_in(Role.COORDINATOR).get(f"/changes/{approved.number}").text
    kept = update(OwnField).where(OwnField.code == "rooms").values(needs="audit:read")
    session.execute(kept)

    page = signed_in(Role.COORDINATOR).get(f"/changes/{approved.number}").text
    assert ">17<" not in page
    assert "not shown to you" in page
    assert (
        'name="own.rooms"'
        not in signed_in(Role.REGISTRAR).get(f"/changes/new/edit_group?of={home.number}").text
    )


def test_a_paper_that_is_taken_away_leaves_no_file(session: Session, home: Registrant) -> None:
    draft = make_draft(session, "edit_group", home.number, answers={"address": "Mill Lane 4"})
    held = attach(session, draft.number, Paper("other", "a.pdf", io.BytesIO(PDF)), actor=ROSA)
    digest = held.sha256
    again = attach(session, draft.number, Paper("other", "b.pdf", io.BytesIO(PDF)), actor=ROSA)
    one_file = again.sha256 == digest
    detach(session, draft.number, held.id, actor=ROSA)
    assert path_of(again.sha256).exists()  # another paper still has it, or its own
    detach(session, draft.number, again.id, actor=ROSA)

    for each in {digest, again.sha256}:
        with pytest.raises(Refusal):
            path_of(each)
    assert one_file or digest != again.sha256
