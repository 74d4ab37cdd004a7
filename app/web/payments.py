"""Payment orders: lists as files, batches on their way to a provider, and what is in doubt."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, confirmed, db
from core import jobs
from core.settings import settings
from core.words import counted
from programs.jobs.payments import write_payment_list
from programs.jobs.sending import ask_provider, send_batch
from programs.permissions import May
from programs.queries.payment_pages import batch_page, doubts, payment_page
from programs.queries.payments import batch_of
from programs.services.order_files import CSV, XLSX, hand_out, take_report
from programs.services.payments import Exported, export_csv
from programs.services.sending import Line, line_of, retry_failed, say_handed

bp = Blueprint("payments", __name__, url_prefix="/payments")

AT_ONCE = 50_000  # orders written while somebody waits
LONGEST_REPORT = 20_000_000  # bytes


@bp.get("/in-doubt")
def in_doubt() -> str:
    return render_template("payments/in_doubt.html", doubts=doubts(db(), actor=actor()))


@bp.get("/batches/<int:batch_id>")
def batch(batch_id: int) -> str:
    after = request.args.get("after", type=int)
    page = batch_page(db(), batch_id, actor=actor(), after=after)
    job = request.args.get("job", type=int)
    minutes = int(settings().ask_after_minutes)
    return render_template("payments/batch.html", at=page, job=job, asks_after=minutes)


@bp.get("/orders/<reference>")
def order(reference: str) -> str:
    page = payment_page(db(), reference, actor=actor())
    look_at([page.payment.registrant_id])
    return render_template("payments/order.html", at=page)


@bp.post("/batches/<int:batch_id>/send")
@confirmed
def send(batch_id: int) -> Response:
    actor().require(May.MAKE_PAYMENTS)
    line = line_of(db(), batch_id, actor=actor())
    return _followed(line, send_batch)


@bp.post("/batches/<int:batch_id>/ask")
@confirmed
def ask(batch_id: int) -> Response:
    actor().require(May.MAKE_PAYMENTS)
    line = line_of(db(), batch_id, actor=actor())
    return _followed(line, ask_provider)


@bp.post("/batches/<int:batch_id>/retry")
@confirmed
def retry(batch_id: int) -> Response:
    again = retry_failed(db(), batch_id, actor=actor())
    flash(counted("{count} order can be sent anew.", "{count} orders can be sent anew.", again))
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.post("/batches/<int:batch_id>/file")
@confirmed
def file(batch_id: int) -> Response:
    kind = XLSX if request.form.get("kind") == XLSX else CSV
    return _to_file(batch_id, hand_out(db(), batch_id, kind, actor=actor()))


@bp.post("/batches/<int:batch_id>/report")
@confirmed
def report(batch_id: int) -> Response:
    sent = request.files["file"].stream.read(LONGEST_REPORT)
    orders = take_report(db(), batch_id, sent, actor=actor())
    flash(counted("{count} order was settled.", "{count} orders were settled.", orders))
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.post("/batches/<int:batch_id>/handed")
@confirmed
def handed(batch_id: int) -> Response:
    came = request.form.get("came") == "yes"
    orders = say_handed(db(), batch_id, came=came, actor=actor())
    flash(counted("{count} order was settled.", "{count} orders were settled.", orders))
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.post("/<int:batch_id>/csv")
@confirmed
def csv(batch_id: int) -> Response:
    """The list at once; a long one is written by a worker, and followed."""
    actor().require(May.EXPORT_PAYMENTS)
    batch, _cycle, _program = batch_of(db(), batch_id, actor=actor())
    if batch.orders > AT_ONCE:
        return _put_off(batch_id, CSV)
    return _to_file(batch_id, export_csv(db(), batch_id, actor=actor()))


@bp.post("/<int:batch_id>/workbook")
@confirmed
def workbook(batch_id: int) -> Response:
    actor().require(May.EXPORT_PAYMENTS)
    return _put_off(batch_id, XLSX)


def _followed(line: Line, work: Callable[..., Any]) -> Response:
    """Put work on a batch off, once however often it is asked for, and follow it."""
    key, once = line.batch.id, f"batch-{line.batch.id}"
    job = jobs.defer(db(), work, actor=actor(), about=line.batch, dedupe=once, batch_id=key)
    return redirect(url_for(".batch", batch_id=key, job=job), 303)


def _put_off(batch_id: int, kind: str) -> Response:
    """Have a worker write the list, and follow it on the page of the cycle."""
    batch, cycle, _program = batch_of(db(), batch_id, actor=actor())
    job = jobs.defer(
        db(), write_payment_list, actor=actor(), about=batch, batch_id=batch_id, kind=kind
    )
    return redirect(url_for("cycles.show", cycle_id=cycle.id, job=job), 303)


def _to_file(batch_id: int, exported: Exported) -> Response:
    cycle = batch_of(db(), batch_id, actor=actor())[1]
    place = url_for("cycles.file", cycle_id=cycle.id, sha256=exported.kept.sha256)
    return redirect(place, 303)
