"""Changes of records: written down, asked for, validated twice, applied."""

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Answered

from app.looks import look_at
from app.request import actor, db
from app.web.change_pages import form_page, request_page
from app.web.days import DayUnreadable
from core.errors import Refusal
from core.storage import stream_of
from core.words import _
from programs.services.changes import apply_change, ask_change
from registry.changes.kinds import KINDS, kind_named, kind_words
from registry.models.changes import OPEN, WAITING, ChangeRequest, ChangeState, Via
from registry.permissions import May
from registry.queries.changes import changes_by_state, changes_page, subject_of, told_of
from registry.queries.changes import routes as all_routes
from registry.queries.vocabularies import labels
from registry.services import changes
from registry.services.change_documents import Paper, attach, detach, paper_of
from registry.services.change_routes import route_changes
from registry.services.changes import Written

bp = Blueprint("changes", __name__, url_prefix="/changes")

LISTS = {
    "waiting": WAITING,
    "written": (ChangeState.DRAFT, ChangeState.RETURNED),
    "over": tuple(state for state in ChangeState if state not in OPEN),
}
KEYS = frozenset(
    {
        "csrf_token",
        "act_key",
        "of",
        "why",
        "on_day",
        "via",
        "source_number",
        "ask",
        "answers_to",
        "document_kind",
    }
)


@bp.get("/")
def index() -> str:
    args = request.args
    chosen = args.get("list") if args.get("list") in LISTS else "waiting"
    kind = args.get("kind", "") if args.get("kind") in KINDS else ""
    after = args.get("after", type=int)
    page = changes_page(db(), LISTS[chosen or "waiting"], kind, actor=actor(), after=after)
    look_at(row.registrant_id for row in page.rows if row.registrant_id)
    states = changes_by_state(db(), actor=actor())
    counts = {name: sum(states.get(each, 0) for each in of) for name, of in LISTS.items()}
    words = kind_words()
    return render_template(
        "changes/index.html", page=page, chosen=chosen, kind=kind, counts=counts, words=words
    )


@bp.get("/new")
def choose() -> str | Answered:
    """The kinds of change there are for a household or a person; who names none looks one up."""
    actor().require(May.ASK_CHANGES)
    if not request.args.get("of"):
        return redirect(url_for("registry.index"), 303)
    subject = subject_of(db(), request.args["of"], actor=actor())
    look_at([subject.id])
    kinds = [kind for kind in KINDS.values() if kind.begins_with(subject)]
    answers_to = request.args.get("answers_to", "")
    return render_template(
        "changes/choose.html",
        subject=subject,
        kinds=kinds,
        words=kind_words(),
        answers_to=answers_to,
    )


@bp.get("/new/<kind>")
def new(kind: str) -> str:
    actor().require(May.ASK_CHANGES)
    return form_page(kind_named(kind), request.args.get("of", ""), None)


@bp.post("/new/<kind>")
def create(kind: str) -> Answered | tuple[str, int]:
    try:
        with db().begin_nested():
            made = changes.draft_change(
                db(), kind, request.form.get("of", ""), _written(), actor=actor()
            )
            return _asked(made)
    except Refusal as fault:
        return form_page(kind_named(kind), request.form.get("of", ""), None, fault), fault.status


@bp.get("/<number>")
def show(number: str) -> str:
    return request_page(number)


@bp.get("/<number>/write")
def edit(number: str) -> str:
    actor().require(May.ASK_CHANGES)
    told = told_of(db(), number, actor=actor())
    if told.request.maker != actor().id:
        raise changes.NotYours
    begins = told.registrant.number if told.registrant else ""
    return form_page(kind_named(told.request.kind), begins, told)


@bp.post("/<number>/write")
def write(number: str) -> Answered | tuple[str, int]:
    told = told_of(db(), number, actor=actor())
    try:
        with db().begin_nested():
            return _asked(changes.rewrite_change(db(), number, _written(), actor=actor()))
    except Refusal as fault:
        kind, begins = kind_named(told.request.kind), request.form.get("of", "")
        return form_page(kind, begins, told, fault), fault.status


@bp.post("/<number>/ask")
def ask(number: str) -> Answered:
    return _to(ask_change(db(), number, actor=actor()), _("Others look at it from now on."))


@bp.post("/<number>/validate")
def validate(number: str) -> Answered:
    return _to(changes.validate_change(db(), number, actor=actor()), _("The change is validated."))


@bp.post("/<number>/return")
def send_back(number: str) -> Answered:
    because = request.form["because"]
    turned = changes.return_change(db(), number, because, actor=actor())
    return _to(turned, _("The change went back to who asked for it."))


@bp.post("/<number>/reject")
def reject(number: str) -> Answered:
    because = request.form["because"]
    turned = changes.reject_change(db(), number, because, actor=actor())
    return _to(turned, _("The change was turned down."))


@bp.post("/<number>/cancel")
def cancel(number: str) -> Answered:
    return _to(changes.cancel_change(db(), number, actor=actor()), _("You gave the change up."))


@bp.post("/<number>/apply")
def apply(number: str) -> Answered:
    return _to(apply_change(db(), number, actor=actor()), _("The change is applied."))


@bp.get("/<number>/documents/<int:document_id>")
def document(number: str, document_id: int) -> Response:
    """A paper as a file of its own."""
    held = paper_of(db(), number, document_id, actor=actor())
    look_at([told_of(db(), number, actor=actor()).request.registrant_id or 0])
    whole, name = stream_of(held.sha256), held.name
    return send_file(whole, held.media, as_attachment=True, download_name=name)


@bp.post("/<number>/documents/<int:document_id>/remove")
def remove(number: str, document_id: int) -> Answered:
    detach(db(), number, document_id, actor=actor())
    flash(_("The document was taken away."))
    return redirect(url_for(".show", number=number), 303)


@bp.get("/routes")
def routes() -> str:
    actor().require(May.ROUTE_CHANGES)
    return render_template(
        "changes/routes.html", routes=all_routes(db()), named=kind_words(), words=labels(db())
    )


@bp.post("/routes/<kind>")
def route(kind: str) -> Answered:
    form = request.form
    route_changes(
        db(),
        kind,
        needs_local="needs_local" in form,
        needs_national="needs_national" in form,
        documents=form.getlist("documents"),
        actor=actor(),
    )
    flash(_("Changes of this kind go this way from now on."))
    return redirect(url_for(".routes"), 303)


def _asked(made: ChangeRequest) -> Answered:
    """A change that was written down, and asked for where that button was pressed."""
    file = request.files.get("document")
    if file is not None and file.filename:
        paper = Paper(request.form.get("document_kind", ""), file.filename, file.stream)
        attach(db(), made.number, paper, actor=actor())
    if "ask" not in request.form:
        return _to(made, _("The change is written down; nobody else sees it yet."))
    return _to(ask_change(db(), made.number, actor=actor()), _("Others look at it from now on."))


def _written() -> Written:
    form = request.form
    via = form.get("via", "")
    return Written(
        answers={n: ",".join(filter(None, form.getlist(n))) for n in form if n not in KEYS},
        why=form.get("why", ""),
        on_day=_day(form.get("on_day", "").strip()),
        via=Via.GRIEVANCE if via == Via.GRIEVANCE.value else Via.REGISTRAR,
        source_number=form.get("source_number", ""),
        answers_to=form.get("answers_to", ""),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as broken:
        raise DayUnreadable(typed=typed) from broken


def _to(made: ChangeRequest, said: str) -> Response | Answered:
    flash(said)
    return redirect(url_for(".show", number=made.number), 303)
