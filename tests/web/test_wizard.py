"""Making a program in steps: from a template, with what it would come to beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.roles import Role
from app.web.program_starts import templates
from programs.models.approvals import ApprovalTier
from programs.models.programs import Program, Target
from programs.models.recurrences import Recurrence
from programs.queries.funds import balance
from tests.make.persons import make_five
from tests.make.programs import make_family, make_organisation, make_program
from tests.web.conftest import Browser

SignedIn = Callable[..., Browser]


def _form(session: Session) -> dict[str, Any]:
    return {
        "name": "Child grant 2027",
        "purpose": "child grant",
        "organisation_id": make_organisation(session).id,
        "currency": "kes",
        "eligibility": "people >= 2",
        "benefit": "Child grant",
        "delivery": "bank",
        "amount-0": "25",
        "times-0": "people",
        "fee": "1",
        "every": "MONTHLY",
        "interval": "2",
        "rounds": "6",
        "first_day": "2027-01-01",
        "signers_needed": "1",
        "tier-from-0": "10 000",
        "tier-signers-0": "2",
        "tier-role-0": "senior_approver",
        "tier-from-1": "",
        "tier-signers-1": "",
    }


@pytest.mark.parametrize("template", ["emergency", "top_up", "child", "pension", "food"])
def test_a_template_fills_in_all_but_the_amounts(
    session: Session, signed_in: SignedIn, template: str
) -> None:
    make_organisation(session)
    begun = templates()[template]

    page = signed_in(Role.PROGRAM_MANAGER).get(f"/programs/new?template={template}").text

    assert f'name="purpose" type="text" value="{begun.purpose}"' in page
    assert f'name="benefit" type="text" value="{begun.gift.name}"' in page
    for item in begun.gift.items:
        assert item.times is None or f'<option value="{item.times}" selected>' in page


def test_what_a_program_would_come_to_stands_beside_its_form(
    session: Session, signed_in: SignedIn
) -> None:
    for size in (1, 2, 4):
        make_family(session, size)
    manager = signed_in(Role.PROGRAM_MANAGER)

    told = manager.act("/programs/foreseen", **_form(session)).text

    assert "KES 152" in told  # 50 and 100 for two households, and two of fees
    assert "KES 75" in told
    for unsaid in ("amount-0", "currency"):
        not_yet = manager.act("/programs/foreseen", **_form(session) | {unsaid: ""}).text
        assert "Once a currency and an amount are written" in not_yet
    unread = manager.act("/programs/foreseen", **_form(session) | {"amount-0": "income"})
    assert unread.status_code == 422


def test_a_program_is_kept_as_its_steps_say(session: Session, signed_in: SignedIn) -> None:
    manager = signed_in(Role.PROGRAM_MANAGER)

    page = manager.act("/programs/", **_form(session)).text

    program = session.scalars(select(Program)).one()
    recurrence = session.get_one(Recurrence, program.id)
    assert recurrence.rule == "FREQ=MONTHLY;INTERVAL=2;COUNT=6"
    assert f"{recurrence.starts_on}" == "2027-01-01"
    tiers = select(ApprovalTier.from_amount, ApprovalTier.signers, ApprovalTier.role)
    assert [tuple(row) for row in session.execute(tiers)] == [(10_000, 2, "senior_approver")]
    assert "The next cycle begins on 1 Jan 2027" in page
    assert "From KES 10,000 on 2 signatures more" in page
    again = manager.get(f"/programs/{program.id}/change").text
    assert '<option value="senior_approver" selected>' in again
    form = {name: value for name, value in _form(session).items() if name != "organisation_id"}
    form |= {"organisation_id": program.organisation_id, "every": "", "currency": "KES"}
    manager.act(f"/programs/{program.id}", **form)
    session.refresh(recurrence)
    assert recurrence.rule  # is changed on a page of its own
    another = form | {"name": "Another", "first_day": "x"}
    assert manager.act("/programs/", **another).status_code == 422


def test_a_program_like_another_is_looked_at_before_it_is_opened(
    session: Session, signed_in: SignedIn
) -> None:
    like = make_program(session)

    page = signed_in(Role.PROGRAM_MANAGER).act(f"/programs/{like.id}/duplicate", name="Again").text

    assert "Again was made and is number PROG-" in page
    assert "Change the program" in page


def _for_people(session: Session, **given: Any) -> dict[str, Any]:
    """The form of a program that gives 25 to each person of sixty or over."""
    form = _form(session) | {"target": "individual", "eligibility": "age >= 60", "fee": ""}
    return form | {"times-0": "", **given}


def test_a_program_for_people_is_begun_looked_at_and_kept(
    session: Session, signed_in: SignedIn
) -> None:
    make_five(session)
    manager = signed_in(Role.PROGRAM_MANAGER)
    form = _for_people(session)

    begun = manager.get("/programs/new?template=pension").text
    told = manager.act("/programs/foreseen", **form).text
    meant = manager.act("/programs/rule", **form).text
    page = manager.act("/programs/", **form).text

    assert 'name="target" value="individual"' in begun
    assert "age &gt;= 60" in begun
    assert "People it means today" in told
    assert "KES 75" in told
    assert "<b>3</b> of 5 registered people meet this today" in meant
    assert session.scalars(select(Program)).one().target is Target.INDIVIDUAL
    assert "for people" in page
    assert "for each person" in page


def test_each_template_can_be_begun_for_households_and_for_people(
    session: Session, signed_in: SignedIn
) -> None:
    make_organisation(session)
    manager = signed_in(Role.PROGRAM_MANAGER)

    for code in templates():
        for target in Target:
            page = manager.get(f"/programs/new?template={code}&target={target}").text
            assert f'name="target" value="{target}"' in page
            assert ("children under five" in page) is (target is Target.INDIVIDUAL)


def test_a_program_serves_purposes_that_are_ticked_and_new_ones(
    session: Session, signed_in: SignedIn
) -> None:
    make_program(session, purpose="winter")
    manager = signed_in(Role.PROGRAM_MANAGER)
    form = _form(session) | {"purposes": ["winter"], "purpose": "child grant; food ; winter"}

    page = manager.act("/programs/", **form).text

    made = session.scalars(select(Program).where(Program.name == form["name"])).one()
    assert made.purposes == ["winter", "child grant", "food"]
    assert "for the purposes" in page
    again = manager.get(f"/programs/{made.id}/change").text
    assert again.count('name="purposes" value="') == 3
    listed = manager.get("/programs/").text
    assert "winter, child grant, food" in listed


def test_the_first_money_is_announced_with_the_program_and_posted_by_finance(
    session: Session, signed_in: SignedIn
) -> None:
    make_family(session, 2)
    manager = signed_in(Role.PROGRAM_MANAGER)
    form = _form(session) | {"deposit": "500", "reference": "Letter 9"}

    told = manager.act("/programs/foreseen", **form).text
    assert "The first money covers one cycle; KES 449 stays free." in told  # 50, and a fee of 1
    short = manager.act("/programs/foreseen", **form | {"deposit": "20.50"}).text
    assert "Of one cycle the first money lacks KES 30.50." in short
    unrated = manager.act("/programs/foreseen", **form | {"deposit_currency": "EUR"}).text
    assert "it covers nothing" in unrated
    for wrong in ({"reference": " "}, {"deposit": "0"}, {"deposit_currency": "XYZ"}):
        assert manager.act("/programs/", **form | wrong).status_code == 422
    assert session.scalars(select(Program)).all() == []

    page = manager.act("/programs/", **form).text

    program = session.scalars(select(Program)).one()
    assert "Announced and not posted yet: KES 500, Letter 9." in page
    assert balance(session, program.id).free == 0
    manager.act("/sign-out")
    finance = signed_in(Role.FINANCE)
    asked = finance.get(f"/programs/{program.id}").text
    assert 'name="amount" type="text" value="500"' in asked
    assert 'name="reference" type="text" value="Letter 9"' in asked
    posted = {"amount": "500", "currency": "KES", "reference": "Letter 9"}
    page = finance.act(f"/programs/{program.id}/deposits", **posted).text
    assert balance(session, program.id).free == 500
    assert "Announced and not posted yet" not in page
