"""Providers of payments: writing down who carries money, and how orders reach them."""

from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.request import actor, db
from app.web.benefits import delivery_name
from core.money import amount_of
from core.words import _
from programs.fsp.files import COLUMNS
from programs.models.fsps import ConnectorKind, Fsp
from programs.models.programs import Delivery
from programs.queries.fsps import fsp_of, fsps
from programs.services.fsps import Provider, write_fsp

bp = Blueprint("fsps", __name__, url_prefix="/fsps")

MECHANISMS = (Delivery.CASH, Delivery.BANK, Delivery.MOBILE)


@bp.get("/")
def index() -> str:
    return render_template("fsps/index.html", fsps=fsps(db(), actor=actor()), columns=COLUMNS)


@bp.get("/<int:fsp_id>")
def show(fsp_id: int) -> str:
    fsp = fsp_of(db(), fsp_id, actor=actor())
    return render_template("fsps/show.html", fsp=fsp, columns=COLUMNS)


@bp.post("/")
def create() -> Response:
    fsp = write_fsp(db(), _said(None), actor=actor())
    flash(_("{name} was written down.", name=fsp.name))
    return redirect(url_for(".index"), 303)


@bp.post("/<int:fsp_id>")
def change(fsp_id: int) -> Response:
    before = fsp_of(db(), fsp_id, actor=actor())
    fsp = write_fsp(db(), _said(before), actor=actor(), fsp_id=fsp_id)
    flash(_("{name} was changed.", name=fsp.name))
    return redirect(url_for(".index"), 303)


@bp.app_template_filter("connector_name")
def connector_name(kind: ConnectorKind) -> str:
    """What a way to hand orders over is called."""
    return {
        ConnectorKind.FILE: _("a file, handed over by a person"),
        ConnectorKind.ISO20022: _("a credit transfer file (ISO 20022, pain.001)"),
        ConnectorKind.MOBILE_MONEY: _("called through its interface (GSMA Mobile Money)"),
    }[kind]


@bp.app_context_processor
def _choices() -> dict[str, object]:
    return {
        "connectors": [(kind.value, connector_name(kind)) for kind in ConnectorKind],
        "mechanisms": [(way.value, delivery_name(way)) for way in MECHANISMS],
    }


def _said(before: Fsp | None) -> Provider:
    form = request.form
    most = form.get("most", "").strip()
    columns = [word.strip() for word in form.get("columns", "").split(",")]
    return Provider(
        code=before.code if before else form["code"].strip().lower(),
        name=form["name"].strip(),
        mechanism=Delivery(form["mechanism"]),
        connector=ConnectorKind(form["connector"]),
        address=form.get("address", "").strip(),
        account=form.get("account", "").strip(),
        secret=form.get("secret") or form.get("password", ""),
        unlocked="unlocked" in form,
        columns=tuple(word for word in columns if word),
        batch_size=form.get("batch_size", 0, type=int),
        most=Decimal(amount_of(most)) if most else None,
        wait=form.get("wait", 0, type=int),
        active=before is None or "active" in form,
    )
