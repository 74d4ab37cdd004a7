"""Forms made elsewhere are read by what somebody said of them; our own ask own fields too."""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Refusal
from geo.models.locations import Location
from registry.models.device_forms import DeviceForm, DeviceQuestion, DeviceWord
from registry.models.fields import FieldType, Scope
from registry.models.registrants import Group, Individual, Membership, Registrant
from registry.models.submissions import Submission, SubmissionState
from registry.models.visits import Visit
from registry.parsing.form_readings import Fills
from registry.parsing.xform_questions import (
    FormTooLarge,
    FormUnreadable,
    FormWithoutQuestions,
    form_read,
)
from registry.queries.device_forms import forms_served, reading_of
from registry.queries.field_answers import answers
from registry.queries.visits import visits_of
from registry.services.device_forms import (
    FieldOffered,
    FilledTwice,
    FormOfOurs,
    NameNotAsked,
    NotFetched,
    NumberNotAsked,
    Said,
    bring,
    bring_submission,
    map_form,
    remove,
)
from registry.services.submissions import receive, take_all_again
from tests.make.device_forms import make_device_form, workbook
from tests.make.fields import make_field, make_fields
from tests.make.programs import DARA
from tests.make.registry import make_household, make_person

THIS_YEAR = datetime.now(UTC).year
FILLED = """<?xml version='1.0' ?>
<data id="kobo_menages" version="7" xmlns:orx="http://openrosa.org/xforms">
  <formhub><uuid>abc</uuid></formhub><start>2026-11-20T08:00:00.000+03:00</start>
  <village>Lower Quay</village><gps>1.0 0.5 20 6.5</gps>
  <chef><nom>Amina Doro</nom><sexe>2</sexe><age>36</age></chef>
  <membre><prenom>Idris Doro</prenom><genre>1</genre></membre>
  <membre><prenom>Sefu Doro</prenom><genre>1</genre></membre>
  <photo/><__version__>7</__version__>
  <meta><instanceID>uuid:{number}</instanceID></meta>
</data>"""
VISIT = """<data id="visit"><number>{number}</number><whom>household</whom><kind>survey</kind>
  <on>2026-11-01</on><until>2099-01-01</until><note>A leak</note>
  <home><stated_size>5</stated_size><settlement>Upper Quay</settlement><own_rooms>3</own_rooms>
    <own_assets>straw metal</own_assets><own_well>yes</own_well></home>
  <meta><instanceID>uuid:v1</instanceID></meta></data>"""


def send(session: Session, xml: str) -> Submission:
    return receive(session, xml.encode(), {}, actor=DARA)


def fields_of(session: Session, form: DeviceForm) -> dict[str, str | None]:
    asked = select(DeviceQuestion.path, DeviceQuestion.field).order_by(DeviceQuestion.id)
    return dict(session.execute(asked.where(DeviceQuestion.form_id == form.id)).all())


def said_of(session: Session, form: DeviceForm, **given: Any) -> Said:
    """What was guessed, with `chef/sexe` and `membre/genre` in our words."""
    asked = session.scalars(select(DeviceQuestion).where(DeviceQuestion.form_id == form.id)).all()
    sexes = {"1": "male", "2": "female"}
    words = {
        (q.id, s): c for q in asked if q.path.endswith(("sexe", "genre")) for s, c in sexes.items()
    }
    fields = {q.id: q.field for q in asked if q.field}
    return Said(
        **{"fills": form.fills, "people_at": "membre", "fields": fields, "words": words, **given}
    )


def test_a_workbook_is_read_and_what_its_questions_fill_is_guessed(session: Session) -> None:
    form = make_device_form(session)

    assert (form.code, form.title, form.version) == ("kobo_menages", "Enquête", "7")
    assert (form.people_at, form.is_mapped, form.is_served) == ("membre", False, False)
    assert fields_of(session, form) == {
        "village": "group.settlement",
        "gps": "group.place",
        "chef/nom": "person.name",
        "chef/sexe": "person.sex",
        "chef/age": "person.age",
        "membre/prenom": "person.given_name",
        "membre/genre": "person.sex",
        "photo": "picture",
    }
    columns = (DeviceWord.said, DeviceWord.label, DeviceWord.code)
    words = session.execute(select(*columns).distinct().order_by(DeviceWord.said)).all()
    assert words == [("1", "Homme", "male"), ("2", "Femme", "female")]


def test_a_form_that_was_mapped_registers_households_and_one_that_waits_does_not(
    session: Session,
) -> None:
    waits = send(session, FILLED.format(number="1"))
    assert waits.state is SubmissionState.REFUSED
    assert "kobo_menages" in str(waits.refusal)

    form = make_device_form(session)
    map_form(session, form.id, said_of(session, form), actor=DARA)
    assert take_all_again(session, actor=DARA) == (1, 1)
    session.refresh(waits)
    home = session.get_one(Registrant, waits.registrant_id)
    place = session.get_one(Location, home.location_id)
    assert (place.lat, place.lon, place.accuracy_m) == (1.0, 0.5, 6.5)
    assert home.settlement == "Lower Quay"
    people = (
        select(Registrant.name, Membership.kind, Individual.sex, Individual.birth_date)
        .join(Membership, Membership.member_id == Registrant.id)
        .join(Individual, Individual.registrant_id == Registrant.id)
        .where(Membership.group_id == home.id)
        .order_by(Registrant.id)
    )
    assert session.execute(people).all() == [
        ("Amina Doro", "head", "female", date(THIS_YEAR - 36, 7, 1)),
        ("Idris Doro", "member", "male", None),
        ("Sefu Doro", "member", "male", None),
    ]
    assert send(session, FILLED.format(number="1")).id == waits.id  # sent again: once


def test_a_form_brought_again_keeps_what_was_said_of_it(session: Session) -> None:
    form = make_device_form(session)
    said = said_of(session, form, is_served=True)
    named = {key: value for key, value in said.fields.items() if value != "group.settlement"}
    map_form(session, form.id, said_of(session, form, fields=named, is_served=True), actor=DARA)

    again = make_device_form(session, "Enquête 2")
    assert (again.id, again.title, again.is_mapped, again.is_served) == (
        form.id,
        "Enquête 2",
        True,
        True,
    )
    assert fields_of(session, again)["village"] is None
    reading = reading_of(session, "kobo_menages")
    assert reading
    assert reading.words["chef/sexe"] == {"1": "male", "2": "female"}
    served = {each.code: each for each in forms_served(session, actor=DARA)}
    assert [*served] == ["registration", "visit", "kobo_menages"]
    assert b"Chef" in served["kobo_menages"].xml


def test_a_form_that_was_sent_is_enough_to_say_how_it_is_read(session: Session) -> None:
    waits = send(session, FILLED.format(number="1"))
    form = bring_submission(session, waits.id, Fills.REGISTRATION, actor=DARA)

    assert (form.code, form.xform, form.repeats) == ("kobo_menages", None, "membre")
    assert fields_of(session, form)["chef/nom"] == "person.name"
    with pytest.raises(NotFetched):
        map_form(session, form.id, said_of(session, form, is_served=True), actor=DARA)


def test_a_form_taken_away_is_not_read_any_more(session: Session) -> None:
    form = make_device_form(session)
    map_form(session, form.id, said_of(session, form), actor=DARA)
    assert remove(session, form.id, actor=DARA) == "kobo_menages"

    assert send(session, FILLED.format(number="1")).state is SubmissionState.REFUSED
    assert session.scalars(select(DeviceWord)).all() == []


def test_a_mapping_that_cannot_be_is_refused(session: Session) -> None:
    form = make_device_form(session)
    asked = {q.path: q.id for q in session.scalars(select(DeviceQuestion))}
    wrong: list[tuple[Fills, dict[str, str], type[Refusal]]] = [
        (Fills.REGISTRATION, {"village": "group.settlement"}, NameNotAsked),
        (Fills.VISIT, {"village": "visit.note"}, NumberNotAsked),
        (Fills.REGISTRATION, {"village": "group.password"}, FieldOffered),
        (Fills.REGISTRATION, {"village": "group.address", "gps": "group.address"}, FilledTwice),
    ]
    for fills, fields, fault in wrong:
        said = Said(fills, fields={asked[path]: name for path, name in fields.items()})
        with pytest.raises(fault):
            map_form(session, form.id, said, actor=DARA)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (b"PK\x03\x04 no workbook", FormUnreadable),
        (b"nothing", FormUnreadable),
        (b"<html/>", FormUnreadable),
        (b"x" * ((5 << 20) + 1), FormTooLarge),
        (workbook("T", "t", [{"type": "dance", "name": "a", "label": "A"}]), FormUnreadable),
        (workbook("T", "t", [{"type": "start", "name": "start"}]), FormWithoutQuestions),
    ],
)
def test_a_file_that_is_no_form_is_refused(file: bytes, fault: type[Refusal]) -> None:
    with pytest.raises(fault):
        form_read(file)


def test_the_code_of_one_of_ours_is_refused(session: Session) -> None:
    with pytest.raises(FormOfOurs):
        bring(session, io.BytesIO(workbook("T", "visit")), Fills.VISIT, actor=DARA)


def test_our_forms_ask_own_fields_in_their_kinds_and_bounds(session: Session) -> None:
    make_fields(session)
    make_field(session, "dwelling", FieldType.WORD, "Dwelling", words="roof")
    registration, visit = (form_read(each.xml) for each in forms_served(session, actor=DARA)[:2])

    asked = {each.path: each for each in registration.questions}
    assert asked["own_roof"].choices == {"straw": "Straw", "metal": "Metal"}
    assert {path: each.kind for path, each in asked.items() if path.startswith("own_")} == {
        "own_roof": "word",
        "own_assets": "words",
        "own_remark": "text",
        "own_rooms": "text",
        "own_land": "text",
        "own_well": "word",
        "own_visited": "text",
        "own_dwelling": "word",
    }
    assert {"home/own_roof", "person/wg_seeing", "number", "kind"} <= {
        q.path for q in visit.questions
    }
    xml = forms_served(session, actor=DARA)[0].xml.decode()
    (bind,) = re.findall(r'<bind nodeset="/data/own_rooms"[^>]*>', xml)
    assert 'type="int"' in bind
    assert ". &lt;= 20" in bind


def test_a_visit_sent_from_a_device_is_written_down_with_own_fields(
    session: Session, anybody: Actor
) -> None:
    make_fields(session)
    home = make_household(session)
    sent = send(session, VISIT.format(number=home.number))

    assert (sent.state, sent.refusal, sent.registrant_id) == (SubmissionState.TAKEN, None, home.id)
    (shown,) = visits_of(session, home.id)
    assert (shown.visit.kind, shown.visit.on_day, shown.visit.note) == (
        "survey",
        date(2026, 11, 1),
        "A leak",
    )
    assert (shown.visit.instance_id, shown.visit.visited_by) == ("uuid:v1", DARA.id)
    assert shown.answers == {
        "stated_size": 5,
        "settlement": "Upper Quay",
        "rooms": 3,
        "assets": "straw,metal",
        "well": True,
    }
    group = session.get_one(Group, home.id)
    session.refresh(group)
    assert group.stated_size == 5
    known = answers(session, home.id, Scope.GROUP, actor=anybody)
    assert {a.field.code: a.value for a in known}["rooms"] == Decimal(3)
    assert send(session, VISIT.format(number=home.number)).id == sent.id
    assert len(session.scalars(select(Visit)).all()) == 1


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("<number>{number}</number>", "", "whom was visited"),
        ("<stated_size>5", "<stated_size>five", "is no answer"),
        ("<own_rooms>3", "<own_rooms>21", "does not fit the field"),
        ("<kind>survey", "<kind>party", "is not in the word list"),
        ("<on>2026-11-01", "<on>soon", "is no answer"),
        ("{number}", "HG-AAAAAAAA", "No household or person"),
    ],
)
def test_a_visit_that_cannot_be_is_kept_with_the_sentence(
    session: Session, was: str, becomes: str, said: str
) -> None:
    make_fields(session)
    home = make_household(session)
    sent = send(session, VISIT.replace(was, becomes).format(number=home.number))

    assert sent.state is SubmissionState.REFUSED
    assert said in str(sent.refusal)
    assert session.scalars(select(Visit)).all() == []


def test_a_visit_to_a_person_asks_the_washington_group(session: Session) -> None:
    person = make_person(session, make_household(session))
    xml = f"""<data id="visit"><number>{person.number}</number><whom>person</whom>
      <kind>assessment</kind><person><wg_walking>4</wg_walking></person>
      <meta><instanceID>uuid:p</instanceID></meta></data>"""
    assert send(session, xml).state is SubmissionState.TAKEN

    said = session.get_one(Individual, person.id)
    session.refresh(said)
    assert (said.wg_walking, said.disabled) == (4, True)
