"""The page to sign names who entered and left since it was last asked for."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.auth.roles import Role
from programs.models.approvals import ApprovalLine
from tests.make.programs import make_asked_again, make_family, make_program
from tests.web.test_programs import SignedIn


def test_the_page_to_sign_names_them_and_leads_to_all_of_them(
    session: Session, signed_in: SignedIn
) -> None:
    homes = [make_family(session, 1) for _ in range(12)]
    again = make_asked_again(session, make_program(session), *homes)
    session.execute(update(ApprovalLine).values(amount=1))  # all differ
    approver = signed_in(Role.APPROVER)

    page = approver.get(f"/approvals/{again.id}").text

    assert "12 are due another amount" in page
    shown = [home.number for home in homes if home.number in page]
    assert len(shown) == 10
    assert f"/approvals/{again.id}/differences" in page
    whole = approver.get(f"/approvals/{again.id}/differences").text
    assert all(home.number in whole for home in homes)
