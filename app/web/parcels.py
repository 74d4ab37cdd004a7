"""Many plots at once, from a file that says who holds each."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.records import job_of
from app.request import actor, db
from core.errors import NotFound
from core.jobs import defer, is_work
from core.storage import keep
from core.words import _
from registry.jobs.parcels import take_parcels
from registry.permissions import May
from registry.queries.vocabularies import labels

bp = Blueprint("parcels", __name__, url_prefix="/plots/imports")


@bp.get("/new")
def new() -> str:
    actor().require(May.WRITE_PLOTS)
    return render_template("parcels/new.html", words=labels(db()))


@bp.post("/")
def receive() -> Response:
    """Keep the file and let a worker read it."""
    actor().require(May.WRITE_PLOTS)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    sha256, name = keep(file.stream).sha256, str(file.filename)
    job_id = defer(db(), take_parcels, actor=actor(), dedupe=sha256, sha256=sha256, name=name)
    return redirect(url_for(".taken", job_id=job_id), 303)


@bp.get("/<int:job_id>")
def taken(job_id: int) -> str:
    """How far the file has come, and then what became of its rows."""
    job = job_of(db(), job_id, actor=actor())
    if not is_work(job, take_parcels):
        raise NotFound(job=job_id)
    return render_template("parcels/taken.html", job=job, faults=fault_words())


def fault_words() -> dict[str, str]:
    """What is wrong with a row of a file of parcels, and what to do."""
    return {
        "no_shape": _("It has no polygon; draw its border in the file."),
        "holder_unknown": _("Nobody you may see has this number; look for a misread letter."),
        "out_of_reach": _("It lies outside the areas you work in."),
        "tenure_unknown": _("How it is held is no word of the list; use one of its codes."),
        "use_unknown": _("What it is used for is no word of the list; use one of its codes."),
        "bad_date": _("The day is not readable; write it as 2020-05-01."),
        "date_in_future": _("The day lies after today."),
    }
