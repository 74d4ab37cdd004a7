"""Whether the platform stands, for whoever watches it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.request import db

bp = Blueprint("health", __name__)


@bp.get("/health")
def show() -> ResponseReturnValue:
    """200 when the database answers; a database that does not is a 500 before this is reached."""
    version = db().scalar(text("select postgis_lib_version()"))
    return jsonify(database="answers", postgis=version)
