"""Reports: cycles and funds on paper, whom a program reaches, whether a list is one of ours."""

import hashlib
import io
from datetime import UTC, datetime

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.request import actor, asks, db
from app.web.import_files import KINDS, rows_sent
from app.web.maps import map_settings
from app.web.place_colours import LEGEND, shade_of
from app.web.report_words import cycle_report, fund_report
from core.money import round_to
from core.storage import CHUNK, Readable
from core.words import _
from geo.queries.areas import level_names
from programs.documents.reports import Report, report_pdf
from programs.queries.coverage import NAMES, Coverage, coverage_of
from programs.queries.fund_statements import Statement, fund_statement
from programs.queries.lists_made import list_of_digest
from programs.queries.reconciliations import answered_of
from programs.queries.standing import standing_of

bp = Blueprint("reports", __name__, url_prefix="/reports")

SEEN = "gap"  # what the map of coverage shows at first
LEVEL = 1
LEDGER = ("at", "kind", "reference", "cycle", "amount", "free", "currency")


@bp.get("/cycles/<int:cycle_id>.pdf")
def cycle(cycle_id: int) -> Response:
    at, now = standing_of(db(), cycle_id, actor=actor()), datetime.now(UTC)
    report = cycle_report(at, answered_of(db(), at.cycle), now)
    return _paper(report, now, f"{at.program.number}-{at.cycle.number}")


@bp.get("/programs/<int:program_id>/fund.<kind>")
def fund(program_id: int, kind: str) -> Response:
    told, now = fund_statement(db(), program_id, actor=actor()), datetime.now(UTC)
    if kind == "pdf":
        return _paper(fund_report(told, now), now, f"{told.program.number}-fund")
    return rows_sent([LEDGER, *_ledger(told)], kind, f"{told.program.number}-fund")


@bp.get("/programs/<int:program_id>/coverage")
def coverage(program_id: int) -> str:
    """Whom a program reaches of those in the shock: a map by one measure, and the table of all."""
    told, words = _coverage(program_id), coverage_words()
    shown = request.args.get("show", SEEN)
    shown = shown if shown in words else SEEN
    shades = {
        area.pcode: shade_of(area.share(shown), good=shown != SEEN)
        for area in told.areas
        if area.n["shock"]
    }
    changes = {"level": told.level, "shades": shades}
    settings = map_settings(db(), actor(), households=None, changes=changes)
    return render_template(
        "reports/coverage.html",
        told=told, words=words, shown=shown, legend=LEGEND, levels=level_names(db()), kinds=KINDS,
        settings=settings,
    )  # fmt: skip


@bp.get("/programs/<int:program_id>/coverage.<kind>")
def coverage_table(program_id: int, kind: str) -> Response:
    told = _coverage(program_id)
    rows = [[area.pcode, area.name, *(str(area.n[name]) for name in NAMES)] for area in told.areas]
    return rows_sent([("pcode", "area", *NAMES), *rows], kind, f"{told.program.number}-coverage")


@bp.get("/lists")
def lists() -> str:
    return render_template("reports/lists.html", digest="", made=None)


@bp.post("/lists")
@asks
def check_list() -> str:
    """Whether a file is a payment list as it left here; the file is not kept."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileNotChosen
    digest = _digest_of(file.stream)
    made = list_of_digest(db(), digest, actor=actor())
    return render_template("reports/lists.html", digest=digest, made=made)


def coverage_words() -> dict[str, str]:
    """The measures of coverage."""
    return {
        "gap": _("In the shock, nothing received"),
        "reached": _("Received"),
        "due": _("Entitled to something"),
    }


def _coverage(program_id: int) -> Coverage:
    level = request.args.get("level", LEVEL, type=int)
    return coverage_of(db(), program_id, max(level, 0), actor=actor())


def _ledger(told: Statement) -> list[list[str]]:
    currency = told.program.currency
    return [
        [
            each.at.isoformat(timespec="seconds"), each.kind.value, each.reference, each.cycle,
            f"{round_to(each.amount, currency):f}", f"{round_to(each.free, currency):f}", currency,
        ]
        for each in told.movements
    ]  # fmt: skip


def _digest_of(stream: Readable) -> str:
    digest = hashlib.sha256()
    while block := stream.read(CHUNK):
        digest.update(block)
    return digest.hexdigest()


def _paper(report: Report, now: datetime, name: str) -> Response:
    pdf = io.BytesIO(report_pdf(report, made_at=now))
    return send_file(pdf, "application/pdf", as_attachment=True, download_name=f"{name}.pdf")
