"""Making and editing users: the link that is shown once, and whom they work for."""

import re
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.roles import Role
from tests.make.programs import make_organisation
from tests.web.conftest import Browser

SignIn = Callable[..., Browser]
LINK = re.compile(r'class="link">[^<]*/welcome/([^<]+)<')


def test_a_one_time_link_is_shown_once_and_never_in_an_address(signed_in: SignIn) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)

    made = administrator.act(
        "/admin/users/", follow=False, name="Oto Velin", email="oto@example.org"
    )
    page = administrator.get(made.location)
    again = administrator.get(made.location)

    link = LINK.search(page.text)
    assert link is not None
    assert link[1] not in made.location
    assert LINK.search(again.text) is None
    assert administrator.get(f"/welcome/{link[1]}").status_code == 200


def test_a_link_is_not_shown_on_the_page_of_somebody_else(
    signed_in: SignIn, session: Session
) -> None:
    administrator = signed_in(Role.ADMINISTRATOR)
    me = session.scalars(select(User.id)).one()

    administrator.act("/admin/users/", follow=False, name="Oto Velin", email="oto@example.org")

    assert LINK.search(administrator.get(f"/admin/users/{me}").text) is None


def test_a_user_works_for_an_organisation_from_the_start(
    signed_in: SignIn, session: Session
) -> None:
    ministry = make_organisation(session)
    administrator = signed_in(Role.ADMINISTRATOR)

    form = {"name": "Oto Velin", "email": "oto@example.org", "organisation": ministry.id}
    administrator.act("/admin/users/", **form)

    oto = session.scalars(select(User).filter_by(email="oto@example.org")).one()
    assert oto.organisation_id == ministry.id
    assert ministry.name in administrator.get("/admin/users/").text


def test_a_user_changes_to_another_organisation_or_to_none(
    signed_in: SignIn, session: Session
) -> None:
    ministry = make_organisation(session)
    administrator = signed_in(Role.ADMINISTRATOR)
    me = session.scalars(select(User)).one()

    administrator.act(f"/admin/users/{me.id}/organisation", organisation=ministry.id)
    session.refresh(me)
    assert me.organisation_id == ministry.id

    administrator.act(f"/admin/users/{me.id}/organisation", organisation="")
    session.refresh(me)
    assert me.organisation_id is None
