"""Exchange rates: what one currency is worth in another, since when, and who wrote it."""

import re
from datetime import date
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, confirmed, db
from core.clock import today
from core.errors import Invalid
from core.words import _
from programs.permissions import May
from programs.queries.funds import rates_listed
from programs.services.exchange_rates import Said, write_rate

bp = Blueprint("exchange_rates", __name__, url_prefix="/exchange-rates")
RATE = re.compile(r"\d{1,9}(\.\d{1,10})?")


class RateUnreadable(Invalid):
    """A rate is written in digits, such as 56.10, from a day of the calendar on."""


@bp.get("/")
def index() -> str:
    actor().require(May.READ_PROGRAMS)
    return render_template("exchange_rates/index.html", rates=rates_listed(db()), today=today())


@bp.post("/")
@confirmed
def write() -> Response:
    form = request.form
    of, into = form["of"].strip().upper(), form["into"].strip().upper()
    said = Said(of, into, *_rate_and_day(form["rate"], form["on_day"]))
    write_rate(db(), said, actor=actor())
    flash(_("The rate was written; what is bound already keeps its own."))
    return redirect(url_for(".index"), 303)


def _rate_and_day(rate: str, day: str) -> tuple[Decimal, date]:
    digits = "".join(rate.split())
    if not RATE.fullmatch(digits):
        raise RateUnreadable
    try:
        return Decimal(digits), date.fromisoformat(day)
    except ValueError:
        raise RateUnreadable from None
