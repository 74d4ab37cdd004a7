"""Payment plans: which provider pays what of a cycle, in which batches, and who is left out."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, confirmed, db
from core.words import _, counted
from geo.queries.areas import area_by_pcode
from programs.models.payments import PaymentState, Unpayable
from programs.queries.payment_pages import payments_of
from programs.services.payment_plans import Wanted, plan_payments

bp = Blueprint("payment_plans", __name__, url_prefix="/payments/cycles")


@bp.get("/<int:cycle_id>")
def show(cycle_id: int) -> str:
    found = payments_of(db(), cycle_id, actor=actor())
    fsps = [(fsp.id, fsp.name) for fsp in found.fsps]
    return render_template("payment_plans/show.html", at=found, fsps=fsps)


@bp.post("/<int:cycle_id>")
@confirmed
def make(cycle_id: int) -> Response:
    form = request.form
    pcode = form.get("pcode", "").strip()
    within = area_by_pcode(db(), pcode).id if pcode else None
    wanted = Wanted(form.get("fsp_id", 0, type=int), within, "by_area" in form)
    plan = plan_payments(db(), cycle_id, wanted, actor=actor())
    flash(counted("{count} order was made.", "{count} orders were made.", plan.orders))
    return redirect(url_for(".show", cycle_id=cycle_id), 303)


@bp.app_template_filter("unpayable_said")
def unpayable_said(reason: Unpayable) -> str:
    """Why something is not paid."""
    return {
        Unpayable.INACTIVE: _("No longer in the registry"),
        Unpayable.DECLINED: _("Do not agree to receive help"),
        Unpayable.NOT_SHARED: _("Do not agree that others are told of them"),
        Unpayable.PAUSED: _("Paused in the program, or left it"),
        Unpayable.NO_ACCOUNT: _("No account, wallet or telephone number to pay to"),
        Unpayable.BAD_ACCOUNT: _("The account or telephone number is none"),
        Unpayable.OVER_LIMIT: _("More than the provider pays at once"),
    }[reason]


@bp.app_template_filter("payment_state")
def payment_state(state: PaymentState) -> tuple[str, str]:
    """What the state of an order is called, and the kind of its tag."""
    return {
        PaymentState.ISSUED: (_("waits to be sent"), ""),
        PaymentState.SENDING: (_("being sent"), "accent"),
        PaymentState.SENT: (_("with the provider"), "accent"),
        PaymentState.PAID: (_("paid"), "ok"),
        PaymentState.PARTLY_PAID: (_("partly paid"), "warn"),
        PaymentState.FAILED: (_("failed"), "bad"),
        PaymentState.IN_DOUBT: (_("in doubt"), "warn"),
        PaymentState.RECONCILED: (_("reconciled"), "ok"),
        PaymentState.REVERSED: (_("came back"), "bad"),
    }[state]
