"""Programs: what they are for, what they give, and the money they give it from."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.request import actor, asks, confirmed, db
from app.web.benefits import gift_choices, gift_of
from app.web.kept_filters import kept_filters
from app.web.program_forms import (
    announced_of,
    currency_of,
    eligibility_of,
    plan_of,
    signing_roles,
    target_of,
)
from app.web.program_starts import templates, usual_target
from app.web.rhythms import rhythm_choices
from app.web.targets import called, target_names
from core.clock import today
from core.money import amount_of, digits_of, said
from core.words import _
from programs.models.programs import Target
from programs.permissions import May
from programs.queries.amounts import Giving
from programs.queries.foreseen import foreseen
from programs.queries.funds import worth_now
from programs.queries.programs import organisations, program_page, programs_listed, purposes
from programs.queries.queryables import terms_listed
from programs.queries.targets import WHOM
from programs.services import funds, programs
from registry.queries.filters import count_matching

bp = Blueprint("programs", __name__, url_prefix="/programs")
bp.add_app_template_filter(said, "money")
bp.add_app_template_filter(called)


@bp.get("/")
def index() -> str:
    listed = programs_listed(db(), actor=actor())
    return render_template("programs/index.html", programs=listed)


@bp.get("/new")
def new() -> str:
    actor().require(May.WRITE_PROGRAMS)
    code, wanted = request.args.get("template", ""), request.args.get("target", type=Target)
    target = wanted or usual_target(code)
    begun = templates(target).get(code)
    return render_template(
        "programs/new.html",
        begun=begun,
        code=code,
        templates=templates(wanted),
        **gift_choices(begun.gift if begun else None, WHOM[target]),
        **_choices(target),
    )


@bp.post("/")
def create() -> Response:
    form = request.form
    asked = plan_of(form), gift_of(form), announced_of(form)
    made = programs.create_program(db(), *asked, actor=actor())
    flash(_("{name} was made and is number {number}.", name=made.name, number=made.number))
    return redirect(url_for(".show", program_id=made.id), 303)


@bp.post("/foreseen")
@asks
def look_ahead() -> str:
    """What one round of the program on a form would come to today: the fragment beside it."""
    form, target = request.form, target_of(request.form)
    currency, gift = currency_of(form), gift_of(form)
    if not currency or not gift.items:
        return render_template("programs/_foreseen.html", told=None, target=target)
    digits_of(currency)
    giving = Giving({0: gift}, currency, today(), WHOM[target])
    told = foreseen(db(), eligibility_of(form), giving, actor=actor())
    fund = _fund_foreseen(form, currency)
    return render_template(
        "programs/_foreseen.html", told=told, currency=currency, target=target, fund=fund
    )


@bp.post("/<int:program_id>/duplicate")
def duplicate(program_id: int) -> Response:
    made = programs.duplicate_program(db(), program_id, request.form["name"], actor=actor())
    flash(_("{name} was made and is number {number}.", name=made.name, number=made.number))
    return redirect(url_for(".change", program_id=made.id), 303)


@bp.post("/rule")
@asks
def rule() -> str:
    """How many registered households, or people, a rule means today: the fragment beside it."""
    written, target = eligibility_of(request.form), target_of(request.form)
    words = WHOM[target].terms(db(), today(), actor=actor())
    subject = WHOM[target].subject
    counted = count_matching(db(), written, today(), actor=actor(), terms=words, subject=subject)
    return render_template("programs/_rule.html", rule=written, found=counted, target=target)


@bp.get("/<int:program_id>")
def show(program_id: int) -> str:
    page = program_page(db(), program_id, actor=actor())
    return render_template("programs/show.html", page=page)


@bp.get("/<int:program_id>/change")
def change(program_id: int) -> str:
    actor().require(May.WRITE_PROGRAMS)
    page = program_page(db(), program_id, actor=actor())
    choices = _choices(page.program.target)
    return render_template("programs/change.html", plan=page.program, page=page, **choices)


@bp.post("/<int:program_id>")
def save(program_id: int) -> Response:
    programs.change_program(db(), program_id, plan_of(request.form), actor=actor())
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


def _choices(target: Target) -> dict[str, Any]:
    """What the forms of a program let one choose from."""
    subject = WHOM[target].subject
    return {
        "target": target,
        "targets": list(target_names().items()),
        "organisations": organisations(db()),
        "purposes": purposes(db()),
        "signing_roles": signing_roles(),
        "every": rhythm_choices(),
        "terms": terms_listed(db(), actor=actor(), subject=subject),
        "kept_filters": kept_filters(subject),
    }


def _fund_foreseen(form: MultiDict[str, str], currency: str) -> dict[str, Any] | None:
    """What the first money of a fund is worth in the program's currency."""
    money = announced_of(form)
    if money is None or money.amount <= 0:
        return None
    of = money.currency or currency
    digits_of(of)
    return {"currency": of, "worth": worth_now(db(), money.amount, of, currency)}


@bp.app_template_filter("quoted")
def quoted(words: Sequence[str]) -> str:
    """Words that somebody wrote, each in quotation marks."""
    return ", ".join(f"“{each}”" for each in words)
