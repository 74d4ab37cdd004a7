"""What was corrected of many places together, and the way back."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.place_words import correction_words, list_words
from app.request import actor, db
from core.words import counted
from registry.queries.place_corrections import corrections
from registry.services.place_undoing import undo_correction

bp = Blueprint("corrections", __name__, url_prefix="/registry/places/corrections")


@bp.get("/")
def index() -> str:
    return render_template(
        "corrections/index.html",
        corrections=corrections(db(), actor=actor()),
        words=list_words(),
        acts=correction_words(),
    )


@bp.post("/<int:correction_id>/undo")
def undo(correction_id: int) -> Response:
    done = undo_correction(db(), correction_id, actor=actor())
    flash(counted("{count} place is as before.", "{count} places are as before.", done.places))
    return redirect(url_for(".index"), 303)
