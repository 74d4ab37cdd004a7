"""Money in another currency, from its posting to what it is worth."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.clock import today
from programs.queries.funds import balance
from tests.make.programs import make_program
from tests.web.conftest import Browser


def test_money_in_another_currency_counts_from_its_rate_on(
    session: Session, signed_in: Callable[..., Browser]
) -> None:
    program = make_program(session, fund=100)
    finance = signed_in(Role.FINANCE)
    posted = {"amount": "2.50", "currency": "usd", "reference": "Donor 4"}

    page = finance.act(f"/programs/{program.id}/deposits", **posted).text
    assert "What one USD is worth in KES is not written yet" in page
    rate = {"of": "USD", "into": "kes", "rate": "129.5", "on_day": today().isoformat()}
    written = finance.act("/exchange-rates/", **rate).text
    assert "129.5" in written
    assert "Lena Marr" in written

    assert "what is free is worth KES 323.75" in finance.get(f"/programs/{program.id}").text
    assert str(balance(session, program.id).free) == "423.7500"
    for wrong in ({"rate": "1,3"}, {"on_day": "someday"}, {"rate": "0"}):
        assert finance.act("/exchange-rates/", **rate | wrong).status_code == 422
    assert signed_in(Role.PROGRAM_MANAGER).act("/exchange-rates/", **rate).status_code == 403
