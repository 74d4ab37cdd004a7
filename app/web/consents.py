"""What people agree to: written down, taken back, and the receipt they are handed."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.looks import look_at
from app.request import actor, db
from app.web.days import day_typed
from app.web.receipts import advice, basis_said, receipt_file
from core.words import _
from registry.models.consents import Basis, GivenBy
from registry.queries.consents import consent_by_number
from registry.queries.registrants import registrant_by_number
from registry.queries.vocabularies import labels
from registry.services import consents

bp = Blueprint("consents", __name__, url_prefix="/registry/<number>/consents")


@bp.post("/")
def give(number: str) -> Response:
    form = request.form
    given = consents.Given(
        purpose=form["purpose"],
        agrees=form.get("agrees", "yes") == "yes",
        basis=form.get("basis", Basis.CONSENT, type=Basis),
        on=day_typed(form.get("on", "")),
        by=form.get("by", GivenBy.SELF, type=GivenBy),
        how=form.get("how", ""),
        until=day_typed(form.get("until", "")),
        document_id=form.get("document", type=int),
    )
    made = consents.give(db(), number, given, actor=actor())
    flash(_("It is written down; the receipt is {number}.", number=made.number))
    return redirect(url_for(".receipt", number=number, receipt=made.number), 303)


@bp.post("/<receipt>/withdraw")
def withdraw(number: str, receipt: str) -> Response:
    consents.withdraw(db(), number, receipt, request.form.get("because", ""), actor=actor())
    flash(_("It is taken back, from now on."))
    return redirect(url_for("registry.show", number=number, tab="visits"), 303)


@bp.get("/<receipt>")
def receipt(number: str, receipt: str) -> str:
    """What they are handed: what they said, when, and how to take it back."""
    whose = registrant_by_number(db(), number, actor=actor())
    found = consent_by_number(db(), whose.id, receipt, actor=actor())
    look_at([whose.id])
    words = labels(db())
    return render_template(
        "consents/receipt.html",
        whose=whose,
        consent=found,
        words=words,
        basis=basis_said(found.basis),
        advice=advice(found),
    )


@bp.get("/<receipt>.pdf")
def receipt_pdf(number: str, receipt: str) -> Response:
    """The same on a sheet of paper."""
    whose = registrant_by_number(db(), number, actor=actor())
    found = consent_by_number(db(), whose.id, receipt, actor=actor())
    look_at([whose.id])
    sheet = io.BytesIO(receipt_file(whose, found, labels(db())))
    return send_file(
        sheet, "application/pdf", as_attachment=True, download_name=f"{found.number}.pdf"
    )
