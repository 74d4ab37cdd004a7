"""The audit trail, for who may read it."""

from datetime import date

from flask import Blueprint, render_template, request

from app.records import AuditQuestion, audit_page
from app.request import actor, db

bp = Blueprint("audit", __name__, url_prefix="/admin/audit")


@bp.get("/")
def index() -> str:
    args = request.args
    asked = AuditQuestion(
        text=args.get("text", ""),
        subject=args.get("subject", ""),
        subject_id=args.get("subject_id", type=int),
        since=args.get("since", type=date.fromisoformat),
        before=args.get("before", type=int),
    )
    page = audit_page(db(), asked, actor=actor())
    return render_template("audit/index.html", page=page, asked=asked)
