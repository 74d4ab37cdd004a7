"""Who may do what to a change, and what becomes of two that change the same."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.db import stand
from core.errors import Forbidden, Refusal
from geo.models.areas import Area
from programs.services.changes import DocumentMissing, apply_change, ask_change
from programs.services.registrants import StillServed, erase
from registry.changes.forms import NothingChanges
from registry.changes.groups import NobodyGoes, OneHead
from registry.models.changes import (
    ChangeAnswer,
    ChangeLine,
    ChangeRequest,
    ChangeRoute,
    ChangeState,
)
from registry.models.registrants import Registrant
from registry.parsing.pictures import NotADocument
from registry.permissions import May
from registry.queries.changes import ChangeUnknown, changes_page, open_changes_of, told_of
from registry.services import changes
from registry.services.applying import ChangedMeanwhile
from registry.services.change_documents import Paper, attach, detach, paper_of
from registry.services.change_routes import route_changes
from registry.services.changes import (
    AskedByYou,
    ForTheCountry,
    LookedAlready,
    NotOpen,
    NotYours,
    PartsElsewhere,
    Written,
    WrongBeginning,
    cancel_change,
    reject_change,
    return_change,
    rewrite_change,
    validate_change,
)
from registry.services.membership_rules import InTwoHouseholds
from tests.make.changes import (
    HANA,
    KOFI,
    LOOK,
    LUIS,
    ROSA,
    make_approved_change,
    make_asked,
    make_draft,
)
from tests.make.geo import make_country
from tests.make.programs import make_actor, make_approved, make_program
from tests.make.registry import make_household, make_location, make_person


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def home(session: Session, areas: dict[str, Area]) -> Registrant:
    """Amina and her son Idris, in X11."""
    return _family(session, areas["X11"], 0.5, "Amina Doro", "Idris Doro")


@pytest.fixture
def other(session: Session, areas: dict[str, Area]) -> Registrant:
    """Halima alone, in X21, in the other province."""
    return _family(session, areas["X21"], 2.5, "Halima Sen")


def _family(session: Session, area: Area, lon: float, head: str, *children: str) -> Registrant:
    place = make_location(session, lon, 1.0, area_id=area.id)
    home = make_household(session, place, name=head)
    make_person(session, home, relation="head", name=head)
    for name in children:
        make_person(session, home, name=name)
    return home


def number_of(session: Session, name: str) -> str:
    person = Registrant.kind == "individual"
    found = select(Registrant.number).where(Registrant.name == name, person)
    return session.scalars(found).one()


def bound(actor: Actor, *areas: Area) -> Actor:
    return replace(actor, national=False, area_ids=frozenset(area.id for area in areas))


def address(
    session: Session, home: Registrant, to: str, make: Callable[..., Any] = make_asked
) -> Any:
    return make(session, "edit_group", home.number, answers={"address": to})


def test_of_two_that_change_the_same_the_second_is_refused_with_both_values(
    session: Session, home: Registrant
) -> None:
    first, second = (
        address(session, home, to, make_approved_change) for to in ("Mill Lane 4", "Quay 2")
    )
    for one, two in ((first, second), (second, first)):
        told = told_of(session, one.number, actor=HANA)
        assert [each.number for each in told.conflicts] == [two.number]
    apply_change(session, first.number, actor=HANA)

    with pytest.raises(ChangedMeanwhile) as refused:
        apply_change(session, second.number, actor=HANA)
    assert '"nothing"' in refused.value.message
    assert '"Mill Lane 4"' in refused.value.message
    session.expire_all()
    assert home.address == "Mill Lane 4"
    assert second.state is ChangeState.APPROVED


def test_two_that_change_different_things_do_not_meet(session: Session, home: Registrant) -> None:
    make_asked(session, "edit_group", home.number, answers={"settlement": "Upper Quay"})
    second = address(session, home, "Mill Lane 4")

    assert told_of(session, second.number, actor=LUIS).conflicts == []
    page = changes_page(session, actor=LUIS)
    assert [row.conflicts for row in page.rows] == [False, False]
    assert len(open_changes_of(session, home.id, actor=LUIS)) == 2


def test_three_different_persons_ask_and_validate(session: Session, home: Registrant) -> None:
    everything = make_actor(ROSA.id, "Rosa Imber")  # the same person with every right
    asked = address(session, home, "Mill Lane 4")
    with pytest.raises(AskedByYou):
        validate_change(session, asked.number, actor=everything)
    both = make_actor(LUIS.id, "Luis Oduya")
    validate_change(session, asked.number, actor=both)
    with pytest.raises(LookedAlready):
        validate_change(session, asked.number, actor=both)
    with pytest.raises(AskedByYou):
        validate_change(session, asked.number, actor=everything)
    validate_change(session, asked.number, actor=HANA)
    with pytest.raises(AskedByYou):
        apply_change(session, asked.number, actor=everything)
    assert apply_change(session, asked.number, actor=KOFI).state is ChangeState.APPLIED


def test_a_change_of_two_places_is_validated_by_who_works_in_both(
    session: Session, home: Registrant, other: Registrant, areas: dict[str, Area]
) -> None:
    answers = {"member": number_of(session, "Idris Doro"), "to": other.number}
    asked = make_asked(session, "transfer_member", home.number, answers=answers)
    near = bound(LUIS, areas["X1"])
    stand(session, near)
    with pytest.raises(PartsElsewhere):
        validate_change(session, asked.number, actor=near)
    told = told_of(session, asked.number, actor=near)
    assert (len(told.lines), told.whole) == (1, False)

    stand(session, bound(LUIS, areas["X1"], areas["X2"]))
    done = validate_change(session, asked.number, actor=bound(LUIS, areas["X1"], areas["X2"]))
    assert done.state is ChangeState.NATIONAL


def test_who_works_elsewhere_knows_of_no_change(
    session: Session, home: Registrant, areas: dict[str, Area]
) -> None:
    number = address(session, home, "Mill Lane 4").number
    far = bound(LUIS, areas["X2"])
    stand(session, far)
    with pytest.raises(ChangeUnknown):
        validate_change(session, number, actor=far)
    assert changes_page(session, actor=far).rows == []


def test_the_country_is_for_who_sees_all_of_it(
    session: Session, home: Registrant, areas: dict[str, Area]
) -> None:
    asked = address(session, home, "Mill Lane 4")
    validate_change(session, asked.number, actor=LUIS)
    with pytest.raises(ForTheCountry):
        validate_change(session, asked.number, actor=bound(HANA, areas["X"]))


def test_what_is_sent_back_keeps_its_lines_until_it_is_written_anew(
    session: Session, home: Registrant
) -> None:
    asked = address(session, home, "Mill Lane 4")
    return_change(session, asked.number, "Which number?", actor=LUIS)
    told = told_of(session, asked.number, actor=ROSA)
    assert [line.after for line in told.lines] == ["Mill Lane 4"]
    assert told.answers == {"address": "Mill Lane 4"}
    assert told.request.decided_because == "Which number?"
    with pytest.raises(NotYours):
        rewrite_change(session, asked.number, Written({"address": "x"}), actor=make_actor(99, "X"))

    rewrite_change(session, asked.number, Written({"address": "Mill Lane 44"}), actor=ROSA)
    ask_change(session, asked.number, actor=ROSA)
    told = told_of(session, asked.number, actor=ROSA)
    assert [line.after for line in told.lines] == ["Mill Lane 44"]
    assert (told.request.state, told.request.decided_because) == (ChangeState.LOCAL, None)


def test_a_draft_is_its_makers_alone(session: Session, home: Registrant) -> None:
    draft = address(session, home, "Mill Lane 4", make_draft)
    with pytest.raises(ChangeUnknown):
        told_of(session, draft.number, actor=HANA)
    with pytest.raises(ChangeUnknown):
        cancel_change(session, draft.number, actor=make_actor(99, "X"))
    assert cancel_change(session, draft.number, actor=ROSA).state is ChangeState.CANCELLED


def test_what_is_over_stays_so(session: Session, home: Registrant) -> None:
    asked = address(session, home, "Mill Lane 4")
    reject_change(session, asked.number, "They did not ask for it", actor=LUIS)
    for act in (validate_change, apply_change):
        with pytest.raises(NotOpen):
            act(session, asked.number, actor=HANA)
    with pytest.raises(NotOpen):
        ask_change(session, asked.number, actor=ROSA)


def test_what_could_never_be_applied_is_not_asked_for(
    session: Session, home: Registrant, other: Registrant
) -> None:
    entries = select(func.count()).select_from(AuditEntry)
    answers = {"number": number_of(session, "Halima Sen"), "relation": "sibling"}
    draft = make_draft(session, "add_member", home.number, answers=answers)
    before = session.scalars(entries).one()
    with pytest.raises(InTwoHouseholds):
        ask_change(session, draft.number, actor=ROSA)

    assert draft.state is ChangeState.DRAFT
    assert session.scalars(entries).one() == before  # trying leaves nothing behind


def test_what_was_only_tried_leaves_no_trace(
    session: Session, home: Registrant, areas: dict[str, Area]
) -> None:
    answers = {"latitude": "0.5", "longitude": "2.5"}
    make_asked(session, "move_house", home.number, answers=answers)

    assert home.area_id == areas["X11"].id
    assert address(session, home, "Mill Lane 4").area_id == areas["X11"].id


def test_nobody_leaves_the_registry_while_something_is_given_to_them(
    session: Session, home: Registrant
) -> None:
    make_approved(session, make_program(session), home)
    draft = make_draft(session, "exit_registrant", home.number, answers={})
    with pytest.raises(StillServed):
        ask_change(session, draft.number, actor=ROSA)


def test_the_way_a_kind_goes_is_a_setting(session: Session, home: Registrant) -> None:
    route = session.scalars(select(ChangeRoute).where(ChangeRoute.kind == "edit_group")).one()
    route.needs_local = False
    asked = address(session, home, "Mill Lane 4")
    assert asked.state is ChangeState.NATIONAL


FORMS: list[tuple[str, dict[str, str], type[Refusal]]] = [
    ("edit_group", {"settlement": ""}, NothingChanges),
    ("edit_individual", {"name": "x"}, WrongBeginning),
    ("split_household", {}, NobodyGoes),
    ("split_household", {"goes-IDRIS": "child"}, OneHead),
    ("split_household", {"goes-IDRIS": "head", "goes-AMINA": "spouse"}, NobodyGoes),
]


@pytest.mark.parametrize(("kind", "answers", "refusal"), FORMS)
def test_a_form_that_says_nothing_possible_is_refused(
    session: Session,
    home: Registrant,
    kind: str,
    answers: dict[str, str],
    refusal: type[Refusal],
) -> None:
    numbers = {"IDRIS": "Idris Doro", "AMINA": "Amina Doro"}
    said = dict(answers)
    for short, name in numbers.items():
        if f"goes-{short}" in said:
            said[f"goes-{number_of(session, name)}"] = said.pop(f"goes-{short}")
    with pytest.raises(refusal):
        make_draft(session, kind, home.number, answers=said)
    assert session.scalars(select(ChangeRequest)).all() == []


def test_every_step_asks_for_its_right(session: Session, home: Registrant) -> None:
    looks = make_actor(60, "Vera", *LOOK)
    asked = address(session, home, "Mill Lane 4")
    for act in (validate_change, apply_change):
        with pytest.raises(Forbidden):
            act(session, asked.number, actor=looks)
    for turn in (return_change, reject_change):
        with pytest.raises(Forbidden):
            turn(session, asked.number, "why", actor=looks)
    with pytest.raises(Forbidden):
        changes.draft_change(session, "edit_group", home.number, Written({}), actor=looks)
    with pytest.raises(Forbidden):
        validate_change(
            session, asked.number, actor=make_actor(61, "Una", *LOOK, May.VALIDATE_NATIONALLY)
        )


def test_who_is_forgotten_is_forgotten_in_what_was_asked_of_them_too(
    session: Session, home: Registrant, other: Registrant
) -> None:
    sefu = make_person(session, home, name="Sefu Doro")
    done = make_approved_change(session, "edit_individual", sefu.number, answers={"name": "Sefu X"})
    apply_change(session, done.number, actor=HANA)
    answers = {"member": sefu.number, "to": other.number}
    asked = make_asked(session, "transfer_member", home.number, answers=answers)
    kept = address(session, other, "Quay 2")
    erase(session, sefu.number, "asked to be forgotten", actor=make_actor(70, "Ada"))
    session.expire_all()

    lines = select(ChangeLine).where(ChangeLine.request_id.in_([done.id, asked.id]))
    assert {(line.before, line.after) for line in session.scalars(lines)} == {(None, None)}
    assert (done.state, done.why) == (ChangeState.APPLIED, None)
    assert (asked.state, asked.why) == (ChangeState.CANCELLED, None)
    answered = select(ChangeAnswer.request_id)
    assert {*session.scalars(answered)} == {kept.id}


def test_a_kind_that_rests_on_a_document_is_not_asked_for_without_it(
    session: Session, home: Registrant, storage: object
) -> None:
    route_changes(
        session,
        "edit_group",
        needs_local=True,
        needs_national=False,
        documents=["letter"],
        actor=make_actor(71, "Ada"),
    )
    draft = address(session, home, "Mill Lane 4", make_draft)
    with pytest.raises(DocumentMissing):
        ask_change(session, draft.number, actor=ROSA)
    paper = Paper("letter", "Letter.pdf", io.BytesIO(b"%PDF-1.7 a letter"))
    with pytest.raises(NotADocument):
        attach(session, draft.number, replace(paper, file=io.BytesIO(b"MZ...")), actor=ROSA)
    held = attach(session, draft.number, paper, actor=ROSA)
    ask_change(session, draft.number, actor=ROSA)

    assert paper_of(session, draft.number, held.id, actor=LUIS).media == "application/pdf"
    with pytest.raises(NotOpen):
        detach(session, draft.number, held.id, actor=ROSA)
    assert validate_change(session, draft.number, actor=LUIS).state is ChangeState.APPROVED
