"""A merge is undone wholly, or not at all once something depends on it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.tables import metadata
from app.upkeep import keep_up
from core.actor import Actor
from core.audit import AuditEntry
from core.errors import Forbidden
from core.jobs import Job
from geo.models.areas import Area
from programs.queries.imports import OWN, _words, befores_over, depending
from programs.services import imports as undoing
from registry.models.duplicates import DuplicatePair, PairState
from registry.models.imports import Import, ImportBefore, ImportKind, ImportState
from registry.models.registrants import Registrant
from tests.make.duplicates import make_pair
from tests.make.geo import make_country
from tests.make.imports import (
    csv_file,
    household,
    person,
    take,
    take_households,
    take_people,
)
from tests.make.jobs import Silent
from tests.make.registry import registered

TABLES = (
    *("registrants", "groups", "individuals", "memberships", "identifiers", "contacts"),
    *("former_places", "locations"),
)
NUMBERED = {"contacts": "id"}  # a telephone that comes back is another row


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


def all_rows(session: Session) -> dict[str, list[str]]:
    """Every row of every table a merge writes to."""
    session.expire_all()
    told = "select (to_jsonb(t) - :unsaid)::text from {} t"
    return {
        table: sorted(
            session.scalars(text(told.format(table)), {"unsaid": NUMBERED.get(table, "")})
        )
        for table in TABLES
    }


def undo(session: Session, made: Import, actor: Actor) -> Import:
    return undoing.undo(session, made.id, actor=actor, progress=Silent())


def test_what_a_file_brought_goes_and_what_it_changed_is_as_it_was(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(), household(code="H2"))
    take_people(session, tmp_path, anybody, person())
    before = all_rows(session)

    moved = household(longitude="3.5", area_pcode="X22", size="7", phone="+000 56")
    made = take_households(session, tmp_path, anybody, moved, household(code="H3"))
    assert all_rows(session) != before
    assert undo(session, made, anybody).state is ImportState.UNDONE

    assert all_rows(session) == before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "imports.undo")).one()
    assert entry.figures == {"households": 1, "people": 0, "put_back": 2}
    kept = select(func.count()).where(ImportBefore.import_id == made.id)
    assert session.scalar(kept) == 0


def test_of_households_no_more_is_kept_than_their_file_can_change(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(), household(code="H2"))
    take_people(session, tmp_path, anybody, person())

    made = take_households(session, tmp_path, anybody, household(size="7"), household(code="H2"))

    kept = select(ImportBefore.table_name, ImportBefore.before)
    rows = session.execute(kept.where(ImportBefore.import_id == made.id))
    found: dict[str, Any] = dict(rows.tuples().all())
    assert found.keys() == {"registrants", "groups"}
    assert found["groups"] == {"stated_size": 5, "is_partial": False}


def test_members_heads_and_identifiers_are_as_they_were(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(), household(code="H2"))
    take_people(session, tmp_path, anybody, person(id_number="", id_type=""))
    before = all_rows(session)

    rows = (
        person(relation="spouse", name="Amina Salim"),
        person(code="P2", name="Karim Doro", id_number="N9", sex="male"),
    )
    made = take_people(session, tmp_path, anybody, *rows)
    undo(session, made, anybody)

    assert all_rows(session) == before


def test_a_roster_is_undone_with_its_households(
    session: Session, tmp_path: Path, anybody: Actor
) -> None:
    file = csv_file(tmp_path, "hhid,sex,age\n1,f,30\n1,m,31\n2,f,8\n")
    before = all_rows(session)

    made = take(session, file, ImportKind.ROSTER, anybody)
    assert (made.counts["create"], session.scalar(select(func.count(Registrant.id)))) == (3, 5)
    undo(session, made, anybody)
    assert all_rows(session) == before


def test_a_record_that_was_changed_since_keeps_the_merge(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = take_households(session, tmp_path, anybody, household(), household(code="H2"))
    take_households(session, tmp_path, anybody, household(size="6"))

    with pytest.raises(undoing.DependedOn, match=r"changed again since: 1 \(HG-"):
        undo(session, made, anybody)


def test_a_household_that_is_given_something_keeps_the_merge(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = take_households(session, tmp_path, anybody, household())
    session.execute(
        text(
            "insert into registrant_tags (registrant_id, tag)"
            " select id, 'pregnant' from registrants"
        )
    )

    number = registered(session, "H1").number
    with pytest.raises(undoing.DependedOn, match=rf"tagged: 1 \({number}\)\."):
        undo(session, made, anybody)


def test_a_pair_nobody_looked_at_goes_with_those_it_is_about_and_a_decision_stays(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(code="OLD"))
    made = take_households(session, tmp_path, anybody, household())
    pair = make_pair(session, registered(session, "OLD"), registered(session, "H1"))
    assert depending(session, made, actor=anybody) == []

    pair.state = PairState.NOT_DUPLICATE
    session.flush()
    (stands,) = depending(session, made, actor=anybody)
    assert (stands.what, stands.records) == ("decided about as duplicates", 1)

    pair.state = PairState.OPEN
    session.flush()
    undo(session, made, anybody)
    assert session.scalars(select(DuplicatePair)).all() == []


def test_whatever_a_registrant_may_stand_in_has_a_name() -> None:
    pointing = {
        table.name
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "registrants" for key in column.foreign_keys)
    }

    assert pointing - OWN - _words().keys() == set()


def test_what_a_merge_changed_is_forgotten_once_it_is_not_undone_any_more(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household(code="OLD"))
    old = take_households(session, tmp_path, anybody, household(code="OLD", size="6"))
    new = take_households(session, tmp_path, anybody, household(code="OLD", size="7"))
    old.merged_at = datetime.now(UTC) - timedelta(days=91)
    session.flush()

    keep_up(session)
    works = session.scalars(select(Job.work)).all()
    assert "programs.jobs.imports.forget_befores" in works
    undoing.forget_befores(session)

    kept = session.scalars(select(ImportBefore.import_id).distinct()).all()
    assert kept == [new.id]
    assert session.scalar(befores_over()) is None


def test_a_merge_of_long_ago_stays(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = take_households(session, tmp_path, anybody, household())
    long_ago = datetime.now(UTC) - timedelta(days=91)
    session.execute(update(Import).values(merged_at=long_ago))
    session.expire_all()

    with pytest.raises(undoing.MergedLongAgo, match="90 days"):
        undo(session, made, anybody)


def test_only_who_sees_the_whole_country_undoes(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    made = take_households(session, tmp_path, anybody, household())
    local = Actor(
        id=7, name="Local", permissions=anybody.permissions, area_ids=frozenset({areas["X11"].id})
    )

    with pytest.raises(Forbidden):
        undo(session, made, local)
