"""Payment lists: made into files that leave the house."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app.request import actor, confirmed, db
from core import jobs
from programs.jobs.payments import write_payment_list
from programs.permissions import May
from programs.queries.payments import batch_of
from programs.services.payments import export_csv

bp = Blueprint("payments", __name__, url_prefix="/payments")


@bp.post("/<int:batch_id>/csv")
@confirmed
def csv(batch_id: int) -> Response:
    exported = export_csv(db(), batch_id, actor=actor())
    cycle = batch_of(db(), batch_id, actor=actor())[1]
    place = url_for("cycles.file", cycle_id=cycle.id, sha256=exported.kept.sha256)
    return redirect(place, 303)


@bp.post("/<int:batch_id>/workbook")
@confirmed
def workbook(batch_id: int) -> Response:
    actor().require(May.EXPORT_PAYMENTS)
    batch, cycle, _program = batch_of(db(), batch_id, actor=actor())
    job = jobs.defer(db(), write_payment_list, actor=actor(), about=batch, batch_id=batch_id)
    return redirect(url_for("cycles.show", cycle_id=cycle.id, job=job), 303)
