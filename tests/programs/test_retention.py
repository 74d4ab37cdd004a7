"""Rules of keeping: two persons, figures first, and figures by area that stay as they were."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.actor import PLATFORM, Actor
from core.audit import AuditEntry
from core.errors import Forbidden, Refusal
from core.proofs import verify
from core.seals import seal
from core.storage import path_of
from geo.models.areas import Area
from programs.jobs.retention import keep_to_rules
from programs.models.cycles import Cycle
from programs.models.entitlements import Entitlement
from programs.queries.retention import RuleShown, rules_shown, rules_to_keep
from programs.services.closing import confirm_paid
from programs.services.cycles import end_cycle
from programs.services.payments import make_payments
from programs.services.registrants import erase, exit_registry
from registry.models.accounts import Account, AccountKind
from registry.models.consents import Consent
from registry.models.contacts import Contact, ContactKind
from registry.models.documents import Document
from registry.models.registrants import Identifier, Individual, Registrant, RegistrantState
from registry.models.relationships import Relationship
from registry.models.retention import Does, RetentionRule, RuleState, What
from registry.models.tags import RegistrantTag
from registry.models.visits import Visit, VisitAnswer
from registry.services.retention import (
    CannotBeDone,
    MonthsImpossible,
    NotADraft,
    NotKeptTo,
    StartedByWriter,
    end,
    start,
    write,
)
from tests.make.geo import make_country
from tests.make.jobs import Silent
from tests.make.programs import (
    DARA,
    FINN,
    LENA,
    make_approved,
    make_family,
    make_program,
)
from tests.make.registry import (
    make_consent,
    make_document,
    make_household,
    make_identifier,
    make_location,
    make_person,
)

LONG_AGO = date(2001, 2, 3)
BESIDE = (
    *(Consent, Visit, VisitAnswer, Identifier, Contact, Account, RegistrantTag, Document),
    Relationship,
)


@pytest.fixture
def areas(session: Session) -> dict[str, Area]:
    return make_country(session)


def make_all_beside(session: Session, person: Registrant, other: Registrant) -> Document:
    """One of everything that may be written down beside a record, all of it MARKED."""
    make_identifier(session, person, "MARKED-1")
    make_consent(session, person, how="MARKED", because="MARKED")
    document = make_document(session, person)
    of = {"registrant_id": person.id}
    visit = Visit(kind="visit", on_day=LONG_AGO, visited_by=1, note="MARKED", **of)
    session.add_all(
        [
            visit,
            Contact(kind=ContactKind.OTHER, value="MARKED", **of),
            Account(kind=AccountKind.BANK, value="MARKED", holder="MARKED", **of),
            RegistrantTag(tag="displaced", **of),
            Relationship(from_id=person.id, to_id=other.id, kind="guardian"),
        ]
    )
    session.flush()
    session.add(VisitAnswer(visit_id=visit.id, field="occupation", text="MARKED", **of))
    session.flush()
    return document


def make_rule(session: Session, what: What, does: Does, months: int = 24) -> RetentionRule:
    """A rule Dara wrote and Lena started."""
    rule = write(session, what, months, does, actor=DARA)
    return start(session, rule.id, actor=LENA)


def shown(session: Session) -> RuleShown:
    (found,) = rules_shown(session, actor=DARA)
    return found


def exited(session: Session, home: Registrant, on: date = LONG_AGO) -> Registrant:
    exit_registry(session, home.number, "They moved away", actor=DARA)
    home.exited_on = on
    session.flush()
    return home


def test_nothing_beside_an_erased_record_is_left(session: Session, areas: dict[str, Area]) -> None:
    person, other = make_person(session, name="Rana Ode"), make_person(session)
    document = make_all_beside(session, person, other)
    file = path_of(str(document.sha256))

    erase(session, person.number, "They asked to be forgotten", actor=DARA)

    left = {t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in BESIDE}
    assert left == dict.fromkeys(left, 0)
    assert not file.exists()


def test_who_left_long_ago_is_erased_by_a_rule_that_tells_its_figures_first(
    session: Session, areas: dict[str, Area]
) -> None:
    gone = exited(session, make_family(session, 2))
    recent = exited(session, make_family(session, 1), datetime.now(UTC).date())
    stays = make_family(session, 3)
    make_rule(session, What.EXITED, Does.ERASE)
    assert (shown(session).rows, shown(session).people) == (1, 1)
    seal(session)

    assert keep_to_rules(session, actor=PLATFORM, progress=Silent()) == {"rows": 1}
    seal(session)

    assert (gone.state, gone.name) == (RegistrantState.ERASED, gone.number)
    assert {recent.state, stays.state} == {RegistrantState.EXITED, RegistrantState.ACTIVE}
    assert shown(session).rows == 0
    assert rules_to_keep(session) == []
    assert verify(session).breaks == []
    kept = session.scalars(select(AuditEntry).filter_by(action="retention.keep")).one()
    assert (kept.actor_name, kept.figures["rows"]) == ("Highground", 1)


def test_who_is_made_anonymous_keeps_sex_year_and_area_and_figures_stay(
    session: Session, areas: dict[str, Area]
) -> None:
    place = make_location(session, 0.5, 1.0, area_id=areas["X11"].id)
    home = make_household(session, place, name="Household of Rana")
    person = make_person(
        session, home, relation="head", name="Rana Ode", birth_date=date(1984, 11, 23)
    )
    make_all_beside(session, person, home)
    cycle = make_approved(session, make_program(session), home)
    make_payments(session, cycle.id, actor=FINN)
    confirm_paid(session, cycle.id, "Letter 7", actor=FINN)
    end_cycle(session, cycle.id, actor=DARA)
    by_area = select(Entitlement.area_id, func.sum(Entitlement.amount)).group_by(
        Entitlement.area_id
    )
    before = session.execute(by_area).all()
    for each in (person, home):
        exited(session, each)
    make_rule(session, What.EXITED, Does.ANONYMISE)

    assert keep_to_rules(session, actor=PLATFORM, progress=Silent()) == {"rows": 2}

    said = session.get_one(Individual, person.id)
    assert (said.sex, said.birth_date, said.birth_date_exact) == ("female", date(1984, 7, 1), False)
    assert (person.name, person.area_id, person.location_id) == (
        person.number,
        areas["X11"].id,
        None,
    )
    assert person.state is RegistrantState.EXITED
    assert home.name == home.number
    assert session.execute(by_area).all() == before
    assert [int(row[1]) for row in before] == [50]  # 40 and 10 for one person
    assert session.scalars(select(Cycle.state)).all() == ["ended"]
    assert session.scalar(select(func.count()).select_from(Identifier)) == 0


def test_who_is_still_served_stays(session: Session, areas: dict[str, Area]) -> None:
    home = exited(session, make_family(session, 2))
    home.state = RegistrantState.ACTIVE
    session.flush()
    make_approved(session, make_program(session), home)
    home.state = RegistrantState.EXITED
    session.flush()
    make_rule(session, What.EXITED, Does.ERASE)

    assert shown(session).rows == 0
    assert keep_to_rules(session, actor=PLATFORM, progress=Silent()) == {"rows": 0}
    assert home.state is RegistrantState.EXITED


def test_papers_and_visits_go_when_their_time_is_over(
    session: Session, areas: dict[str, Area]
) -> None:
    person, other = make_person(session), make_person(session)
    old, fresh = make_document(session, person), make_document(session, other)
    old.expires_on, old.sha256 = LONG_AGO, old.sha256
    fresh.expires_on = date(2999, 1, 1)
    session.add(Visit(registrant_id=person.id, kind="visit", on_day=LONG_AGO, visited_by=1))
    lasting = {"on_day": LONG_AGO, "valid_until": date(2999, 1, 1), "visited_by": 1}
    session.add(Visit(registrant_id=person.id, kind="survey", **lasting))
    session.flush()
    make_rule(session, What.DOCUMENTS, Does.DELETE)
    make_rule(session, What.VISITS, Does.DELETE)

    assert keep_to_rules(session, actor=PLATFORM, progress=Silent()) == {"rows": 2}
    session.expire_all()

    assert (old.sha256, fresh.sha256 is None) == (None, False)
    assert path_of(str(fresh.sha256)).exists()  # the same file is another's too
    assert session.scalars(select(Visit.kind)).all() == ["survey"]


def test_a_thousand_cost_no_more_statements_than_ten(
    session: Session, areas: dict[str, Area], statements: list[str]
) -> None:
    def cost(people: int) -> int:
        for _ in range(people):
            person = make_person(session)
            person.state, person.exited_on = RegistrantState.EXITED, LONG_AGO
        session.flush()
        rule = session.scalars(select(RetentionRule)).one()
        rule.kept_on = None
        session.flush()
        before = len(statements)
        assert keep_to_rules(session, actor=PLATFORM, progress=Silent()) == {"rows": people}
        return len(statements) - before

    make_rule(session, What.EXITED, Does.ERASE)
    cost(2)
    assert cost(40) <= cost(2)


def test_one_person_writes_a_rule_and_another_starts_it(session: Session) -> None:
    rule = write(session, What.VISITS, 12, Does.DELETE, actor=DARA)
    assert rules_to_keep(session) == []

    with pytest.raises(StartedByWriter):
        start(session, rule.id, actor=DARA)
    start(session, rule.id, actor=LENA)
    assert rule.state is RuleState.ACTIVE
    with pytest.raises(NotADraft):
        start(session, rule.id, actor=LENA)
    end(session, rule.id, actor=DARA)
    with pytest.raises(NotKeptTo):
        end(session, rule.id, actor=DARA)


@pytest.mark.parametrize(
    ("what", "months", "does", "fault"),
    [
        (What.EXITED, 0, Does.ERASE, MonthsImpossible),
        (What.EXITED, 1201, Does.ERASE, MonthsImpossible),
        (What.EXITED, 12, Does.DELETE, CannotBeDone),
        (What.VISITS, 12, Does.ANONYMISE, CannotBeDone),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(
    session: Session, what: What, months: int, does: Does, fault: type[Refusal]
) -> None:
    with pytest.raises(fault):
        write(session, what, months, does, actor=DARA)


def test_a_registrar_writes_no_rules(session: Session, visitor: Actor) -> None:
    with pytest.raises(Forbidden):
        write(session, What.VISITS, 12, Does.DELETE, actor=visitor)
