"""Users and their roles, for the administrator."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.auth import people, proofs, users
from app.auth.meanings import meanings
from app.auth.roles import (
    GIVES,
    MONEY,
    NOT_TOGETHER,
    SECOND_FACTOR,
    Role,
    role_name,
    why_not_together,
)
from app.auth.users import Bounds
from app.request import actor, db
from core.errors import Invalid
from core.settings import settings
from core.words import _
from geo.queries.areas import search_areas
from programs.queries.programs import organisations, programs_listed

MOST_NAMED = 5  # areas that a name may mean


class AreaUnclear(Invalid):
    """{typed} is not one area; write the P-code. Like it are: {found}."""


bp = Blueprint("users", __name__, url_prefix="/admin/users")


@bp.get("/")
def index() -> str:
    listed = people.users_page(db(), actor=actor())
    choices = {"roles": _roles(), "organisations": _organisations()}
    return render_template("users/index.html", users=listed, **choices)


@bp.get("/roles")
def roles() -> str:
    people.users_page(db(), actor=actor())
    return render_template(
        "users/roles.html",
        gives=GIVES,
        meanings=meanings(),
        money=MONEY,
        second_factor=[role for role in Role if role in SECOND_FACTOR],
        pairs=[(*pair, why_not_together(pair)) for pair in NOT_TOGETHER],
        minutes=settings().confirm_minutes,
    )


@bp.post("/")
def invite() -> Response:
    form = request.form
    invited = users.invite(
        db(),
        form["name"],
        form["email"],
        roles=[Role(role) for role in form.getlist("role")],
        actor=actor(),
        organisation_id=form.get("organisation", type=int),
    )
    flash(_("{name} was made. Hand over the link below; it works once.", name=form["name"]))
    return _with_link(invited)


@bp.get("/<int:user_id>")
def show(user_id: int) -> str:
    page = people.user_page(db(), user_id, actor=actor())
    choices = {
        "roles": _roles(),
        "organisations": _organisations(),
        "programs": _programs(),
    }
    access = people.access_of(db(), page.user, actor=actor())
    given = {"page": page, "access": access, "link": _link_of(user_id)}
    return render_template("users/show.html", **given, **choices)


@bp.post("/<int:user_id>/link")
def link(user_id: int) -> Response:
    return _with_link(users.renew_link(db(), user_id, actor=actor()))


@bp.post("/<int:user_id>/organisation")
def employ(user_id: int) -> Response:
    users.employ(db(), user_id, request.form.get("organisation", type=int), actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/roles")
def give_role(user_id: int) -> Response:
    form = request.form
    bounds = Bounds(
        area_id=_area(form.get("area", "")),
        organisation_id=form.get("organisation_id", type=int),
        program_id=form.get("program_id", type=int),
        starts_on=_day(form.get("starts_on", "")),
        ends_on=_day(form.get("ends_on", "")),
    )
    users.give_role(db(), user_id, Role(form["role"]), bounds, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/roles/<int:grant_id>/end")
def end_role(user_id: int, grant_id: int) -> Response:
    users.end_role(db(), grant_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/out")
def keep_out(user_id: int) -> Response:
    users.keep_out(db(), user_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/back")
def let_back(user_id: int) -> Response:
    users.let_back(db(), user_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/unlock")
def unlock(user_id: int) -> Response:
    users.unlock(db(), user_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/second-factor/reset")
def reset_second_factor(user_id: int) -> Response:
    proofs.reset_second_factor(db(), user_id, actor=actor())
    flash(_("The second factor was taken away; a new one is set up at the next sign-in."))
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/sign-ins/<int:sign_in_id>/end")
def end_sign_in(user_id: int, sign_in_id: int) -> Response:
    users.sign_out(db(), user_id, sign_in_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/<int:user_id>/sign-ins/end")
def end_sign_ins(user_id: int) -> Response:
    users.sign_out_everywhere(db(), user_id, actor=actor())
    return redirect(url_for(".show", user_id=user_id), 303)


def _with_link(invited: users.Invited) -> Response:
    """On to the page of the user, which shows the link once; no address ever holds it."""
    cookie["link"] = [invited.user_id, invited.token]
    return redirect(url_for(".show", user_id=invited.user_id), 303)


def _link_of(user_id: int) -> str:
    """The link just made for a user; the second look finds none."""
    made_for, token = cookie.pop("link", (None, ""))
    return url_for("sign_in.welcome", token=token, _external=True) if made_for == user_id else ""


def _area(typed: str) -> int | None:
    """The area somebody wrote the P-code of, or a name that only one bears.

    Raises:
        AreaUnclear
    """
    wanted = typed.strip()
    if not wanted:
        return None
    found = search_areas(db(), wanted, actor(), MOST_NAMED)
    meant = wanted.casefold()
    same = [area for area in found if meant in (area.pcode.casefold(), area.name.casefold())]
    if len(same) == 1:
        return same[0].id
    named = ", ".join(f"{area.name} ({area.pcode})" for area in found) or _("none")
    raise AreaUnclear(typed=wanted, found=named)


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _organisations() -> list[tuple[str | int, str]]:
    return [("", _("none")), *organisations(db())]


def _programs() -> list[tuple[str | int, str]]:
    listed = programs_listed(db(), actor=actor())
    return [("", _("every program")), *((each.id, each.name) for each in listed)]


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role_name(role)) for role in Role]
