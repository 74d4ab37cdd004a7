"""Forms somebody sent from a device: those that were taken in, what stands against the others."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.device_forms import fills_said
from core.words import _
from registry.models.submissions import SubmissionState
from registry.parsing.xforms import REGISTRATION, VISIT
from registry.queries.submissions import submissions_page
from registry.services.submissions import take_again, take_all_again

bp = Blueprint("submissions", __name__, url_prefix="/registry/forms")


@bp.get("/")
def index() -> str:
    after = request.args.get("after", type=int)
    page = submissions_page(db(), actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows if row.registrant_id)
    address = url_for("openrosa.forms", _external=True).removesuffix("/formList")
    return render_template(
        "submissions/index.html",
        page=page,
        address=address,
        ours=(REGISTRATION, VISIT),
        fills=fills_said(),
    )


@bp.post("/again")
def all_again() -> Response:
    """All that were not taken in, as many as may be waited for."""
    taken, tried = take_all_again(db(), actor=actor())
    flash(_("{taken} of {tried} forms are taken in.", taken=taken, tried=tried))
    return redirect(url_for(".index"), 303)


@bp.post("/<int:submission_id>/again")
def again(submission_id: int) -> Response:
    tried = take_again(db(), submission_id, actor=actor())
    taken = tried.state is SubmissionState.TAKEN
    flash(_("The form is taken in.") if taken else tried.refusal or "")
    return redirect(url_for(".index"), 303)
