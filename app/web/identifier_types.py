"""What identifiers of each kind look like, and for how long they are good."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from core.words import _
from registry.models.identifier_types import CheckDigit
from registry.models.registrants import RegistrantKind
from registry.permissions import May
from registry.queries.identifiers import rules
from registry.queries.vocabularies import labels
from registry.services.identifier_types import Rule, set_rule

bp = Blueprint("identifier_types", __name__, url_prefix="/admin/identifiers")


@bp.get("/")
def index() -> str:
    actor().require(May.WRITE_VOCABULARIES)
    kinds = dict(labels(db()).get("id_type", {}))
    return render_template("identifier_types/index.html", kinds=kinds, rules=rules(db()))


@bp.post("/<code>")
def change(code: str) -> Response:
    form = request.form
    rule = Rule(
        pattern=form.get("pattern", "").strip() or None,
        example=form.get("example", "").strip() or None,
        check_digit=form.get("check_digit", CheckDigit.NONE, type=CheckDigit),
        registrant_kind=form.get("registrant_kind", None, type=RegistrantKind),
        months_valid=form.get("months_valid", None, type=int),
    )
    set_rule(db(), code, rule, actor=actor())
    flash(_("Identifiers of this kind are looked at by this rule from now on."))
    return redirect(url_for(".index"), 303)
