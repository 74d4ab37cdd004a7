"""What a filter asks of programs and distances, the database means as plain Python does."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import cql2
import pytest
from geoalchemy2.shape import from_shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyproj import Geod
from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from geo.models.context import ContextFeature, ContextLayer
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement, EntitlementState, Redemption
from programs.models.memberships import CycleMember, MembershipState, ProgramMembership
from programs.models.payments import Payment, PaymentBatch, PaymentState
from programs.models.programs import Benefit
from programs.queries.queryables import widest_terms
from registry.models.registrants import Registrant
from registry.models.visits import Visit
from registry.queries.subjects import matching
from tests.make.geo import make_country
from tests.make.programs import make_cycle, make_program
from tests.make.registry import make_household, make_location
from tests.registry.plain_cql import Home, meets

DAY = date(2026, 11, 20)
NOON = timedelta(hours=12)
HOMES = 10
SITES = (0.5, 2.0)  # degrees east, on the equator
GROUND = Geod(ellps="WGS84")
COMPARED = ["=", "<>", "<", "<=", ">", ">="]
DUE = ("approved", "sent", "redeemed", "partly_redeemed")


@dataclass
class Helped:
    """What programs did for one household: by program its state, and (state, amount, day) of what
    was approved, handed over or paid; where it stands, and when it was visited."""

    name: str
    lon: float | None
    stands: dict[str, str] = field(default_factory=dict)
    in_cycle: set[str] = field(default_factory=set)
    due: list[tuple[str, str, int, date]] = field(default_factory=list)
    handed: list[tuple[str, int, date]] = field(default_factory=list)
    paid: list[tuple[str, str, int, date]] = field(default_factory=list)
    visits: list[date] = field(default_factory=list)

    def received(self) -> list[tuple[str, int, date]]:
        """Program, amount and day of all that came to a hand."""
        states = ("paid", "partly_paid", "reconciled")
        orders = [(number, much, day) for number, state, much, day in self.paid if state in states]
        return [*self.handed, *orders]


def _asks(each: Helped, purposes: dict[str, str]) -> dict[str, Callable[..., Any]]:
    """What the words of filters say of a household, in plain Python."""

    def since(rows: list[tuple[str, int, date]], number: str, first: str = "0001-01-01") -> int:
        return sum(n for p, n, day in rows if p == number and day >= date.fromisoformat(first))

    enrolled = {number for number, state in each.stands.items() if state == "enrolled"}
    due = [(number, much, day) for number, state, much, day in each.due if state in DUE]
    received, orders = each.received(), [day for _p, _s, _n, day in each.paid]
    return {
        "in_program": lambda number, *states: each.stands.get(number) in (states or ("enrolled",)),
        "in_cycle": lambda number, _cycle: number in each.in_cycle,
        "program_state": each.stands.get,
        "programs": lambda: len(enrolled),
        "helped_for": lambda purpose: any(purposes[number] == purpose for number in enrolled),
        "entitled": lambda number, *first: since(due, number, *first),
        "received": lambda number, *first: since(received, number, *first),
        "last_received_on": lambda: max((day for _p, _n, day in received), default=None),
        "last_payment_on": lambda: max(orders, default=None),
        "distance_to": lambda _what, _number: _metres(each.lon),
        "visited_on": lambda _kind: max(each.visits, default=None),
        "place_known": lambda: each.lon is not None,
    }


def _metres(lon: float | None) -> float | None:
    if lon is None:
        return None
    return min(float(GROUND.inv(lon, 0, site, 0)[2]) for site in SITES)


def _helped(numbers: list[str]) -> list[Helped]:
    """Ten households; each has been through something else."""
    chance = random.Random(20261120)  # noqa: S311 - the same households each time
    made = []
    for place in range(HOMES):
        each = Helped(f"H{place}", chance.choice([None, 0.2, 0.5, 0.9, 1.4, 3.3]))
        each.visits = [DAY - timedelta(chance.choice([3, 30, 400])) for _ in range(place % 3)]
        for number in numbers:
            state = chance.choice([None, *("enrolled", "paused", "exited", "enrolled")])
            if state is None:
                continue
            each.stands[number] = state
            each.in_cycle |= {number} if state == "enrolled" else set()
            _give(each, number, chance)
        made.append(each)
    return made


def _give(each: Helped, number: str, chance: random.Random) -> None:
    """An entitlement, of some a voucher that was used and of others an order."""
    day = DAY - timedelta(chance.choice([1, 20, 200]))
    later, much = day + timedelta(1), chance.choice([20, 50])
    state = chance.choice(["draft", "approved", "sent", "partly_redeemed", "cancelled"])
    each.due.append((number, state, much, day))
    if state == "partly_redeemed":
        each.handed.append((number, 10, later))
    if state in ("sent", "approved"):
        each.paid.append((number, chance.choice(["paid", "failed", "reconciled"]), much, later))


def _written(session: Session, cycles: dict[str, Cycle], rows: list[Helped]) -> None:
    """Lays the households down, each row as the acts would leave it."""
    benefits = {
        number: session.scalars(select(Benefit.id).filter_by(program_id=cycle.program_id)).one()
        for number, cycle in cycles.items()
    }
    batches = {number: _batch(session, cycle) for number, cycle in cycles.items()}
    for each in rows:
        where = None if each.lon is None else make_location(session, each.lon, 0.0)
        home = make_household(session, where, name=each.name)
        for day in each.visits:
            said = {"kind": "survey", "on_day": day, "visited_by": 1}
            session.add(Visit(registrant_id=home.id, **said))
        for number, state in each.stands.items():
            of = {"program_id": cycles[number].program_id, "registrant_id": home.id}
            session.add(ProgramMembership(**of, state=MembershipState(state)))
        for number in each.in_cycle:
            of = {"cycle_id": cycles[number].id, "registrant_id": home.id, "people": 1}
            session.add(CycleMember(**of, state=MembershipState.ENROLLED))
        for number, state, much, day in each.due:
            made = Entitlement(
                cycle_id=cycles[number].id,
                registrant_id=home.id,
                benefit_id=benefits[number],
                amount=Decimal(much),
                state=EntitlementState(state),
                created_at=_noon(day),
            )
            session.add(made)
            session.flush()
            _used(session, made, [row for row in each.handed if row[0] == number])
            _ordered(session, made, batches[number], [r for r in each.paid if r[0] == number])
    session.flush()


def _used(session: Session, of: Entitlement, rows: list[tuple[str, int, date]]) -> None:
    for _number, much, day in rows:
        said = {"client_id": uuid.uuid4(), "made_by": 1, "created_at": _noon(day)}
        session.add(Redemption(entitlement_id=of.id, amount=Decimal(much), **said))


def _ordered(
    session: Session, of: Entitlement, batch: int, rows: list[tuple[str, str, int, date]]
) -> None:
    for _number, state, much, day in rows:
        said: dict[str, Any] = {"batch_id": batch, "registrant_id": of.registrant_id}
        said |= {"amount": Decimal(much), "created_at": _noon(day)}
        session.add(
            Payment(entitlement_id=of.id, reference=of.ern, state=PaymentState(state), **said)
        )


def _batch(session: Session, cycle: Cycle) -> int:
    batch = PaymentBatch(cycle_id=cycle.id, orders=1, total=Decimal(1), made_by=1)
    session.add(batch)
    session.flush()
    return batch.id


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + NOON


@dataclass(frozen=True)
class Country:
    """The programs' numbers, the layer of sites, and the households."""

    numbers: list[str]
    layer: int
    homes: list[Home]


@pytest.fixture
def country(session: Session) -> Country:
    make_country(session)
    programs = [make_program(session, purpose=purpose) for purpose in ("flood", "drought")]
    purposes = {program.number: program.purposes[0] for program in programs}
    cycles = {program.number: make_cycle(session, program) for program in programs}
    rows = _helped(list(purposes))
    _written(session, cycles, rows)
    homes = [Home(each.name, asks=_asks(each, purposes)) for each in rows]
    return Country(list(purposes), _sites(session), homes)


def _sites(session: Session) -> int:
    file = {"original_name": "s", "original_sha256": "5" * 64, "original_bytes": 1}
    layer = ContextLayer(name="Sites", loaded_by=1, **file)
    session.add(layer)
    session.flush()
    for lon in SITES:
        shape = from_shape(Point(lon, 0), 4326)
        session.add(ContextFeature(layer_id=layer.id, value=1, shape=shape))
    session.flush()
    return layer.id


def _number() -> some.SearchStrategy[str]:
    since = some.sampled_from(["", ", '2026-11-01'", ", '2026-06-01'", ", '2027-01-01'"])
    money = some.tuples(
        some.sampled_from(["entitled", "received"]), some.sampled_from(["FLOOD", "DRY"]), since
    )
    return some.one_of(
        money.map(lambda parts: f"{parts[0]}('{parts[1]}'{parts[2]})"),
        some.sampled_from(["programs", "programs * 20", "received('FLOOD') + received('DRY')"]),
    )


def _plain() -> some.SearchStrategy[str]:
    program = some.sampled_from(["FLOOD", "DRY", "NONE"])
    states = some.sampled_from(["", ", 'paused'", ", 'paused', 'exited'", ", 'enrolled'"])
    day = some.sampled_from(["days_ago(10)", "days_ago(100)", "DATE('2026-11-19')"])
    dated = some.sampled_from(["last_received_on", "last_payment_on", "visited_on('survey')"])
    metres = some.sampled_from(["0", "33000", "60000", "120000"])
    return some.one_of(
        some.tuples(
            _number(), some.sampled_from(COMPARED), some.sampled_from(["0", "1", "20"])
        ).map(" ".join),
        some.tuples(program, states).map(lambda two: f"in_program('{two[0]}'{two[1]})"),
        program.map(lambda said: f"in_cycle('{said}', 1)"),
        some.tuples(program, some.sampled_from(["=", "<>"])).map(
            lambda two: f"program_state('{two[0]}') {two[1]} 'enrolled'"
        ),
        program.map(lambda said: f"program_state('{said}') IS NULL"),
        some.sampled_from(["helped_for('flood')", "helped_for('none')", "place_known"]),
        some.tuples(dated, some.sampled_from(["<", ">=", "<="]), day).map(" ".join),
        dated.map(lambda said: f"{said} IS NULL"),
        some.tuples(some.sampled_from(["<", "<=", ">", ">="]), metres).map(
            lambda two: f"distance_to('layer', LAYER) {two[0]} {two[1]}"
        ),
    )


def _joined() -> some.SearchStrategy[str]:
    return some.recursive(
        _plain(),
        lambda inner: some.one_of(
            some.tuples(inner, some.sampled_from(["AND", "OR"]), inner).map(
                lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
            ),
            inner.map(lambda part: f"NOT ({part})"),
        ),
        max_leaves=4,
    )


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=_joined())
def test_a_filter_means_of_programs_what_plain_python_means_by_it(
    session: Session, anybody: Actor, country: Country, written: str
) -> None:
    flood, dry = country.numbers
    text = written.replace("FLOOD", flood).replace("DRY", dry).replace("LAYER", str(country.layer))
    tree = cql2.parse_text(text).to_json()
    expected = {home.name for home in country.homes if meets(tree, home, DAY)}
    terms = widest_terms(session, DAY, actor=anybody)

    ids = matching(text, DAY, actor=anybody, terms=terms)

    meant = session.scalars(select(Registrant.name).where(Registrant.id.in_(ids)))
    assert set(meant) == expected
