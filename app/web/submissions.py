"""Forms somebody sent from a device: those that were taken in, what stands against the others."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from core.words import _
from registry.models.submissions import SubmissionState
from registry.queries.submissions import submissions_page
from registry.services.submissions import take_again

bp = Blueprint("submissions", __name__, url_prefix="/registry/forms")


@bp.get("/")
def index() -> str:
    after = request.args.get("after", type=int)
    page = submissions_page(db(), actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows if row.registrant_id)
    address = url_for("openrosa.forms", _external=True).removesuffix("/formList")
    return render_template("submissions/index.html", page=page, address=address)


@bp.post("/<int:submission_id>/again")
def again(submission_id: int) -> Response:
    tried = take_again(db(), submission_id, actor=actor())
    taken = tried.state is SubmissionState.TAKEN
    flash(_("The form is taken in.") if taken else tried.refusal or "")
    return redirect(url_for(".index"), 303)
