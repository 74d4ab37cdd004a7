"""The pages of what programs give: amounts are written, tried on a household, and kept."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from core.audit import Look
from programs.models.approvals import Approval
from programs.models.entitlements import Entitlement
from programs.models.programs import Counting, Rounding
from programs.queries.gifts import gifts_of
from tests.make.programs import make_family, make_gift, make_prepared, make_program
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]
FORM: dict[str, Any] = {
    "benefit": "School kit",
    "delivery": "mobile",
    "currency": "KES",
    "amount-0": "2 400",
    "amount-1": "300 + 10 * people",
    "times-1": "people",
    "when-1": "people >= 2",
    "most-1": "900",
    "amount-2": " ",
    "counting": "all",
    "minimum": "",
    "cap": "3500",
    "round_to": "100",
    "rounding": "down",
    "fee": "15",
    "fee_percent": "",
    "valid_days": "30",
}


def test_what_is_written_is_given_and_stands_in_the_form_again(
    session: Session, signed_in: SignedIn
) -> None:
    program = make_program(session)
    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "Amount 4" in manager.get(f"/programs/{program.id}/benefits/new").text

    page = manager.act(f"/programs/{program.id}/benefits", **FORM).text

    assert "The program now gives School kit too." in page
    assert "in whole numbers of KES 100" in page
    key, gift = list(gifts_of(session, program.id).items())[1]
    assert [item.said for item in gift.items] == [
        "2400",
        "300 + 10 * people * people <= 900 IF people >= 2",
    ]
    said = (gift.counting, gift.rounding, gift.round_to, gift.fee, gift.valid_days)
    assert said == (Counting.ALL, Rounding.DOWN, Decimal(100), Decimal(15), 30)
    form = manager.get(f"/programs/{program.id}/benefits/{key}").text
    assert 'value="300 + 10 * people"' in form
    assert 'value="people &gt;= 2"' in form
    assert "2,400" not in manager.get(f"/programs/{program.id}/benefits/0").text


def test_amounts_are_tried_on_one_household_line_by_line(
    session: Session, signed_in: SignedIn
) -> None:
    home = make_family(session, 3)
    manager = signed_in(Role.PROGRAM_MANAGER)

    told = manager.act("/programs/try", **FORM, household=home.number).text

    # 2,400 and 3 x 330, which is cut to 900: 3,300 in hundreds
    assert "330 times 3" in told
    assert "KES 900" in told
    assert "KES 3,300" in told
    looks = select(Look.registrant_ids).where(Look.what == "benefits.try_out")
    assert session.scalars(looks).all() == [[home.id]]
    unknown = manager.act("/programs/try", **FORM | {"amount-1": "income * 3"}, household="x")
    assert unknown.status_code == 422


def test_changed_amounts_replace_those_before(session: Session, signed_in: SignedIn) -> None:
    program = make_program(session, make_gift(valid_days=9))
    key = next(iter(gifts_of(session, program.id)))
    form = {"benefit": "Cash", "delivery": "cash", "amount-0": "70"}

    signed_in(Role.PROGRAM_MANAGER).act(f"/programs/{program.id}/benefits/{key}", **form)

    gift = gifts_of(session, program.id)[key]
    assert ([item.expression for item in gift.items], gift.valid_days) == (["70"], None)


def test_an_amount_changed_by_hand_is_shown_to_who_signs(
    session: Session, signed_in: SignedIn
) -> None:
    cycle = make_prepared(session, make_program(session), make_family(session, 3))
    ern = session.scalars(select(Entitlement.ern)).one()
    form = {"ern": ern, "amount": "95", "reason": "The twins were born since."}
    manager = signed_in(Role.PROGRAM_MANAGER)
    assert "Change one amount by hand" in manager.get(f"/cycles/{cycle.id}").text

    page = manager.act(f"/cycles/{cycle.id}/adjustments", **form).text

    assert "from 70 to 95: The twins were born since." in page
    manager.act(f"/cycles/{cycle.id}/approvals")
    approval = session.scalars(select(Approval.id)).one()
    asked = signed_in(Role.APPROVER).get(f"/approvals/{approval}").text
    assert "from 70 to 95: The twins were born since." in asked
