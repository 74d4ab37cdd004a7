"""Programs: what they are for, what they give, and the money they give it from."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.request import actor, asks, confirmed, db
from app.web.kept_filters import kept_filters
from core.clock import today
from core.cql import both
from core.money import amount_of, said
from core.words import _
from programs.models.programs import Delivery
from programs.permissions import May
from programs.queries.programs import organisations, program_page, programs_listed, purposes
from programs.queries.queryables import terms_listed, widest_terms
from programs.services import funds, programs
from programs.services.programs import Gift, Plan
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
    return render_template("programs/new.html", plan=None, **_choices())


@bp.post("/")
def create() -> Response:
    program = programs.create_program(db(), _plan(request.form), _gift(request.form), actor=actor())
    flash(_("{name} was made and is number {number}.", name=program.name, number=program.number))
    return redirect(url_for(".show", program_id=program.id), 303)


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


@bp.post("/<int:program_id>/benefits")
def add_benefit(program_id: int) -> Response:
    gift = programs.add_benefit(db(), program_id, _gift(request.form), actor=actor())
    flash(_("The program now gives {name} too.", name=gift.name))
    return redirect(url_for(".show", program_id=program_id), 303)


@bp.post("/<int:program_id>/benefits/<int:benefit_id>")
def change_benefit(program_id: int, benefit_id: int) -> Response:
    programs.change_benefit(db(), benefit_id, _gift(request.form), actor=actor())
    flash(_("What is given was changed; amounts of draft cycles have to be prepared again."))
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
    funds.deposit(db(), program_id, amount, reference, actor=actor())
    flash(_("The money was posted to the fund."))
    return redirect(url_for(".show", program_id=program_id), 303)


def _choices() -> dict[str, Any]:
    """What the forms of a program let one choose from."""
    return {
        "organisations": organisations(db()),
        "purposes": purposes(db()),
        "deliveries": [(way.value, delivery_name(way)) for way in Delivery],
        "terms": terms_listed(db(), actor=actor()),
        "kept_filters": kept_filters(),
    }


@bp.app_template_filter("plain")
def plain(amount: Decimal) -> str:
    """An amount as a form's field holds it: digits and a point, no blanks, no trailing zeros."""
    return format(amount.normalize(), "f")


@bp.app_template_filter("delivery_name")
def delivery_name(way: Delivery) -> str:
    """How a way of reaching people is called."""
    return {
        Delivery.CASH: _("cash at a counter"),
        Delivery.BANK: _("bank account"),
        Delivery.MOBILE: _("mobile money"),
        Delivery.VOUCHER: _("voucher card"),
    }[way]


def _plan(form: MultiDict[str, str]) -> Plan:
    return Plan(
        name=form["name"],
        purpose=form["purpose"],
        organisation_id=int(form["organisation_id"]),
        currency=form["currency"].strip().upper(),
        eligibility=_eligibility(form),
        signers_needed=int(form["signers_needed"]),
    )


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


def _gift(form: MultiDict[str, str]) -> Gift:
    return Gift(
        name=form["benefit"],
        delivery=Delivery(form["delivery"]),
        base=amount_of(form["base"] or "0"),
        per_member=amount_of(form["per_member"] or "0"),
        minimum=_optional(form["minimum"]),
        cap=_optional(form["cap"]),
    )


def _optional(typed: str) -> Decimal | None:
    return amount_of(typed) if typed.strip() else None
