"""The rooms of administration."""

from flask import Blueprint, render_template

from app.auth.permissions import May
from app.request import actor

bp = Blueprint("admin", __name__)


@bp.get("/admin")
def index() -> str:
    actor().require(May.WRITE_USERS)
    return render_template("admin/index.html")
