"""Lists of households: kept, frozen with their answers and hash, and exported."""

import csv
import hashlib
import io
from dataclasses import replace

import pytest
import rfc8785
from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Conflict, Forbidden, NotFound
from geo.models.areas import Area
from geo.models.releases import Release, ReleaseState
from geo.models.selections import Evidence, Selection
from geo.permissions import May as Geo
from geo.queries.selections import Question, question_of
from registry.counting.answers import Answers, Apart
from registry.counting.people import People
from registry.models.registrants import Registrant, RegistrantState
from registry.models.rosters import Answer, Roster, RosterMember, RosterState
from registry.permissions import May
from registry.queries import roster_definitions
from registry.queries.roster_definitions import hash_of
from registry.queries.rosters import (
    Seen,
    figures_seen,
    lists_seen,
    members_page,
    people_kept,
    rosters_page,
    takes_probable,
)
from registry.services.rosters import RosterEmpty, RosterFrozen, draft, export, freeze, keep_list
from tests.make.exposure import make_area_graded, make_exposure
from tests.make.geo import make_country, make_release
from tests.make.registry import make_household, make_location, make_person


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


@pytest.fixture
def release(session: Session, areas: dict[str, Area]) -> Release:
    return make_release(session, original_sha256="ab" * 32)


@pytest.fixture
def households(session: Session, areas: dict[str, Area], release: Release) -> dict[str, Registrant]:
    """One of two people in the water, one out, one unseen, one in a district a quarter wet."""
    west, east = areas["X11"].id, areas["X21"].id
    wet, dry = (make_location(session, x, 1.0, area_id=west) for x in (0.2, 0.4))
    unseen = make_location(session, 2.5, 1.0, area_id=east)
    make_exposure(session, release, {wet: 0.7, unseen: None})
    made = {
        "in": make_household(session, wet, name="Doro, Amina"),
        "out": make_household(session, dry),
        "not_observed": make_household(session, unseen),
        "probable": make_household(session, area_id=west),
    }
    make_area_graded(session, release, areas["X11"], [0.0] * 12 + [0.6] * 4)
    make_person(session, made["in"])
    make_person(session, made["in"], sex="male")
    return made


def _kept(session: Session, release: Release, actor: Actor, condition: str = "") -> Roster:
    question = Question(release_id=release.id, threshold=0.5)
    return draft(session, question, "In the water", actor=actor, condition=condition)


def test_a_frozen_list_holds_every_household_asked_with_its_answer(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    frozen = freeze(session, roster.id, actor=anybody)
    rows = session.execute(
        select(RosterMember.registrant_id, RosterMember.status, RosterMember.value)
    )
    assert {row.registrant_id: (row.status, row.value) for row in rows} == {
        households["in"].id: (Answer.IN, pytest.approx(0.7)),
        households["out"].id: (Answer.OUT, None),
        households["not_observed"].id: (Answer.NOT_OBSERVED, None),
        households["probable"].id: (Answer.PROBABLE, None),
    }
    assert (frozen.answers.in_, frozen.answers.asked, frozen.people_in) == (1, 4, 2)
    assert (frozen.answers.probable, frozen.answers.expected) == (1, 0.25)
    assert people_kept(roster) == People(people=2, f18_59=1, m18_59=1)
    actions = select(AuditEntry.action).order_by(AuditEntry.id)
    assert list(session.scalars(actions)) == ["selections.keep", "rosters.draft", "rosters.freeze"]


def test_a_condition_narrows_the_list_to_the_households_that_meet_it(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody, condition="people >= 2")
    assert freeze(session, roster.id, actor=anybody).answers.asked == 1


def test_the_hash_is_of_the_lines_in_order_of_number_and_of_the_definition(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    frozen = freeze(session, roster.id, actor=anybody)
    said = {"in": "|in|circle|0.7", "out": "|out|circle|"}
    said |= {"not_observed": "|not_observed|circle|", "probable": "|probable|area|"}
    lines = sorted(households[answer].number + rest + "\n" for answer, rest in said.items())
    block = hashlib.sha256("".join(lines).encode()).digest()
    assert roster.definition is not None
    told = rfc8785.dumps(roster.definition)
    assert frozen.hash == hashlib.sha256(block + told).hexdigest()


def test_a_list_frozen_before_answers_were_graded_keeps_its_hash(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    status = case((RosterMember.status == Answer.PROBABLE, "unlocated"), else_=RosterMember.status)
    grade = case((RosterMember.status != Answer.PROBABLE, "point"))
    session.execute(update(RosterMember).values(status=status, grade=grade, share=None))
    said = {"in": "|in|point|0.7", "out": "|out|point|", "not_observed": "|not_observed|point|"}
    said["probable"] = "|unlocated||"
    lines = sorted(households[answer].number + rest + "\n" for answer, rest in said.items())
    block = hashlib.sha256("".join(lines).encode()).digest()

    whole = block + rfc8785.dumps(roster.definition or {})
    assert hash_of(session, roster) == hashlib.sha256(whole).hexdigest()


def test_the_least_evidence_is_kept_with_the_question_and_changes_no_answer(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    question = Question(release_id=release.id, threshold=0.5)
    wide = replace(question, evidence=Evidence.PROBABLE)

    sure = keep_list(session, question, "Sure", actor=anybody)
    probable = keep_list(session, wide, "Probable, too", actor=anybody)

    assert sure.answers == probable.answers
    assert not takes_probable(session, sure.roster_id, actor=anybody)
    assert takes_probable(session, probable.roster_id, actor=anybody)
    kept = session.get_one(Roster, probable.roster_id)
    assert (kept.definition or {})["evidence"] == "probable"
    selection = session.get_one(Selection, kept.selection_id)
    assert question_of(session, selection) == wide


def test_of_whom_nothing_is_known_has_no_grade(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    nowhere = make_household(session)
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    row = session.get_one(RosterMember, (roster.id, nowhere.id))
    assert (row.status, row.grade, row.share) == (Answer.UNLOCATED, None, None)


def test_lines_are_hashed_in_blocks(
    session: Session,
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    rows = session.execute(
        select(Registrant.number, RosterMember.status, RosterMember.grade)
        .join(Registrant, Registrant.id == RosterMember.registrant_id)
        .order_by(Registrant.number)
    ).all()
    lines = [
        f"{n}|{status}|{grade or ''}|{'0.7' if status is Answer.IN else ''}\n"
        for n, status, grade in rows
    ]
    blocks = [hashlib.sha256("".join(lines[i : i + 3]).encode()).digest() for i in (0, 3)]
    monkeypatch.setattr(roster_definitions, "BLOCK", 3)
    assert roster.definition is not None
    whole = b"".join(blocks) + rfc8785.dumps(roster.definition)
    assert hash_of(session, roster) == hashlib.sha256(whole).hexdigest()


def test_the_definition_says_what_was_asked_of_which_release_and_areas(
    session: Session,
    areas: dict[str, Area],
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    assert roster.definition is not None
    told = {**roster.definition, "frozen_at": "now"}
    assert told == {
        "shape": None,
        "areas": [],
        "without_shape": None,
        "without_areas": [],
        "combine": "union",
        "release_sha256": "ab" * 32,
        "direction": "at_least",
        "threshold": 0.5,
        "evidence": "confirmed",
        "condition": None,
        "ages_on": "2026-11-19",
        "area_versions": ["v1"],
        "reach": None,
        "frozen_at": "now",
    }


def test_who_is_bound_to_an_area_freezes_what_lies_in_it_and_the_list_says_so(
    session: Session,
    areas: dict[str, Area],
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X2"].id}))
    roster = _kept(session, release, bound)
    assert freeze(session, roster.id, actor=bound).answers.asked == 1
    assert roster.definition is not None
    assert roster.definition["reach"] == ["X2"]


def test_erasing_a_person_changes_neither_the_list_nor_its_hash(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    before = freeze(session, roster.id, actor=anybody).hash
    erased = households["in"]
    erased.name, erased.state, erased.location_id = "", RegistrantState.ERASED, None
    session.flush()
    assert hash_of(session, roster) == before


def test_a_frozen_list_is_not_frozen_again(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    with pytest.raises(RosterFrozen):
        freeze(session, roster.id, actor=anybody)


def test_a_list_of_a_withdrawn_release_is_not_frozen(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    release.state = ReleaseState.WITHDRAWN
    with pytest.raises(Conflict, match="withdrawn"):
        freeze(session, roster.id, actor=anybody)
    assert roster.state is RosterState.DRAFT


def test_a_list_of_nobody_is_refused(session: Session, release: Release, anybody: Actor) -> None:
    roster = _kept(session, release, anybody)
    with pytest.raises(RosterEmpty):
        freeze(session, roster.id, actor=anybody)


def test_only_who_may_freezes(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        freeze(session, 1, actor=visitor)
    with pytest.raises(NotFound):
        freeze(session, 1, actor=replace(visitor, permissions=frozenset({May.FREEZE_ROSTERS})))


def test_a_thousand_households_cost_no_more_statements_than_one(
    session: Session,
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
    statements: list[str],
) -> None:
    def cost() -> int:
        roster = _kept(session, release, anybody)
        statements.clear()
        freeze(session, roster.id, actor=anybody)
        return len(statements)

    few = cost()
    for _ in range(20):
        make_household(session, make_location(session, 0.3, 1.0))
    assert cost() == few


def test_the_list_is_read_page_by_page_within_reach(
    session: Session,
    areas: dict[str, Area],
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    numbers = sorted(h.number for h in households.values())
    first = members_page(session, roster, actor=anybody)
    assert [row.number for row in first.rows] == numbers
    rest = members_page(session, roster, actor=anybody, after=numbers[1])
    assert [row.number for row in rest.rows] == numbers[2:]
    wet = members_page(session, roster, actor=anybody, status=Answer.IN)
    assert [row.name for row in wet.rows] == ["Doro, Amina"]
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X2"].id}))
    assert [row.status for row in members_page(session, roster, actor=bound).rows] == [
        Answer.NOT_OBSERVED
    ]
    assert [row.Roster.name for row in rosters_page(session, actor=anybody).rows] == [roster.name]


def test_the_figures_of_a_list_are_of_what_its_reader_may_see(
    session: Session,
    areas: dict[str, Area],
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
) -> None:
    make_person(session, households["not_observed"])
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    west, east = (
        replace(anybody, national=False, area_ids=frozenset({areas[pcode].id}))
        for pcode in ("X1", "X2")
    )

    whole = figures_seen(session, roster, actor=anybody)
    in_the_west = figures_seen(session, roster, actor=west)
    in_the_east = figures_seen(session, roster, actor=east)

    counts, lost = {"in": 1, "out": 1, "not_observed": 1, "probable": 1}, Apart(nodata=1)
    assert whole == Seen(
        Answers.of(counts, 4, 0.25, lost), People(people=2, f18_59=1, m18_59=1), whole=True
    )
    del counts["not_observed"]
    assert in_the_west.answers == Answers.of(counts, 3, 0.25, Apart())
    assert (in_the_west.people.people, in_the_west.whole) == (2, False)
    assert in_the_east == Seen(Answers.of({"not_observed": 1}, 1, 0, lost), People(), whole=False)
    assert lists_seen(session, [roster], actor=east)[roster.id].answers.not_observed == 1


def test_who_sees_all_of_a_list_is_told_the_figures_it_was_kept_with(
    session: Session,
    areas: dict[str, Area],
    households: dict[str, Registrant],
    release: Release,
    anybody: Actor,
) -> None:
    bound = replace(anybody, national=False, area_ids=frozenset({areas["X1"].id}))
    roster = _kept(session, release, bound)
    freeze(session, roster.id, actor=bound)
    make_person(session, households["in"])  # moved in since

    seen = figures_seen(session, roster, actor=bound)

    assert (seen.answers.asked, seen.people.people, seen.whole) == (3, 2, True)


def test_an_export_says_no_more_than_its_reader_may_see(
    session: Session, households: dict[str, Registrant], release: Release, anybody: Actor
) -> None:
    roster = _kept(session, release, anybody)
    freeze(session, roster.id, actor=anybody)
    whole, bare = io.BytesIO(), io.BytesIO()
    assert export(session, roster.id, whole, actor=anybody) == 4
    header, *rows = whole.getvalue().decode().splitlines()
    assert (
        header
        == "number,status,grade,value,share,why,area_pcode,area,code,name,name_local,phone,lon,lat"
    )
    assert any(row.endswith(',"Doro, Amina",,,0.2,1') for row in rows)
    hidden = anybody.permissions - {May.READ_REGISTRANTS, Geo.EXACT_LOCATIONS}
    export(session, roster.id, bare, actor=replace(anybody, permissions=hidden))
    header = bare.getvalue().decode().splitlines()[0]
    assert header == "number,status,grade,value,share,why,area_pcode,area"
    assert b"Amina" not in bare.getvalue()


def test_an_export_holds_no_formula_and_phone_numbers_as_they_are(
    session: Session, areas: dict[str, Area], anybody: Actor
) -> None:
    place = make_location(session, 0.2, 1.0, area_id=areas["X11"].id)
    make_household(session, place, name="=cmd|' /C calc'!A0", phone="+254 712-345 678")
    make_household(session, place, name="@SUM(A1)", phone="+cmd|' /C calc'!A0")
    roster = draft(session, Question(), "Everybody", actor=anybody)
    freeze(session, roster.id, actor=anybody)
    file = io.BytesIO()

    export(session, roster.id, file, actor=anybody)

    rows = sorted(csv.DictReader(io.StringIO(file.getvalue().decode())), key=lambda r: r["name"])
    assert [(row["name"], row["phone"]) for row in rows] == [
        ("'=cmd|' /C calc'!A0", "+254 712-345 678"),
        ("'@SUM(A1)", "'+cmd|' /C calc'!A0"),
    ]
