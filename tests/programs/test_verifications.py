"""Samples of those who were paid: drawn by a seed, asked, and what differs settled."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from geo.models.areas import Area
from programs.models.cycles import Cycle, CycleState
from programs.models.verifications import (
    Confirmation,
    MismatchState,
    StratifiedBy,
    Verification,
    VerificationSample,
)
from programs.queries.cycles import CycleBeyondReach, ReasonMissing
from programs.queries.reconciliations import answered_of
from programs.queries.verifications import as_rows, teams_of, verified, whom_to_ask
from programs.services.registrants import erase
from programs.services.verifications import (
    Asked,
    NobodyPaid,
    NothingToSettle,
    SaidWithout,
    SampleImpossible,
    VerificationClosed,
    close,
    draw,
    record,
    settle,
)
from registry.models.registrants import Registrant
from tests.make.geo import make_country
from tests.make.programs import DARA, make_approved, make_family, make_program
from tests.make.registry import make_location
from tests.make.verifications import make_differing, make_paid


def _paid(session: Session, west: int, east: int = 0) -> tuple[Cycle, dict[str, Area]]:
    """So many households in X11 and in X21, one beside the other, all paid."""
    areas = make_country(session)
    homes = [
        make_family(session, 1, make_location(session, lon + n / 100, 0.5, area_id=area.id))
        for lon, area, many in ((0.1, areas["X11"], west), (2.1, areas["X21"], east))
        for n in range(many)
    ]
    cycle = make_approved(session, make_program(session), *homes)
    make_paid(session, cycle)
    return cycle, areas


def _drawn(session: Session, made: Verification) -> dict[int, VerificationSample]:
    asked = select(VerificationSample).where(VerificationSample.verification_id == made.id)
    return {sample.registrant_id: sample for sample in session.scalars(asked)}


def _number(session: Session, sample: VerificationSample) -> str:
    return session.get_one(Registrant, sample.registrant_id).number


def test_the_same_seed_draws_the_same_and_another_others(session: Session) -> None:
    cycle, _areas = _paid(session, 30)
    asked = Asked(confidence=90, margin=20, seed=7)  # 16.9 of endless, 11.05 of thirty

    one, same = (draw(session, cycle.id, asked, actor=DARA) for _time in range(2))
    other = draw(session, cycle.id, replace(asked, seed=8), actor=DARA)

    assert (one.population, one.wanted, one.drawn) == (30, 12, 12)
    assert _drawn(session, one).keys() == _drawn(session, same).keys()
    assert _drawn(session, one).keys() != _drawn(session, other).keys()


def test_each_part_gives_its_share(session: Session) -> None:
    cycle, _areas = _paid(session, 20, 10)
    asked = Asked(StratifiedBy.AREA, confidence=90, margin=20, seed=7)

    made = draw(session, cycle.id, asked, actor=DARA)

    drawn = Counter(sample.stratum for sample in _drawn(session, made).values())
    assert drawn == {"X1": 8, "X2": 4}  # 12 of 30: two thirds and one third
    parts = verified(session, made.id, actor=DARA).parts
    assert [(p.stratum, p.population, p.drawn) for p in parts] == [("X1", 20, 8), ("X2", 10, 4)]


@pytest.mark.parametrize(
    ("by", "stratum"), [(StratifiedBy.SEX, "female"), (StratifiedBy.MECHANISM, "cash")]
)
def test_parts_are_by_what_is_known_of_those_who_were_paid(
    session: Session, by: StratifiedBy, stratum: str
) -> None:
    cycle, _areas = _paid(session, 3)

    made = draw(session, cycle.id, Asked(by, seed=1), actor=DARA)

    assert {sample.stratum for sample in _drawn(session, made).values()} == {stratum}


def test_neighbours_are_drawn_together(session: Session) -> None:
    cycle, _areas = _paid(session, 30)
    asked = Asked(confidence=90, margin=25, cluster=5, seed=3)

    made = draw(session, cycle.id, asked, actor=DARA)

    teams = Counter(sample.team for sample in _drawn(session, made).values())
    assert set(teams.values()) == {5}
    assert (made.wanted, made.drawn) == (
        11,
        15,
    )  # 15.15 of endless, at 1.4 for clusters; three of five
    walk = whom_to_ask(session, made.id, actor=DARA, team=1)
    lons = sorted(row.lon for row in walk)
    assert lons[-1] - lons[0] == pytest.approx(0.04)  # five in a row, a hundredth apart


def test_single_households_are_walked_to_ten_at_a_time(session: Session) -> None:
    cycle, _areas = _paid(session, 12)

    made = draw(session, cycle.id, Asked(seed=1), actor=DARA)

    walks = [(row.team, row.place) for row in whom_to_ask(session, made.id, actor=DARA)]
    assert walks == [(1 + (place > 10), place) for place in range(1, 13)]


def test_who_received_nothing_is_not_asked(session: Session) -> None:
    cycle = make_approved(session, make_program(session), make_family(session, 2))

    with pytest.raises(NobodyPaid):
        draw(session, cycle.id, Asked(), actor=DARA)


@pytest.mark.parametrize(
    "asked", [Asked(confidence=80), Asked(margin=0), Asked(margin=26), Asked(cluster=0)]
)
def test_what_is_no_sample_is_refused(session: Session, asked: Asked) -> None:
    cycle, _areas = _paid(session, 1)

    with pytest.raises(SampleImpossible):
        draw(session, cycle.id, asked, actor=DARA)


def test_an_estimate_is_of_the_whole_so_who_sees_a_part_draws_none(session: Session) -> None:
    cycle, areas = _paid(session, 2, 2)
    near = replace(DARA, national=False, area_ids=frozenset({areas["X1"].id}))
    made = draw(session, cycle.id, Asked(seed=1), actor=DARA)

    with pytest.raises(CycleBeyondReach):
        draw(session, cycle.id, Asked(), actor=near)
    assert len(whom_to_ask(session, made.id, actor=near)) == 2
    assert sum(team.households for team in teams_of(session, made.id, actor=near)) == 2


def test_answers_tell_of_all_and_what_differs_stays_open_until_settled(session: Session) -> None:
    cycle, _areas = _paid(session, 4)
    made = draw(session, cycle.id, Asked(seed=1), actor=DARA)
    full, part, nothing, gone = _drawn(session, made).values()
    said = {
        full: (Confirmation.FULL, None, ""),
        part: (Confirmation.PARTLY, Decimal(30), "fee taken"),
        nothing: (Confirmation.NOT_RECEIVED, None, ""),
        gone: (Confirmation.NOT_FOUND, None, "moved"),
    }
    for sample, answer in said.items():
        record(session, made.id, _number(session, sample), answer, actor=DARA)

    told = verified(session, made.id, actor=DARA)

    assert told.said == dict.fromkeys(Confirmation, 1)
    assert (told.paid, told.received, told.open) == (Decimal(150), Decimal(80), 2)
    assert told.estimate is not None
    assert told.estimate.share == pytest.approx(1 / 3)
    assert answered_of(session, cycle).confirmed == dict.fromkeys(Confirmation, 1)
    assert gone.mismatch is None
    with pytest.raises(ReasonMissing):
        settle(session, made.id, _number(session, part), " ", actor=DARA)
    settle(session, made.id, _number(session, part), "the agent gave it back", actor=DARA)
    assert part.mismatch is MismatchState.SETTLED
    assert verified(session, made.id, actor=DARA).open == 1
    with pytest.raises(NothingToSettle):
        settle(session, made.id, _number(session, part), "again", actor=DARA)


@pytest.mark.parametrize("received", [None, Decimal(0), Decimal(50), Decimal(51)])
def test_a_part_is_less_than_all_and_more_than_nothing(
    session: Session, received: Decimal | None
) -> None:
    cycle, _areas = _paid(session, 1)
    made = draw(session, cycle.id, Asked(), actor=DARA)
    (sample,) = _drawn(session, made).values()

    said = (Confirmation.PARTLY, received, "")
    with pytest.raises(SaidWithout):
        record(session, made.id, _number(session, sample), said, actor=DARA)


def test_a_closed_sample_stays_as_it_is(session: Session) -> None:
    cycle, _areas = _paid(session, 1)
    made = draw(session, cycle.id, Asked(), actor=DARA)
    (sample,) = _drawn(session, made).values()
    close(session, made.id, actor=DARA)

    said = (Confirmation.FULL, None, "")
    with pytest.raises(VerificationClosed):
        record(session, made.id, _number(session, sample), said, actor=DARA)
    with pytest.raises(VerificationClosed):
        close(session, made.id, actor=DARA)


def test_who_was_not_drawn_is_not_written_down(session: Session) -> None:
    cycle, _areas = _paid(session, 1)
    made = draw(session, cycle.id, Asked(), actor=DARA)
    stranger = make_family(session, 1)

    with pytest.raises(NotFound):
        record(session, made.id, stranger.number, (Confirmation.FULL, None, ""), actor=DARA)


def test_the_list_says_whom_to_ask_and_where_to_those_who_may_know(session: Session) -> None:
    cycle, _areas = _paid(session, 1)
    made = draw(session, cycle.id, Asked(), actor=DARA)
    vaguely = replace(DARA, permissions=DARA.permissions - {"location:exact"})

    (row,) = as_rows(whom_to_ask(session, made.id, actor=DARA))
    (vague,) = as_rows(whom_to_ask(session, made.id, actor=vaguely))

    assert row[:2] == ["1", "1"]
    assert row[7:10] == ["0.100000", "0.500000", "50"]
    assert vague[7:10] == ["", "", "50"]


def test_remarks_about_somebody_are_erased_with_them(session: Session) -> None:
    home = make_family(session, 1)
    cycle = make_approved(session, make_program(session), home)
    made = make_differing(session, cycle, "lives with her sister")
    cycle.state = CycleState.ENDED
    session.flush()

    erase(session, home.number, "asked to be forgotten", actor=DARA)

    session.expire_all()
    (sample,) = _drawn(session, made).values()
    assert (sample.note, sample.paid) == (None, Decimal(50))


def test_drawing_costs_the_same_statements_for_one_as_for_forty(
    session: Session, statements: list[str]
) -> None:
    taken = []
    for many in (1, 40):
        homes = [make_family(session, 1) for _home in range(many)]
        cycle = make_approved(session, make_program(session), *homes)
        make_paid(session, cycle)
        session.expire_all()
        statements.clear()
        assert draw(session, cycle.id, Asked(), actor=DARA).population == many
        taken.append(len(statements))

    assert taken[0] == taken[1]
