"""Which terms of filters each role is offered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.roles import GIVES, Role, role_name
from app.request import actor, db
from core.clock import today
from core.errors import NotFound
from core.words import _
from programs.queries.queryables import widest_terms
from registry.permissions import May
from registry.queries.terms import withheld_from
from registry.services.terms import withhold

bp = Blueprint("terms", __name__, url_prefix="/admin/terms")


class RoleUnknown(NotFound):
    """There is no role that asks by filters of this name."""


@bp.get("/")
def index() -> str:
    actor().require(May.WITHHOLD_TERMS)
    role = _role(request.args.get("role", "") or _asking()[0])
    return render_template(
        "terms/index.html",
        role=role,
        roles={each: role_name(each) for each in _asking()},
        terms=_terms(role),
        withheld=withheld_from(db(), {role}),
    )


@bp.post("/")
def offer() -> Response:
    """The terms that are ticked are offered to the role, the others withheld from it."""
    role = _role(request.form["role"])
    offered = {*request.form.getlist("offered")}
    withhold(db(), role, {*_terms(role)} - offered, actor=actor())
    flash(_("The terms of {role} are kept.", role=role_name(role)))
    return redirect(url_for(".index", role=role), 303)


def _terms(role: Role) -> dict[str, str]:
    """The terms a role may ask for, by what they mean."""
    known = widest_terms(db(), today(), actor=actor())
    mine = {
        name: term.label
        for name, term in known.items()
        if term.permission is None or term.permission in GIVES[role]
    }
    return dict(sorted(mine.items()))


def _asking() -> list[Role]:
    """The roles that may count households."""
    return [role for role in Role if May.COUNT_REGISTRANTS in GIVES[role]]


def _role(said: str) -> Role:
    if said not in _asking():
        raise RoleUnknown
    return Role(said)
