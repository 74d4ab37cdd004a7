"""The second wall: what the database shows to whom, even where a statement forgot to ask."""

import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.tables import metadata
from app.worker import load_works
from core.actor import NOBODY, Actor
from core.db import stand, stand_whole
from core.jobs import for_all, works
from geo.models.area_changes import AreaChange, AreaChangeState, PlaceMove
from geo.models.areas import Area
from geo.models.place_checks import (
    CorrectedPlace,
    CorrectionKind,
    PlaceCheck,
    PlaceCorrection,
)
from geo.services.plots import Land, write_plot
from geo.vector.drawings import drawn
from programs.models.approvals import Approval
from programs.models.entitlements import Entitlement, Voucher
from programs.models.programs import Delivery
from programs.models.targeting import Side
from programs.services.asked_before import keep_asked
from programs.services.merging import merge
from programs.services.payments import make_payments
from programs.services.targeting import paste_list
from programs.services.vouchers import issue_vouchers, redeem
from registry.models.accounts import Account, AccountKind
from registry.models.consents import Consent
from registry.models.contacts import Contact, ContactKind
from registry.models.documents import Document
from registry.models.fields import GroupFields, IndividualFields
from registry.models.holdings import Holding
from registry.models.imports import ImportMatch
from registry.models.registrants import (
    FormerPlace,
    Group,
    Identifier,
    Individual,
    MovedRegistrant,
    Registrant,
)
from registry.models.relationships import Relationship
from registry.models.submissions import Submission
from registry.models.tags import RegistrantTag
from registry.models.visits import Visit, VisitAnswer
from registry.services.score_runs import run_score
from tests.make.changes import make_asked
from tests.make.duplicates import make_pair
from tests.make.geo import make_country
from tests.make.imports import household, person, take_households, take_people
from tests.make.messages import make_told
from tests.make.payments import make_left_out
from tests.make.programs import (
    DARA,
    FINN,
    make_actor,
    make_approved,
    make_family,
    make_gift,
    make_program,
)
from tests.make.registry import make_location, make_person
from tests.make.scores import make_score
from tests.make.verifications import make_differing

ABOUT_SOMEBODY = {
    "registrant_id",
    "location_id",
    "group_id",
    "entitlement_id",
    "from_id",
    "left_id",
    "kept_id",
    "merge_id",
}
THEMSELVES = {"registrants", "locations", "plots"}
NAMES_NOBODY = {  # places, areas, and where help is given
    *("service_points", "exposure", "exposure_due", "area_links", "area_successors"),
}


def guarded() -> list[Table]:
    """Every table whose rows are about somebody, found by its columns."""
    return [
        table
        for table in metadata.sorted_tables
        if table.name not in NAMES_NOBODY
        and (
            table.name in {"registrants", "locations", "plots"}
            or ABOUT_SOMEBODY & {*table.columns.keys()}
        )
    ]


@pytest.fixture
def areas(session: Session, tmp_path: Path) -> dict[str, Area]:
    """One of everything about one family in X11, and as much about one in X21."""
    areas = make_country(session)
    homes = [_home(session, areas[code], lon) for code, lon in (("X11", 0.5), ("X21", 2.5))]
    run_score(session, make_score(session).id, actor=DARA)
    cash = make_approved(session, make_program(session), *homes)
    keep_asked(session, session.scalars(select(Approval)).one(), cash)
    make_payments(session, cash.id, actor=FINN)
    make_left_out(session, cash)
    make_differing(session, cash)
    make_told(session, cash, *homes)
    food = make_program(session, make_gift(delivery=Delivery.VOUCHER), purpose="hunger")
    named = " ".join(home.number for home in homes)
    paste_list(session, food.id, Side.TAKE, "Named", named, actor=DARA)
    given = make_approved(session, food, *homes)
    issue_vouchers(session, given.id, date(2099, 1, 1), actor=DARA)
    for code in session.scalars(select(Voucher.code)).all():
        redeem(session, code, uuid.uuid4(), actor=DARA)
    _files(session, tmp_path)
    session.flush()
    return areas


def _home(session: Session, area: Area, lon: float) -> Registrant:
    """A family that moved within its district, whose head has a passport."""
    old, new = (make_location(session, lon + off, 1.0, area_id=area.id) for off in (0, 0.1))
    home = make_family(session, 2, new)
    head = make_person(session, home)
    session.add(FormerPlace(registrant_id=home.id, location_id=old.id))
    west = new.lon or 0.0
    land = Land(drawn([[(west, 1.0), (west + 0.01, 1.0), (west, 1.01)]]) or b"")
    plot = write_plot(session, land, DARA.id)
    session.add(Holding(registrant_id=home.id, plot_id=plot.id, tenure="owned", use="cropland"))
    change = AreaChange(version=area.pcode, from_version="v1", staged_by=1)
    change.state = AreaChangeState.DROPPED
    session.add(change)
    session.flush()
    session.add(PlaceMove(change_id=change.id, location_id=new.id, area_id=area.id))
    session.add(PlaceCheck(location_id=new.id, area_id=area.id, codes=["round"]))
    moved = {"change_id": change.id, "registrant_id": home.id, "area_id": area.id}
    session.add(MovedRegistrant(**moved))
    corrected = PlaceCorrection(kind=CorrectionKind.SHIFT, listed="round", made_by=1)
    session.add(corrected)
    session.flush()
    session.add(CorrectedPlace(correction_id=corrected.id, location_id=new.id, area_id=area.id))
    session.add(Identifier(registrant_id=head.id, type="passport", value=f"P{home.id}"))
    _beside(session, home, head)
    _twice(session, home, head)
    return home


def _beside(session: Session, home: Registrant, head: Registrant) -> None:
    """One of everything that is written down beside a registrant."""
    iban = "GB82 WEST 1234 5698 7654 32"
    session.add(Relationship(from_id=head.id, to_id=home.id, kind="guardian"))
    session.add(Contact(registrant_id=head.id, kind=ContactKind.PHONE, value="+254 700 000 001"))
    session.add(Account(registrant_id=head.id, kind=AccountKind.BANK, value=iban))
    session.add(GroupFields(registrant_id=home.id))
    session.add(IndividualFields(registrant_id=head.id))
    session.add(RegistrantTag(registrant_id=home.id, tag="displaced"))
    sent = {"form": "registration", "version": "1", "sha256": "0" * 64, "state": "taken"}
    of = {"registrant_id": home.id, "area_id": home.area_id}
    session.add(Submission(instance_id=f"uuid:{home.id}", **sent, **of))
    make_asked(session, "edit_group", home.number, answers={"address": "Mill Lane"})
    session.add(Document(registrant_id=head.id, kind="other", name="a", bytes=1, media="image/png"))
    day = date(2026, 3, 1)
    session.add(visit := Visit(registrant_id=home.id, kind="survey", on_day=day, visited_by=1))
    session.flush()
    session.add(VisitAnswer(visit_id=visit.id, field="size", registrant_id=home.id, number=3))
    session.add(Consent(registrant_id=head.id, purpose="sharing", given_on=day))


def _twice(session: Session, home: Registrant, head: Registrant) -> None:
    """A pair that waits, and two records that were merged."""
    make_pair(session, home, head)
    gone = make_person(session, area_id=home.area_id)
    merge(session, head.number, gone.number, actor=DARA)


def _files(session: Session, folder: Path) -> None:
    """A file of households and one of people, each with a row in either district; those of people
    are like somebody there."""
    east = {"code": "H2", "area_pcode": "X21", "longitude": 2.2, "settlement": "Upper Quay"}
    take_households(session, folder, DARA, household(), household(**east))
    other = {"code": "P2", "household_code": "H2", "id_number": "N124"}
    made = take_people(session, folder, DARA, person(), person(**other))
    found = select(Registrant.id, Registrant.area_id).distinct(Registrant.area_id)
    of_areas = found.where(Registrant.area_id.is_not(None)).order_by(Registrant.area_id)
    for number, row in enumerate(session.execute(of_areas).all(), 1):
        like = {"registrant_id": row.id, "area_id": row.area_id, "score": 0.9, "reasons": ["name"]}
        session.add(ImportMatch(import_id=made.id, row_number=number, **like))
    session.flush()


def bound(area: Area) -> Actor:
    """Somebody who may do everything in one area."""
    return make_actor(51, "Near", national=False, area_ids=frozenset({area.id}))


def seen(session: Session) -> dict[str, list[int]]:
    """By table, the areas of the rows that show themselves to statements that ask for all."""
    return {table.name: _areas(session, table) for table in guarded()}


def _areas(session: Session, table: Table) -> list[int]:
    return sorted(area or 0 for area in session.scalars(select(table.c.area_id)))


@pytest.mark.parametrize("table", guarded(), ids=lambda table: str(table.name))
def test_a_table_that_names_people_has_an_area_and_two_policies(
    session: Session, table: Table
) -> None:
    asked = "select polname from pg_policy where polrelid = to_regclass(:name) order by polname"
    on = "select relrowsecurity from pg_class where oid = to_regclass(:name)"

    assert "area_id" in table.columns
    assert session.scalars(text(asked), {"name": table.name}).all() == ["local", "national"]
    assert session.scalar(text(on), {"name": table.name})


def test_a_forgotten_where_shows_those_of_ones_areas(
    session: Session, areas: dict[str, Area]
) -> None:
    everything = seen(session)
    stand(session, bound(areas["X1"]))
    west = seen(session)
    stand(session, bound(areas["X2"]))
    east = seen(session)
    stand(session, DARA)

    assert seen(session) == everything
    for table, rows in everything.items():
        assert set(west[table]) == {areas["X11"].id}, table
        assert set(east[table]) == {areas["X21"].id}, table
        of_somebody = [area for area in rows if area]  # a change of a program is of nobody's area
        assert sorted(west[table] + east[table]) == of_somebody, table


def test_who_stands_for_nobody_sees_nothing(session: Session, areas: dict[str, Area]) -> None:
    stand(session, NOBODY)
    assert not any(seen(session).values())
    for sign_in in ("highground_app", "highground_works"):
        session.execute(text(f"set local role {sign_in}"))
        assert not any(seen(session).values())


def test_work_for_the_whole_country_sees_it(session: Session, areas: dict[str, Area]) -> None:
    everything = seen(session)
    stand_whole(session)
    assert seen(session) == everything


def test_the_pages_cannot_stand_for_work_of_the_whole_country(session: Session) -> None:
    session.execute(text("set local session authorization highground_app"))
    with pytest.raises(ProgrammingError, match='permission denied to set role "highground_whole"'):
        stand_whole(session)


def test_the_work_that_sees_the_whole_country_is_known(session: Session) -> None:
    load_works()
    assert {name.rpartition(".")[2] for name in for_all} == {
        *("ask_provider", "send_batch", "take_answers"),
        "check_import",
        "compare_import",
        "correct_import",
        "count_households",
        "enforce_boundaries",
        "expire_identifiers",
        "forget_befores",
        "import_boundaries",
        "import_service_points",
        "keep_score_up",
        "keep_to_rules",
        "look_over_places",
        "look_for_duplicates",
        "measure_plots",
        "look_for_duplicates_in",
        "merge_import",
        "publish",
        "read_names",
        "reckon_score",
        "recount_households",
        "sample_due",
        "stage_boundaries",
        "undo_import",
        "verify_trail",
    }
    assert for_all < works.keys()


def test_somebody_of_no_area_is_seen_by_the_whole_country_and_by_who_made_them(
    session: Session, areas: dict[str, Area]
) -> None:
    near = bound(areas["X1"])
    person = make_person(session, made_by=near.id)
    another = make_person(session, made_by=near.id + 1)
    session.flush()
    stand(session, near)

    unplaced = select(Registrant.id).where(Registrant.area_id.is_(None))
    assert session.scalars(unplaced).all() == [person.id]
    assert session.scalars(
        select(Individual.registrant_id).where(
            Individual.registrant_id.in_([person.id, another.id])
        )
    ).all() == [person.id]


def test_what_is_told_of_a_household_moves_with_it(
    session: Session, areas: dict[str, Area]
) -> None:
    of_x11 = select(Registrant).where(Registrant.area_id == areas["X11"].id)
    home = session.scalars(of_x11.order_by(Registrant.id)).first()
    assert home is not None
    session.execute(
        update(Registrant).where(Registrant.id == home.id).values(area_id=areas["X22"].id)
    )
    assert (
        session.scalar(select(Group.area_id).where(Group.registrant_id == home.id))
        == areas["X22"].id
    )


def test_tiles_made_for_all_are_shown_to_nobody_bound_to_an_area(
    session: Session, areas: dict[str, Area]
) -> None:
    stand(session, bound(areas["X1"]))
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("select packed from household_tiles"))


def test_sums_of_a_whole_cycle_are_not_cut_by_reach(
    session: Session, areas: dict[str, Area]
) -> None:
    stand(session, bound(areas["X1"]))
    own = session.scalar(select(func.sum(Entitlement.amount)))
    whole = session.scalar(text("select sum(total) from entitlement_sums"))

    assert own == Decimal(140)  # 40 and 10 for each of three people, in two programs
    assert whole == Decimal(280)
