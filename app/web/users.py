"""Users and their roles, for the administrator."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from app.auth import people, proofs, users
from app.auth.roles import GIVES, Role, role_name
from app.request import actor, db
from core.words import _
from geo.queries.areas import area_by_pcode
from programs.queries.programs import organisations

bp = Blueprint("users", __name__, url_prefix="/admin/users")


@bp.get("/")
def index() -> str:
    listed = people.users_page(db(), actor=actor())
    choices = {"roles": _roles(), "organisations": _organisations()}
    return render_template("users/index.html", users=listed, **choices)


@bp.get("/roles")
def roles() -> str:
    people.users_page(db(), actor=actor())
    return render_template("users/roles.html", gives=GIVES, permissions=_permissions())


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
    choices = {"roles": _roles(), "organisations": _organisations()}
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
    pcode = request.form.get("pcode", "").strip()
    area_id = area_by_pcode(db(), pcode).id if pcode else None
    users.give_role(db(), user_id, Role(request.form["role"]), area_id, actor=actor())
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


def _organisations() -> list[tuple[str | int, str]]:
    return [("", _("none")), *organisations(db())]


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role_name(role)) for role in Role]


def _permissions() -> list[str]:
    return sorted(frozenset().union(*GIVES.values()))
