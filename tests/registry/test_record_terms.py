"""Filters that ask of papers, answers, visits, places, open matters and hazards by name."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.cql import Sourced, Term, TermNotYours, WrongKind
from geo.models.areas import Area
from geo.models.events import Event, Layer, LayerKind
from geo.models.locations import Location, LocationSource
from geo.models.releases import Release, ReleaseState
from geo.queries.clauses import ThresholdBeyondFloor
from geo.queries.latest import NoReleaseOf, NothingPublished, latest_releases, releases_asked
from geo.queries.selections import Question
from registry.models.accounts import Account, AccountKind, AccountState
from registry.models.changes import ChangeLine, ChangeRequest, ChangeState
from registry.models.consents import ConsentState
from registry.models.contacts import Contact, ContactKind
from registry.models.filters import Subject
from registry.models.registrants import Registrant
from registry.models.rosters import Roster
from registry.models.visits import Visit
from registry.permissions import May
from registry.queries.queryables import household_terms
from registry.queries.subjects import matching, person_terms
from registry.services.rosters import keep_list
from tests.make.duplicates import make_pair
from tests.make.exposure import make_due, make_exposure
from tests.make.geo import make_event, make_release
from tests.make.registry import (
    make_consent,
    make_document,
    make_household,
    make_identifier,
    make_location,
    make_person,
)

DAY = date(2026, 11, 20)
READER = Actor(
    id=5,
    name="Rosa",
    permissions=frozenset({May.COUNT_REGISTRANTS, May.READ_REGISTRANTS}),
    national=True,
)


@pytest.fixture
def homes(session: Session, areas: dict[str, Area]) -> dict[str, Registrant]:
    """Amina by GPS, measured on 1 November; Boro by its settlement; Cora by its area only; Dela
    nowhere. What is known of each is in the functions below."""
    measured = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)  # 1 November where clocks are ahead
    gps = make_location(session, 0.5, 0.5, area_id=areas["X11"].id, taken_at=measured)
    town = {"source": LocationSource.SETTLEMENT, "accuracy_m": 900.0, "area_id": areas["X12"].id}
    settled = make_location(session, 1.5, 0.5, **town)
    vague: Any = {"source": LocationSource.AREA, "accuracy_m": None, "area_id": areas["X21"].id}
    by_area = make_location(session, None, None, **vague)  # type: ignore[arg-type]
    stands = {"Amina": gps, "Boro": settled, "Cora": by_area, "Dela": None}
    made = {name: make_household(session, at, name=name) for name, at in stands.items()}
    _papers(session, made)
    _answers(session, made)
    _open_matters(session, made)
    return made


def _papers(session: Session, homes: dict[str, Registrant]) -> None:
    """Amina has two letters that hold, Boro one that is over, Cora one that was removed."""
    amina, boro, cora, dela = homes.values()
    make_document(session, amina)
    make_document(session, amina).expires_on = DAY
    make_document(session, boro).expires_on = date(2026, 11, 19)
    make_document(session, cora).sha256 = None
    make_identifier(session, amina, "A-1")
    make_identifier(session, boro, "B-1").expires_on = date(2026, 11, 19)
    mail = Contact(registrant_id=dela.id, kind=ContactKind.EMAIL, value="dela@example.org")
    phone = Contact(registrant_id=cora.id, kind=ContactKind.PHONE, value="+254700000001")
    session.add_all([mail, phone])
    for home, state in ((boro, AccountState.VALID), (dela, AccountState.CLOSED)):
        said = {"kind": AccountKind.WALLET, "value": f"07{home.id:08}", "state": state}
        session.add(Account(registrant_id=home.id, **said))
    session.flush()


def _answers(session: Session, homes: dict[str, Registrant]) -> None:
    """To sharing Amina said no and then yes, Boro took a yes back, Cora's is over, Dela was never
    asked. Amina was seen on 1 November and before, Boro at a visit that no longer holds."""
    amina, boro, cora, _dela = homes.values()
    make_consent(session, amina, purpose="sharing", state=ConsentState.REFUSED)
    make_consent(session, amina, purpose="sharing")
    make_consent(session, boro, purpose="sharing", state=ConsentState.WITHDRAWN)
    make_consent(session, cora, purpose="sharing", until=date(2026, 11, 19))
    for home, day, until in (
        (amina, date(2026, 11, 1), None),
        (amina, date(2026, 5, 1), None),
        (boro, date(2026, 11, 15), date(2026, 11, 19)),
        (cora, date(2025, 1, 1), DAY),
    ):
        said = {"kind": "survey", "on_day": day, "valid_until": until, "visited_by": 1}
        session.add(Visit(registrant_id=home.id, **said))
    session.flush()


def _open_matters(session: Session, homes: dict[str, Registrant]) -> None:
    """A request waits about Amina, of which a line takes from Boro; one about Cora is a draft."""
    amina, boro, cora, dela = homes.values()
    waits = ChangeRequest(
        kind="transfer_member", state=ChangeState.LOCAL, registrant_id=amina.id, area_id=None
    )
    draft = ChangeRequest(kind="edit_group", state=ChangeState.DRAFT, registrant_id=cora.id)
    session.add_all([waits, draft])
    session.flush()
    for place, of in enumerate((amina, boro)):
        line = {"edit": "leave", "registrant_id": of.id, "about": "x", "place": place}
        session.add(ChangeLine(request_id=waits.id, **line))
    make_pair(session, amina, boro)
    make_pair(session, amina, dela)
    make_pair(session, cora, dela, state="not_duplicate")


def _meant(session: Session, written: str, actor: Actor) -> set[str]:
    terms = household_terms(DAY, latest=lambda: latest_releases(session))
    ids = matching(written, DAY, actor=actor, terms=terms)
    return set(session.scalars(select(Registrant.name).where(Registrant.id.in_(ids))))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("documents = 2", {"Amina"}),
        ("documents = 0", {"Boro", "Cora", "Dela"}),
        ("has_document('letter')", {"Amina"}),
        ("has_document('picture')", set()),
        ("has_identifier('national_id')", {"Amina"}),
        ("NOT has_identifier('national_id')", {"Boro", "Cora", "Dela"}),
        ("has_phone", {"Cora"}),
        ("has_account", {"Boro"}),
        ("consent('sharing') = 'given'", {"Amina"}),
        ("consent('sharing') = 'withdrawn'", {"Boro"}),
        ("consent('sharing') = 'over'", {"Cora"}),
        ("consent('sharing') IS NULL", {"Dela"}),
        ("NOT consent('sharing') = 'given'", {"Boro", "Cora"}),  # of Dela nobody knows
        ("visited_on('survey') = DATE('2026-11-01')", {"Amina"}),
        ("visited_on('survey') >= days_ago(19)", {"Amina"}),
        ("visited_on('survey') >= days_ago(18)", set()),
        ("visited_on('survey') < days_ago(365)", {"Cora"}),
        ("visited_on('survey') IS NULL", {"Boro", "Dela"}),
        ("visited_on('visit') IS NOT NULL", set()),
        ("place_known", {"Amina", "Boro"}),
        ("NOT place_known", {"Cora", "Dela"}),
        ("place_source = 'settlement'", {"Boro"}),
        ("place_source IN ('area', 'gps')", {"Amina", "Cora"}),
        ("place_source IS NULL", {"Dela"}),
        ("place_accuracy <= 500", {"Amina"}),
        ("place_accuracy IS NULL", {"Cora", "Dela"}),
        ("place_taken_on > days_ago(30)", {"Amina"}),
        ("changes_open = 1", {"Amina", "Boro"}),
        ("changes_open = 0", {"Cora", "Dela"}),
        ("duplicates_open = 2", {"Amina"}),
        ("duplicates_open = 1", {"Boro", "Dela"}),
        ("duplicates_open = 0", {"Cora"}),
        ("days_ago(0) = DATE('2026-11-20')", {"Amina", "Boro", "Cora", "Dela"}),
    ],
)
def test_a_filter_asks_what_is_kept_of_a_household(
    session: Session, anybody: Actor, homes: dict[str, Registrant], written: str, meant: set[str]
) -> None:
    assert _meant(session, written, anybody) == meant


def test_what_a_household_said_holds_for_its_members_and_a_no_comes_first(
    session: Session, anybody: Actor, homes: dict[str, Registrant]
) -> None:
    for home, said in (("Amina", ConsentState.REFUSED), ("Boro", ConsentState.GIVEN)):
        person = make_person(session, homes[home], name=f"{home} Doro")
        make_consent(session, person, purpose="sharing", state=said)
    make_person(session, homes["Cora"], name="Cora Doro")
    terms = person_terms(DAY)

    told = {
        said: set(
            session.scalars(
                select(Registrant.name).where(
                    Registrant.id.in_(
                        matching(
                            f"consent('sharing') = '{said}'",
                            DAY,
                            actor=anybody,
                            terms=terms,
                            subject=Subject.PEOPLE,
                        )
                    )
                )
            )
        )
        for said in ("refused", "withdrawn", "over", "given")
    }

    assert told == {
        "refused": {"Amina Doro"},
        "withdrawn": {"Boro Doro"},
        "over": {"Cora Doro"},
        "given": set(),
    }


@pytest.mark.parametrize("written", ["documents > 0", "has_account", "duplicates_open > 0"])
def test_what_needs_a_right_of_its_own_is_not_asked_without_it(
    session: Session, homes: dict[str, Registrant], written: str
) -> None:
    assert _meant(session, "has_phone AND changes_open = 0", READER) == {"Cora"}
    with pytest.raises(TermNotYours, match="Your role may not use"):
        _meant(session, written, READER)


def test_no_day_lies_before_all_days(session: Session, anybody: Actor) -> None:
    with pytest.raises(WrongKind, match="is no day"):
        _meant(session, "registered_on > days_ago(900000)", anybody)


@pytest.fixture
def water(session: Session, homes: dict[str, Registrant]) -> Event:
    """The depth of a flood, twice: at first Amina was dry, by the second release she stands in
    0.7 m; Boro was never asked. A third release was withdrawn."""
    flood = make_event(session, "Flood of the Oru")
    said = {"kind": LayerKind.RASTER, "measure": "Water depth", "unit": "m"}
    layer = Layer(event_id=flood.id, name="Depth", **said)
    session.add(layer)
    session.flush()
    of: dict[str, Any] = {"event": flood, "layer_id": layer.id, "floor": 0.1, "unit": "m"}
    first = make_release(session, number=1, state=ReleaseState.SUPERSEDED, **of)
    second = make_release(session, number=2, **of)
    third = make_release(session, number=3, state=ReleaseState.WITHDRAWN, **of)
    for release, depth in ((first, 0.2), (second, 0.7), (third, 0.2)):
        _floods(session, release, homes, depth)
    return flood


def _floods(session: Session, release: Release, homes: dict[str, Registrant], depth: float) -> None:
    places = {home.name: session.get_one(Location, home.location_id) for home in _stood(homes)}
    make_exposure(session, release, {places["Amina"]: depth})
    make_due(session, release, places["Boro"])


def _stood(homes: dict[str, Registrant]) -> list[Registrant]:
    return [homes["Amina"], homes["Boro"]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("exposed('Flood of the Oru', 'Depth', 0.5)", {"Amina"}),
        ("exposed('Flood of the Oru', 'Depth')", {"Amina"}),
        ("exposed('Flood of the Oru', 'Depth', 0.8)", set()),
        ("NOT exposed('Flood of the Oru', 'Depth', 0.8)", {"Amina"}),  # nobody knows of Boro
        ("exposed('Flood of the Oru', 'Depth', 0.8) IS NULL", {"Boro", "Cora", "Dela"}),
    ],
)
def test_the_latest_release_of_an_event_is_asked_by_name(
    session: Session, anybody: Actor, water: Event, written: str, meant: set[str]
) -> None:
    assert _meant(session, written, anybody) == meant


def test_a_list_keeps_which_releases_its_condition_asked(
    session: Session, anybody: Actor, water: Event
) -> None:
    condition = (
        "NOT (exposed('Flood of the Oru', 'Depth', 0.5) AND plot_share(7) > 0)"
        " OR hazard_status(8, 1) = 'in' OR distance_to('release', 9) < 5 OR people > 12"
    )
    assert releases_asked(condition) == ({7, 8, 9}, {("Flood of the Oru", "Depth")})
    asked = session.scalars(select(Release).filter_by(event_id=water.id, number=2)).one()

    def words(on: date) -> Any:
        return household_terms(on, latest=lambda: latest_releases(session))

    exposed = "exposed('Flood of the Oru', 'Depth')"
    kept = keep_list(
        session, Question(), "In the water", actor=anybody, condition=exposed, words=words
    )
    plain = keep_list(session, Question(), "All", actor=anybody)

    definition = session.get_one(Roster, kept.roster_id).definition or {}
    assert definition["condition"] == exposed
    assert definition["condition_releases"] == [asked.original_sha256]
    assert "condition_releases" not in (session.get_one(Roster, plain.roster_id).definition or {})


def test_what_no_release_can_say_is_refused(session: Session, anybody: Actor, water: Event) -> None:
    with pytest.raises(NoReleaseOf, match="there are 'Flood of the Oru', 'Depth'"):
        _meant(session, "exposed('Flood of the Oru', 'Dept')", anybody)
    with pytest.raises(ThresholdBeyondFloor, match=r"beyond 0.1 m were not kept"):
        _meant(session, "exposed('Flood of the Oru', 'Depth', 0.05)", anybody)
    with pytest.raises(NothingPublished):
        matching("exposed('Flood of the Oru', 'Depth')", DAY, actor=anybody)


@pytest.mark.parametrize("subject", [*Subject])
def test_each_is_meant_once_whatever_is_asked(
    session: Session, homes: dict[str, Registrant], anybody: Actor, subject: Subject
) -> None:
    """Who was found is joined, not asked by IN: whoever stood there twice would be counted twice.
    Amina has two letters that hold, and more of other things."""
    people = subject is Subject.PEOPLE
    terms = person_terms(DAY) if people else household_terms(DAY)
    of = "individual" if people else "group"
    alive = select(Registrant.id).where(Registrant.kind == of, Registrant.state == "active")
    everybody = sorted(session.scalars(alive))
    named = [name for name, term in terms.items() if isinstance(term, Term | Sourced)]
    asked = [f"({name} IS NULL OR {name} IS NOT NULL)" for name in named]
    asked += [f"({each} = TRUE OR NOT {each} = TRUE)" for each in ("has_document('letter')",)]
    asked += [f"{each} AND people >= 0" for each in asked] if not people else []

    for written in ("", *asked, " AND ".join(asked[:20])):
        meant = matching(written, DAY, actor=anybody, terms=terms, subject=subject)
        assert sorted(session.scalars(meant)) == everybody, written
        among = matching(written, DAY, actor=anybody, terms=terms, subject=subject, of=alive)
        assert sorted(session.scalars(among)) == everybody, written
    assert len(named) > 15
