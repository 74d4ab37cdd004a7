"""Programs in the archive: putting one there, and taking it out again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from core.words import _
from programs.queries.programs import programs_listed
from programs.services.archive import archive_program, restore_program

bp = Blueprint("archive", __name__, url_prefix="/programs")


@bp.get("/archive")
def index() -> str:
    listed = programs_listed(db(), actor=actor(), archived=True)
    return render_template("programs/archive.html", programs=listed)


@bp.post("/<int:program_id>/archive")
def put(program_id: int) -> Response:
    program = archive_program(db(), program_id, actor=actor())
    flash(_("{name} is in the archive.", name=program.name))
    return redirect(url_for(".index"), 303)


@bp.post("/<int:program_id>/restore")
def take_out(program_id: int) -> Response:
    program = restore_program(db(), program_id, actor=actor())
    flash(_("{name} was taken out of the archive.", name=program.name))
    return redirect(url_for("programs.show", program_id=program_id), 303)
