"""Giving roles: what binds them, from when to when, and which exclude one another."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.door import actor_of, grants_of
from app.auth.meanings import meanings
from app.auth.models import RoleGrant, User
from app.auth.roles import GIVES, MONEY, NOT_TOGETHER, Role
from core.actor import Actor
from core.clock import today
from tests.make.geo import make_country
from tests.make.programs import make_organisation, make_program
from tests.make.users import make_user
from tests.web.conftest import Browser

Enter = Callable[..., Browser]


def _actor(session: Session, user: User) -> Actor:
    return actor_of(session, user, grants_of(session, user))


def _grants(session: Session, user: User) -> list[RoleGrant]:
    return list(session.scalars(select(RoleGrant).filter_by(user_id=user.id)))


def test_a_role_is_bound_to_an_area_by_its_name(signed_in: Enter, session: Session) -> None:
    areas = make_country(session)
    user = make_user(session)

    page = signed_in(Role.ADMINISTRATOR).act(
        f"/admin/users/{user.id}/roles", role="viewer", area=areas["X11"].name
    )

    assert [grant.area_id for grant in _grants(session, user)] == [areas["X11"].id]
    assert areas["X11"].name in page.text


def test_an_area_nobody_knows_is_refused_with_what_is_like_it(
    signed_in: Enter, session: Session
) -> None:
    make_country(session)
    user = make_user(session)

    page = signed_in(Role.ADMINISTRATOR).act(
        f"/admin/users/{user.id}/roles", role="viewer", area="Atlantis"
    )

    assert page.status_code == 422
    assert _grants(session, user) == []


def test_a_role_bound_to_an_organisation_holds_for_the_programs_it_runs(session: Session) -> None:
    program, other = make_program(session), make_program(session)
    user = make_user(session, Role.PROGRAM_MANAGER, organisation_id=program.organisation_id)
    assert _actor(session, user).program_ids == frozenset({program.id})

    other.organisation_id = program.organisation_id
    session.flush()

    assert _actor(session, user).program_ids == frozenset({program.id, other.id})


def test_one_bound_role_binds_them_all_and_bounds_add_up(session: Session) -> None:
    one, other = make_program(session), make_program(session)
    user = make_user(session, Role.VIEWER)
    for program in (one, other):
        session.add(RoleGrant(user_id=user.id, role=Role.PROGRAM_MANAGER, program_id=program.id))
    session.flush()

    assert _actor(session, user).program_ids == frozenset({one.id, other.id})


def test_who_is_bound_to_programs_administers_nothing(session: Session) -> None:
    user = make_user(session, Role.ADMINISTRATOR, program_id=make_program(session).id)

    actor = _actor(session, user)

    assert not actor.may("user:write")
    assert not actor.may("audit:read")
    assert actor.may("program:read")


def test_an_organisation_without_programs_shows_none(session: Session) -> None:
    user = make_user(session, Role.PROGRAM_MANAGER, organisation_id=make_organisation(session).id)

    assert _actor(session, user).program_ids == frozenset()


def test_pages_of_another_program_are_not_there_for_a_partner(
    signed_in: Enter, session: Session
) -> None:
    mine, other = make_program(session), make_program(session)
    partner = signed_in(Role.PROGRAM_MANAGER, program_id=mine.id)

    page = partner.get("/programs/").text

    assert mine.name in page
    assert other.name not in page
    assert partner.get(f"/programs/{other.id}").status_code == 404
    assert other.name not in partner.get(f"/search?q={other.number}").text


def test_a_role_of_tomorrow_is_listed_and_gives_nothing_yet(
    signed_in: Enter, session: Session
) -> None:
    user = make_user(session)
    days = {"starts_on": today() + timedelta(days=1), "ends_on": today() + timedelta(days=9)}

    page = signed_in(Role.ADMINISTRATOR).act(f"/admin/users/{user.id}/roles", role="viewer", **days)

    assert "tag warn" in page.text
    assert _actor(session, user).permissions == frozenset()
    [grant] = _grants(session, user)
    assert grant.given_by is not None


def test_a_role_does_not_end_before_it_begins(signed_in: Enter, session: Session) -> None:
    user = make_user(session)
    days = {"starts_on": today(), "ends_on": today() - timedelta(days=1)}

    page = signed_in(Role.ADMINISTRATOR).act(f"/admin/users/{user.id}/roles", role="viewer", **days)

    assert page.status_code == 422


def test_a_role_that_another_excludes_is_refused_with_the_reason(
    signed_in: Enter, session: Session
) -> None:
    user = make_user(session, Role.PROGRAM_MANAGER)

    page = signed_in(Role.ADMINISTRATOR).act(f"/admin/users/{user.id}/roles", role="approver")

    assert page.status_code == 409
    assert "Who prepares what is given does not sign it." in page.text
    assert [grant.role for grant in _grants(session, user)] == [Role.PROGRAM_MANAGER]


def test_one_after_the_other_they_do_not_exclude_one_another(
    signed_in: Enter, session: Session
) -> None:
    user = make_user(session, Role.PROGRAM_MANAGER, ends_on=today())
    administrator = signed_in(Role.ADMINISTRATOR)
    path = f"/admin/users/{user.id}/roles"

    same_day = administrator.act(path, role="approver", starts_on=today())
    next_day = administrator.act(path, role="approver", starts_on=today() + timedelta(days=1))

    assert (same_day.status_code, next_day.status_code) == (409, 200)


def test_nobody_is_invited_with_roles_that_exclude_one_another(
    signed_in: Enter, session: Session
) -> None:
    form = {"name": "Oto", "email": "oto@example.org", "role": ["approver", "finance"]}

    page = signed_in(Role.ADMINISTRATOR).act("/admin/users/", **form)

    assert page.status_code == 409
    assert session.scalar(select(User).filter_by(email="oto@example.org")) is None


@pytest.mark.parametrize("pair", NOT_TOGETHER)
def test_who_holds_both_from_before_moves_no_money(
    session: Session, pair: tuple[Role, Role]
) -> None:
    actor = _actor(session, make_user(session, *pair))

    assert not actor.permissions & MONEY
    assert actor.permissions == (GIVES[pair[0]] | GIVES[pair[1]]) - MONEY


def test_a_role_that_needs_a_second_factor_signs_out_who_has_none(
    signed_in: Enter, elsewhere: Browser, session: Session
) -> None:
    user = make_user(session, Role.VIEWER, email="oto@example.org")
    elsewhere.act("/sign-in", email=user.email, password="correct horse battery")
    assert elsewhere.get("/me").status_code == 200

    signed_in(Role.ADMINISTRATOR).act(f"/admin/users/{user.id}/roles", role="finance")

    assert elsewhere.get("/me").location == "/sign-in?next=/me"


def test_the_page_of_roles_has_words_for_every_permission(signed_in: Enter) -> None:
    said = {permission for room in meanings().values() for permission in room}
    assert said == set[str]().union(*GIVES.values())

    page = signed_in(Role.ADMINISTRATOR).get("/admin/users/roles").text

    assert page.count(">may<") == sum(map(len, GIVES.values()))
    assert "Who signs does not pay." in page
