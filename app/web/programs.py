"""Programs: what they are for, what they give, and the money they give it from."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.auth.roles import GIVES, Role, role_name
from app.request import actor, asks, confirmed, db
from app.web.benefits import gift_choices, gift_of
from app.web.kept_filters import kept_filters
from app.web.program_starts import templates
from app.web.rhythms import rhythm_choices, rhythm_of
from core.clock import today
from core.cql import both
from core.money import amount_of, digits_of, said
from core.words import _
from programs.permissions import May
from programs.queries.approvals import Tier
from programs.queries.foreseen import foreseen
from programs.queries.programs import organisations, program_page, programs_listed, purposes
from programs.queries.queryables import terms_listed, widest_terms
from programs.services import funds, programs
from programs.services.programs import Plan
from registry.queries.filters import condition_with, count_matching

bp = Blueprint("programs", __name__, url_prefix="/programs")
bp.add_app_template_filter(said, "money")


@bp.get("/")
def index() -> str:
    listed = programs_listed(db(), actor=actor())
    return render_template("programs/index.html", programs=listed)


@bp.get("/new")
def new() -> str:
    actor().require(May.WRITE_PROGRAMS)
    begun = templates().get(request.args.get("template", ""))
    return render_template(
        "programs/new.html",
        begun=begun,
        templates=templates(),
        **gift_choices(begun.gift if begun else None),
        **_choices(),
    )


@bp.post("/")
def create() -> Response:
    program = programs.create_program(
        db(), _plan(request.form), gift_of(request.form), actor=actor()
    )
    flash(_("{name} was made and is number {number}.", name=program.name, number=program.number))
    return redirect(url_for(".show", program_id=program.id), 303)


@bp.post("/foreseen")
@asks
def look_ahead() -> str:
    """What one round of the program on a form would come to today: the fragment beside it."""
    form = request.form
    currency = form["currency"].strip().upper()
    gift = gift_of(form)
    if not currency or not gift.items:
        return render_template("programs/_foreseen.html", told=None)
    digits_of(currency)
    told = foreseen(db(), _eligibility(form), [gift], currency, today(), actor=actor())
    return render_template("programs/_foreseen.html", told=told, currency=currency)


@bp.post("/<int:program_id>/duplicate")
def duplicate(program_id: int) -> Response:
    made = programs.duplicate_program(db(), program_id, request.form["name"], actor=actor())
    flash(_("{name} was made and is number {number}.", name=made.name, number=made.number))
    return redirect(url_for(".change", program_id=made.id), 303)


@bp.post("/rule")
@asks
def rule() -> str:
    """How many registered households a rule means today: the fragment beside the rule."""
    written = _eligibility(request.form)
    words = widest_terms(db(), today(), actor=actor())
    counted = count_matching(db(), written, today(), actor=actor(), terms=words)
    return render_template("programs/_rule.html", rule=written, found=counted)


@bp.get("/<int:program_id>")
def show(program_id: int) -> str:
    page = program_page(db(), program_id, actor=actor())
    return render_template("programs/show.html", page=page, **_choices())


@bp.get("/<int:program_id>/change")
def change(program_id: int) -> str:
    actor().require(May.WRITE_PROGRAMS)
    page = program_page(db(), program_id, actor=actor())
    return render_template("programs/change.html", plan=page.program, page=page, **_choices())


@bp.post("/<int:program_id>")
def save(program_id: int) -> Response:
    programs.change_program(db(), program_id, _plan(request.form), actor=actor())
    flash(_("The program was changed."))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/<int:program_id>/open")
def activate(program_id: int) -> Response:
    programs.activate_program(db(), program_id, actor=actor())
    flash(_("The program is open: cycles can start from kept lists."))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/<int:program_id>/end")
def end(program_id: int) -> Response:
    programs.end_program(db(), program_id, actor=actor())
    flash(_("The program has ended."))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/<int:program_id>/deposits")
@confirmed
def deposit(program_id: int) -> Response:
    amount, reference = amount_of(request.form["amount"]), request.form["reference"]
    currency = request.form.get("currency", "")
    funds.deposit(db(), program_id, amount, reference, currency, actor=actor())
    flash(_("The money was posted to the fund."))
    return redirect(url_for(".show", program_id=program_id), 303)


def _choices() -> dict[str, Any]:
    """What the forms of a program let one choose from."""
    return {
        "organisations": organisations(db()),
        "purposes": purposes(db()),
        "signing_roles": _signing_roles(),
        "every": rhythm_choices(),
        "terms": terms_listed(db(), actor=actor()),
        "kept_filters": kept_filters(),
    }


def _plan(form: MultiDict[str, str]) -> Plan:
    rhythm = rhythm_of(form)
    return Plan(
        name=form["name"],
        purpose=form["purpose"],
        organisation_id=int(form["organisation_id"]),
        currency=form["currency"].strip().upper(),
        eligibility=_eligibility(form),
        signers_needed=int(form["signers_needed"]),
        tiers=[_tier(form, row) for row in _tier_rows(form)],
        rhythm=rhythm if rhythm.rule else None,
    )


def _tier_rows(form: MultiDict[str, str]) -> list[int]:
    """The numbers of the rows in which a tier says how many sign it."""
    found = (
        name.removeprefix("tier-signers-") for name in form if name.startswith("tier-signers-")
    )
    rows = (int(row) for row in found if row.isdigit())
    return sorted(row for row in rows if form[f"tier-signers-{row}"].strip())


def _tier(form: MultiDict[str, str], row: int) -> Tier:
    role = form.get(f"tier-role-{row}", "")
    return Tier(
        signers=form.get(f"tier-signers-{row}", 0, type=int),
        from_amount=amount_of(form.get(f"tier-from-{row}", "") or "0"),
        role=role if role in dict(_signing_roles()) else None,
    )


def _signing_roles() -> list[tuple[str, str]]:
    """The roles that may sign, each with its name."""
    return [(role.value, role_name(role)) for role in Role if May.APPROVE in GIVES[role]]


def _eligibility(form: MultiDict[str, str]) -> str:
    """The rule: what was ticked, kept and written, all of which has to hold."""
    ticked = form.getlist("choice")
    least = form.get("at_least", "").strip()
    if least.isdigit():
        ticked.append(f"people >= {least}")
    if pcodes := form.get("areas", "").replace(",", " ").split():
        listed = ", ".join("'{}'".format(code.replace("'", "''")) for code in pcodes)
        ticked.append(f"area_in({listed})")
    kept, typed = form.get("kept", ""), form.get("eligibility", "").strip()
    written = condition_with(db(), kept, typed, actor=actor())
    if written.startswith("{"):
        return both(" AND ".join(ticked), written)
    if written:
        ticked.append(f"({written})" if ticked else written)
    return " AND ".join(ticked)
