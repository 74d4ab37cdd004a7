"""What the registry gives away comes in again and changes nothing."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.actor import Actor
from core.errors import Forbidden
from geo.models.areas import Area
from registry.models.consents import Consent, ConsentState
from registry.models.imports import ImportKind
from registry.models.registrants import Group, Individual, Registrant
from registry.queries.consents import SHARING
from registry.services.exports import ColumnsUnknown, Taking, Written, write_registered
from tests.make.imports import csv_file, household, person, take, take_households, take_people
from tests.make.registry import make_household, make_location, make_person, registered
from tests.registry.test_import_verdicts import GHANA, REGISTRATIONS


def taken_along(session: Session, kind: ImportKind, actor: Actor, **how: Any) -> tuple[int, bytes]:
    stream = io.BytesIO()
    return write_registered(session, kind, stream, Taking(**how), actor=actor), stream.getvalue()


def changes_nothing(
    session: Session, folder: Path, actor: Actor, written: Written = Written.CSV
) -> None:
    """Export households and people and import both: every row stays as it is."""
    for kind in (ImportKind.HOUSEHOLDS, ImportKind.PEOPLE):
        before = taken_along(session, kind, actor)[1]
        count, content = taken_along(session, kind, actor, written=written)
        file = folder / f"{kind}.{written}"
        file.write_bytes(content)
        again = take(session, file, kind, actor, accept=True)
        assert again.counts["rows"] == again.counts["ignore"] == count, again.counts
        assert taken_along(session, kind, actor)[1] == before


@pytest.mark.parametrize("written", [Written.WORKBOOK, Written.GEOPACKAGE])
def test_workbooks_and_geopackages_come_back_as_they_came(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area], written: Written
) -> None:
    sharp = {"longitude": 0.1 + 0.2, "latitude": 1 / 3, "accuracy_m": "6.5"}
    take_households(
        session,
        tmp_path,
        anybody,
        household(**sharp),
        household(code="0002", longitude="", latitude="", phone="0712345678"),
        household(code="1e5", address='"=1+1, Quay"', settlement="Ñandú القرية"),
        accept=True,
    )
    take_people(
        session,
        tmp_path,
        anybody,
        person(id_number="00012345678901234567"),
        person(code="P2", birth_date="1987", id_number="", id_type="", relation="spouse"),
    )

    changes_nothing(session, tmp_path, anybody, written)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12)


Someone = tuple[str, str | None, date | None, bool]
NAMES = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=12)
PERSON = st.tuples(
    NAMES,
    st.sampled_from(["female", "male", None]),
    st.none() | st.dates(date(1920, 1, 1), date(2026, 1, 1)),
    st.booleans(),
)
HOME = st.tuples(
    *(st.floats(0.01, 0.99), st.floats(0.01, 1.99), st.integers(1, 30), TEXTS, TEXTS),
    st.lists(PERSON, max_size=3),
)


@pytest.mark.parametrize("written", [*Written])
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(rows=st.lists(HOME, min_size=1, max_size=3))
def test_whatever_is_registered_comes_back_as_it_came(
    session: Session,
    tmp_path: Path,
    anybody: Actor,
    areas: dict[str, Area],
    written: Written,
    rows: list[tuple[float, float, int, str, str, list[Someone]]],
) -> None:
    with session.begin_nested() as nested:
        for lon, lat, size, address, settlement, people in rows:
            home = make_household(session, make_location(session, lon, lat))
            home.address, home.settlement = address or None, settlement or None
            session.get_one(Group, home.id).stated_size = size
            make_person(session, home, relation="head")
            for name, sex, born, exactly in people:
                said = born if exactly or born is None else born.replace(month=7, day=1)
                who = make_person(session, home, sex=sex, birth_date=said, name=name)
                session.get_one(Individual, who.id).birth_date_exact = exactly or born is None
        session.flush()
        changes_nothing(session, tmp_path, anybody, written)
        nested.rollback()


def test_only_the_columns_that_are_wanted_are_taken_along(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())
    take_people(session, tmp_path, anybody, person())

    _count, content = taken_along(session, ImportKind.PEOPLE, anybody, columns=["sex"])

    assert content.decode().splitlines() == [
        "code,household_code,name,sex",
        "P1,H1,Amina Doro,female",
    ]
    with pytest.raises(ColumnsUnknown, match="no column salary"):
        taken_along(session, ImportKind.PEOPLE, anybody, columns=["salary"])


def test_a_roster_without_names_renames_nobody(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(session, tmp_path, anybody, household())
    take_people(session, tmp_path, anybody, person())
    file = csv_file(tmp_path, "code,household_code,sex\nP1,H1,male\n")

    again = take(session, file, ImportKind.ROSTER, anybody)

    assert again.counts["update"] == 1
    assert registered(session, "P1").name == "Amina Doro"


@pytest.mark.parametrize(
    ("file", "kind"), [(REGISTRATIONS, ImportKind.REGISTRATIONS), (GHANA, ImportKind.ROSTER)]
)
def test_a_real_file_comes_back_as_it_came(
    session: Session, tmp_path: Path, anybody: Actor, file: Path, kind: ImportKind
) -> None:
    take(session, file, kind, anybody)

    changes_nothing(session, tmp_path, anybody)


def test_every_field_comes_back_as_it_came(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    take_households(
        session,
        tmp_path,
        anybody,
        household(),
        household(code="H2", longitude="", latitude="", location_source="", accuracy_m=""),
        household(code="H3", longitude="9.5", address='"=1+1, Quay"', size="44"),
        household(code="H4", longitude="1.5", latitude="0.5", phone="", roster="partial"),
        accept=True,
    )
    take_people(
        session,
        tmp_path,
        anybody,
        person(),
        person(code="P2", birth_date="1987", id_number="", id_type="", relation="spouse"),
        person(code="P3", birth_date="", birth_date_exact="", id_number="N7", relation="child"),
    )

    _count, content = taken_along(session, ImportKind.HOUSEHOLDS, anybody)
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(content.decode()))}
    assert rows["H1"] == {
        "code": "H1",
        "area_pcode": "X11",
        "settlement": "Lower Quay",
        "longitude": "0.5",
        "latitude": "1.5",
        "accuracy_m": "6",
        "location_source": "gps",
        "located_on": "2026-06-02",
        "size": "5",
        "roster": "complete",
        "address": "12 River Street",
        "phone": "+000 55",
    }
    changes_nothing(session, tmp_path, anybody)


def test_who_has_no_code_is_known_by_number(
    session: Session, tmp_path: Path, anybody: Actor, areas: dict[str, Area]
) -> None:
    home = make_household(session)
    make_person(session, home)
    session.flush()
    session.execute(update(Registrant).values(code=None))

    changes_nothing(session, tmp_path, anybody)


def test_who_declined_is_not_taken_along(session: Session, anybody: Actor) -> None:
    home, other = make_household(session), make_household(session)
    said = {"purpose": SHARING, "state": ConsentState.REFUSED}
    session.add(Consent(registrant_id=home.id, given_on=date(2026, 11, 1), **said))
    session.flush()

    count, content = taken_along(session, ImportKind.HOUSEHOLDS, anybody)
    assert count == 1
    assert content.decode().splitlines()[1].startswith(other.code or other.number)


def test_only_who_may_take_people_along_does(session: Session, areas: dict[str, Area]) -> None:
    nobody = Actor(id=5, name="Nobody", permissions=frozenset(), national=True)

    with pytest.raises(Forbidden):
        taken_along(session, ImportKind.PEOPLE, nobody)
