"""What the platform looks like here, for every page: the country's colour and its logo."""

import hashlib

from flask import Blueprint, Response, abort, send_file, url_for

from app.deciding.colours import sheet_of
from core.country import country
from core.storage import stream_of

bp = Blueprint("brand", __name__, url_prefix="/brand")

YEAR = 31_536_000  # seconds; an address changes with what is at it


def brand() -> dict[str, str | None]:
    """What the frame of a page is told: the platform's name, its logo and its style sheet."""
    at = country()
    return {
        "name": at.platform or "Highground",
        "logo": url_for("brand.logo", sha256=at.logo) if at.logo else None,
        "sheet": url_for("brand.sheet", version=_version()) if at.accent else None,
    }


@bp.get("/<sha256>.png")
def logo(sha256: str) -> Response:
    if sha256 != country().logo:
        abort(404)
    return _for_long(send_file(stream_of(sha256), mimetype="image/png"))


@bp.get("/<version>.css")
def sheet(version: str) -> Response:
    at = country()
    if at.accent is None or version != _version():
        abort(404)
    return _for_long(Response(sheet_of(at.accent, at.accent_dark), mimetype="text/css"))


def _version() -> str:
    said = f"{country().accent} {country().accent_dark}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _for_long(answer: Response) -> Response:
    answer.cache_control.public, answer.cache_control.max_age = True, YEAR
    return answer
