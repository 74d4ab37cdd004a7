"""The pages of rules: how long records are kept, and what identifiers look like."""

from collections.abc import Callable
from datetime import date

from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from programs.services.registrants import exit_registry
from registry.models.identifier_types import IdentifierType
from registry.models.retention import Does, RetentionRule, RuleState, What
from registry.services.retention import write
from tests.make.programs import DARA
from tests.make.registry import make_consent, make_document, make_household, make_person
from tests.web.conftest import Browser


def test_a_rule_is_written_by_one_and_started_by_another(
    session: Session, signed_in: Callable[..., Browser]
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    page = administrator.act("/admin/retention/", what="visits", after_months="36", does="delete")
    assert "Somebody else starts it." in page.text
    own = session.scalars(select(RetentionRule)).one()
    assert administrator.act(f"/admin/retention/{own.id}/start").status_code == 403

    other = write(session, What.EXITED, 24, Does.ANONYMISE, actor=DARA)
    assert "kept to" in administrator.act(f"/admin/retention/{other.id}/start").text
    kept = select(RetentionRule.state).where(RetentionRule.id == other.id)
    assert session.scalar(kept) is RuleState.ACTIVE
    administrator.act(f"/admin/retention/{other.id}/end")
    assert session.scalar(kept) is RuleState.ENDED


def test_a_rule_shows_whom_it_would_touch_and_what_goes_with_them(
    session: Session, signed_in: Callable[..., Browser]
) -> None:
    gone, stays = make_household(session, name="Gone Doro"), make_household(session, name="Stays")
    person = make_person(session, gone)
    make_consent(session, gone)
    make_document(session, person)
    exit_registry(session, gone.number, "They moved away", actor=DARA)
    gone.exited_on = date(2001, 2, 3)
    rule = write(session, What.EXITED, 24, Does.ERASE, actor=DARA)

    page = signed_in(Role.ADMINISTRATOR).get(f"/admin/retention/{rule.id}")
    told = " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())
    assert "1 record goes today" in told
    assert "What goes with them Consent 1" in told  # the paper is of a member, who stays
    assert f"{gone.number} Gone Doro household" in told
    assert stays.number not in page.text
    assert signed_in(Role.REGISTRAR).get(f"/admin/retention/{rule.id}").status_code == 403


def test_a_kind_of_identifier_gets_its_rule(
    session: Session, signed_in: Callable[..., Browser]
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    said = {"pattern": "[0-9]{9}", "example": "123456789", "months_valid": "120"}

    page = administrator.act("/admin/identifiers/passport", **said).text

    assert 'value="[0-9]{9}"' in page
    rule = session.scalars(select(IdentifierType)).one()
    assert (rule.code, rule.months_valid, rule.registrant_kind) == ("passport", 120, None)
    wrong = {**said, "example": "A"}
    assert administrator.act("/admin/identifiers/passport", **wrong).status_code == 422
