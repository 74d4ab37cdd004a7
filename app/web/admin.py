"""The rooms of administration, and the search of the frame."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.auth.permissions import May
from app.request import actor

bp = Blueprint("admin", __name__)


@bp.get("/admin")
def index() -> str:
    actor().require(May.WRITE_USERS)
    return render_template("admin/index.html")


@bp.get("/search")
def search() -> Response:
    return redirect(url_for("registry.index", q=request.args.get("q", "")), 303)
