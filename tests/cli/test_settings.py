"""What holds for the country is told and decided on the command line too."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.cli.settings import NoValueNamed, settings
from app.deciding.by_name import ValueUnknown, ValueUnreadable
from app.deciding.profile import ZoneUnknown
from core.audit import AuditEntry
from core.country import FIRST, country
from core.db import transaction
from core.errors import Forbidden
from tests.make.users import make_user

AMAL, MIRA = "amal@example.org", "mira@example.org"


@pytest.fixture(autouse=True)
def people(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.settings.connect", lambda _url: None)  # the test's own database
    make_user(session, Role.ADMINISTRATOR, email=AMAL)
    make_user(session, Role.VIEWER, email=MIRA)


def run(*words: str, who: str = AMAL) -> Result:
    return CliRunner().invoke(settings, [*words, "--as", who], standalone_mode=False)


def test_values_of_several_sections_are_decided_together() -> None:
    done = run("set", "name=Karsa", "timezone=Africa/Nairobi", "currencies=KES,USD", "currency=KES")
    again = run("set", "fewest=11", "ask_purpose=exports")

    assert done.output.split() == ["currencies", "currency", "name", "timezone"]
    assert again.output.split() == ["ask_purpose", "fewest"]
    told = run("list").output.splitlines()
    for line in ("timezone=Africa/Nairobi", "currencies=KES,USD", "fewest=11", "old_from=60"):
        assert line in told
    with transaction() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == "country"))
        assert sorted(acts) == ["settings.currencies", "settings.figures", "settings.profile"]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("weather=fine",), ValueUnknown),
        (("fewest=few",), ValueUnreadable),
        (("fewest",), NoValueNamed),
        (("fewest=11", "name=Karsa", "timezone=Nairobi"), ZoneUnknown),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_decided(
    words: tuple[str, ...], refusal: type[Exception]
) -> None:
    assert isinstance(run("set", *words).exception, refusal)
    with transaction() as session:
        session.execute(select(1))
        assert (country().fewest, country().name) == (FIRST.fewest, "")


def test_who_does_not_decide_is_refused() -> None:
    assert isinstance(run("set", "fewest=11", who=MIRA).exception, Forbidden)
    assert isinstance(run("list", who=MIRA).exception, Forbidden)
