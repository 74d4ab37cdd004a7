"""The audit trail, for who may read it: looking through it, taking it along, verifying it."""

import tempfile
from collections.abc import Callable
from datetime import date
from typing import IO, Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.auth.permissions import May
from app.looks import look_at
from app.request import actor, db
from app.telling.acts import acts, subjects
from app.telling.told import changes_told, figures_told
from app.trail import (
    AuditQuestion,
    audit_page,
    changes_page,
    entry_of,
    export_csv,
    export_json,
    state_of_trail,
    verify_trail,
)
from core import jobs

bp = Blueprint("audit", __name__, url_prefix="/admin/audit")


@bp.get("/")
def index() -> str:
    asked, before = _asked(), request.args.get("before", type=int)
    page = audit_page(db(), asked, actor=actor(), before=before)
    return render_template(
        "audit/index.html",
        page=page,
        figures=figures_told(db(), [entry for entry, _key in page.rows]),
        acts=acts(),
        subjects=subjects(),
        asked=asked,
        told={name: value for name, value in vars(asked).items() if value},
        trail=state_of_trail(db(), actor=actor()),
    )


@bp.get("/<int:entry_id>")
def show(entry_id: int) -> str:
    entry = entry_of(db(), entry_id, actor=actor())
    after = request.args.get("after", type=int)
    changes, more = changes_page(db(), entry, actor=actor(), after=after)
    look_at(change.registrant_id for change in changes if change.registrant_id)
    return render_template(
        "audit/show.html",
        entry=entry,
        figures=figures_told(db(), [entry])[entry.id],
        changes=changes_told(db(), changes),
        after=more,
    )


@bp.get("/entries.csv")
def csv() -> Response:
    return _taken_along(export_csv, "text/csv", "audit-trail.csv")


@bp.get("/entries.jsonl")
def lines() -> Response:
    return _taken_along(export_json, "application/jsonl", "audit-trail.jsonl")


@bp.post("/verify")
def verify() -> Response:
    actor().require(May.READ_AUDIT)
    jobs.defer(db(), verify_trail, actor=actor(), dedupe="verify")
    return redirect(url_for(".index"), 303)


def _asked() -> AuditQuestion:
    args = request.args
    return AuditQuestion(
        who=args.get("who", "").strip(),
        action=args.get("action", "").strip(),
        subject=args.get("subject", "").strip(),
        subject_id=args.get("subject_id", type=int),
        since=args.get("since", type=date.fromisoformat),
        until=args.get("until", type=date.fromisoformat),
        text=args.get("text", "").strip(),
    )


def _taken_along(export: Callable[..., None], kind: str, name: str) -> Response:
    """What fits, as a file that is written before it is sent."""
    stream: IO[Any] = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it was sent
    export(db(), _asked(), stream, actor=actor())
    stream.seek(0)
    return send_file(stream, kind, as_attachment=True, download_name=name)
