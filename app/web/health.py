"""Whether the platform stands, for whoever watches it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from app.request import db

ASKED = text("""
    select postgis_lib_version() as postgis, proleakproof as leakproof
    from pg_proc where oid = 'geometry_overlaps(geometry, geometry)'::regprocedure
""")

bp = Blueprint("health", __name__)


@bp.get("/health")
def show() -> ResponseReturnValue:
    """200 when the database answers; a database that does not is a 500 before this is reached.

    `leakproof` says whether a map of one district may use the index of places: PostGIS does not
    say so of itself, a superuser may (README, "Deploy").
    """
    found = db().execute(ASKED).one()
    return jsonify(database="answers", postgis=found.postgis, leakproof=found.leakproof)
