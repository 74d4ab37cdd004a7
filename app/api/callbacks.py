"""Answers that payment providers send by themselves: signed, kept, and taken in as work."""

from flask import Blueprint, Response, request

from app.request import counts_itself, db, signed
from core import jobs
from core.actor import PLATFORM
from programs.jobs.sending import take_answers
from programs.services.fsps import receive_answer

bp = Blueprint("callbacks", __name__, url_prefix="/api/callbacks")

LONGEST = 100_000


@bp.post("/<code>")
@counts_itself
@signed
def receive(code: str) -> Response:
    """What a provider says of an order, by itself; sent twice it counts once."""
    date, signature = (request.headers.get(name, "") for name in ("X-Date", "X-Signature"))
    body = request.get_data()[:LONGEST]
    fsp_id = receive_answer(db(), code, body, date, signature)
    if fsp_id is not None:
        jobs.defer(db(), take_answers, actor=PLATFORM, fsp_id=fsp_id)
    return Response(status=204)
