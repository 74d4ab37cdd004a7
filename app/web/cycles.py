"""Cycles: from a kept list to help handed over, step by step."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.auth.people import named_who_may
from app.looks import look_at, look_through
from app.request import actor, asks, confirmed, db
from app.web.list_maps import map_of_list
from app.web.steps import steps_of
from app.web.targets import called
from core import jobs
from core.clock import month_said, today
from core.errors import Invalid
from core.money import said
from core.storage import stream_of
from core.words import _, bare, counted, figure_said
from programs.jobs.vouchers import print_cards
from programs.models.cycles import Cycle
from programs.models.memberships import LeftOut
from programs.models.payments import PaymentState
from programs.models.programs import Program
from programs.permissions import May
from programs.queries.approvals import hands_on, signers_of
from programs.queries.closing import open_ends, orders_of
from programs.queries.cycles import choices, preview
from programs.queries.double_cover import drafted_elsewhere, programs_said
from programs.queries.eligibility import Round, round_asked, round_of
from programs.queries.following import family_of
from programs.queries.funds import balance
from programs.queries.members import members_page
from programs.queries.standing import Standing, file_made, standing_of
from programs.services import approvals, cycles, entitlements, payments, vouchers
from programs.services.cycles import Start
from registry.queries.rosters import answers_kept, takes_probable

bp = Blueprint("cycles", __name__, url_prefix="/cycles")


class DayUnreadable(Invalid):
    """That is not a day of the calendar; choose one."""


@bp.get("/new")
def new() -> str:
    wanted = request.args
    roster_id = wanted.get("roster", type=int)
    return render_template(
        "cycles/new.html",
        choices=choices(db(), actor=actor()),
        program_id=wanted.get("program", type=int),
        roster_id=roster_id,
        with_probable=takes_probable(db(), roster_id, actor=actor()),
        name=bare(month_said(today())),
        starts_on=today(),
    )


@bp.post("/preview")
@asks
def look_ahead() -> str:
    """What the cycle on the form would be: a fragment, written nowhere."""
    return _previewed(_asked())


@bp.post("/")
def start() -> Response:
    asked = _asked()
    given = Start(asked.roster_id, request.form["name"], asked.starts_on, asked.with_probable)
    if request.form.get("then") != "amounts":
        return _back(cycles.start_cycle(db(), asked.program_id, given, actor=actor()).id)
    begun = cycles.start_with_amounts(db(), asked.program_id, given, actor=actor())
    tell_enrolled(begun.enrolled, asked.program_id)
    return _back(begun.cycle_id)


@bp.get("/<int:cycle_id>")
def show(cycle_id: int) -> str:
    at = standing_of(db(), cycle_id, actor=actor())
    return render_template(
        "cycles/show.html",
        at=at,
        steps=steps_of(at),
        answers=answers_kept(at.roster),
        map_settings=map_of_list(db(), at.roster, actor=actor()),
        signers=_signers_left(at),
        today=today(),
        job=request.args.get("job", type=int),
        **_around(at),
    )


@bp.get("/<int:cycle_id>/preview")
def look_again(cycle_id: int) -> str:
    """What enrolling now would come to: a fragment of the cycle's page."""
    at = standing_of(db(), cycle_id, actor=actor())
    return _previewed(round_of(db(), at.cycle))


@bp.get("/<int:cycle_id>/households")
def households(cycle_id: int) -> str:
    why = request.args.get("reason", "")
    reason = LeftOut(why) if why in set(LeftOut) else None
    after = request.args.get("after")
    page = members_page(db(), cycle_id, actor=actor(), reason=reason, after=after)
    look_at(row.registrant_id for row in page.rows)
    at = standing_of(db(), cycle_id, actor=actor())
    return render_template("cycles/households.html", at=at, page=page, reason=reason)


@bp.post("/<int:cycle_id>/members")
def enrol(cycle_id: int) -> Response:
    done = cycles.enrol(db(), cycle_id, actor=actor())
    tell_enrolled(done, db().get_one(Cycle, cycle_id).program_id)
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/amounts")
def prepare(cycle_id: int) -> Response:
    done = entitlements.prepare_entitlements(db(), cycle_id, actor=actor())
    given = done.entitlements
    flash(counted("{count} amount was prepared.", "{count} amounts were prepared.", given))
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/approvals")
def ask(cycle_id: int) -> Response:
    approvals.ask_approval(db(), cycle_id, actor=actor())
    flash(_("The cycle waits for its signatures; until then nobody can change it."))
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/payments")
@confirmed
def pay(cycle_id: int) -> Response:
    batch = payments.make_payments(db(), cycle_id, actor=actor())
    flash(counted("{count} order was made.", "{count} orders were made.", batch.orders))
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/vouchers")
@confirmed
def issue(cycle_id: int) -> Response:
    until = _day(request.form["expires_on"])
    issued = vouchers.issue_vouchers(db(), cycle_id, until, actor=actor())
    flash(counted("{count} voucher was issued.", "{count} vouchers were issued.", issued.vouchers))
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/cards")
@confirmed
def print_sheets(cycle_id: int) -> Response:
    actor().require(May.ISSUE_VOUCHERS)
    cycle = standing_of(db(), cycle_id, actor=actor()).cycle
    job = jobs.defer(db(), print_cards, actor=actor(), about=cycle, cycle_id=cycle_id)
    return redirect(url_for(".show", cycle_id=cycle_id, job=job), 303)


@bp.get("/<int:cycle_id>/files/<sha256>")
@confirmed
def file(cycle_id: int, sha256: str) -> Response:
    made = file_made(db(), cycle_id, sha256, actor=actor())
    look_through(db().get_one(Cycle, cycle_id))
    return send_file(stream_of(sha256), as_attachment=True, download_name=made.name)


@bp.post("/<int:cycle_id>/cancel")
def cancel(cycle_id: int) -> Response:
    cycles.cancel_cycle(db(), cycle_id, request.form["reason"], actor=actor())
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/reopen")
def reopen(cycle_id: int) -> Response:
    cycles.reopen_cycle(db(), cycle_id, request.form["reason"], actor=actor())
    return _back(cycle_id)


@bp.post("/<int:cycle_id>/end")
def end(cycle_id: int) -> Response:
    freed = cycles.end_cycle(db(), cycle_id, actor=actor())
    currency = standing_of(db(), cycle_id, actor=actor()).program.currency
    flash(_("The cycle has ended; {freed} is free again.", freed=said(freed, currency)))
    return _back(cycle_id)


def _asked() -> Round:
    form = request.form
    return round_asked(
        db(),
        form.get("program_id", 0, type=int),
        form.get("roster_id", 0, type=int),
        _day(form["starts_on"]),
        with_probable="with_probable" in form,
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise DayUnreadable from None


def _previewed(asked: Round) -> str:
    found, fund = preview(db(), asked, actor=actor()), balance(db(), asked.program_id)
    who = called(db().get_one(Program, asked.program_id).target)
    return render_template(
        "cycles/_preview.html", preview=found, free=fund.free, currency=fund.currency, who=who
    )


def _signers_left(at: Standing) -> list[str]:
    """Who could sign next: the approvers who neither prepared it nor signed it."""
    done = signers_of(db(), at.approval.id) if at.approval else []
    return named_who_may(db(), May.APPROVE, but=hands_on(db(), at.cycle) | set(done))


def _around(at: Standing) -> dict[str, Any]:
    """What is open of a cycle, what comes before and after it, and who else drafts for its list."""
    drafts = drafted_elsewhere(db(), at.cycle)
    preparing = actor().may(May.PREPARE_CYCLES)
    open_programs = choices(db(), actor=actor()).programs if preparing else []
    return {
        "ends": open_ends(db(), at.cycle),
        "orders": orders_of(db(), at.cycle, listed=True).get(PaymentState.ISSUED, 0),
        "family": family_of(db(), at.cycle, actor=actor()),
        "drafts": drafts,
        "drafting": programs_said(db(), drafts, actor=actor()),
        "toppers": [each for each in open_programs if each[0] != at.program.id],
    }


def tell_enrolled(done: cycles.Enrolled, program_id: int) -> None:
    who = called(db().get_one(Program, program_id).target)
    flash(who["were_enrolled"](done.asked, enrolled=figure_said(done.households)))


def _back(cycle_id: int) -> Response:
    return redirect(url_for(".show", cycle_id=cycle_id), 303)
