"""Scores: written by one, put in force by another, reckoned for everybody, told in parts."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.records import job_of
from app.request import actor, db
from core import jobs
from core.errors import NotFound, Refusal
from core.words import SOURCE, _
from registry.jobs.scores import compare_scores, reckon_score
from registry.models.scores import ModelState, ScoreModel
from registry.parsing.steps import Span, StepUnreadable, read_number, read_steps
from registry.permissions import May
from registry.queries.score_figures import Compared, spread_of
from registry.queries.scores import Band, Model, Term, households_by_band, model_seen, models_listed
from registry.queries.vocabularies import label
from registry.services.scores import Written, activate_score, change_score, write_score

bp = Blueprint("scores", __name__, url_prefix="/admin/scores")

BLANK = 3  # rows that stand ready


@bp.get("/")
def index() -> str:
    models = models_listed(db(), actor=actor())
    return render_template("scores/index.html", models=models, label=label, states=state_names())


@bp.get("/new")
def new() -> str:
    actor().require(May.WRITE_SCORES)
    return _form(MultiDict())


@bp.post("/")
def create() -> Response | tuple[str, int]:
    form = request.form
    try:
        with db().begin_nested():
            made = write_score(db(), form["code"].strip(), _written(form), actor=actor())
    except Refusal as fault:
        return _form(form, fault), fault.status
    flash(_("The score is written down; somebody else puts it in force."))
    return _to(made)


@bp.get("/<code>/<int:version>")
def show(code: str, version: int) -> str:
    return _page(model_seen(db(), code, version, actor=actor()))


@bp.get("/<code>/compare")
def compare(code: str) -> str:
    """Two versions side by side: whose class is another, once a worker has told it."""
    actor().require(May.READ_REGISTRANTS)
    asked = [request.args.get(name, 1, type=int) for name in ("from", "to")]
    before, after = (model_seen(db(), code, version, actor=actor()) for version in asked)
    job = _comparing(dict(zip(("code", "before", "after"), (code, *asked), strict=True)))
    return render_template(
        "scores/compare.html",
        before=before,
        after=after,
        job=job,
        told=Compared.read(job.result) if job and job.result else None,
        name=label(after.row.code, after.row.labels),
        states=state_names(),
    )


@bp.post("/<code>/compare")
def have_compared(code: str) -> Response:
    """Let a worker compare two versions."""
    actor().require(May.READ_REGISTRANTS)
    one, other = (request.form.get(name, 1, type=int) for name in ("from", "to"))
    for version in (one, other):
        model_seen(db(), code, version, actor=actor())
    said: dict[str, Any] = {"code": code, "before": one, "after": other}
    dedupe = f"{code} {one} {other} {actor().id}"
    job = jobs.defer(db(), compare_scores, actor=actor(), dedupe=dedupe, **said)
    to: dict[str, Any] = {"from": one, "to": other, "job": job}
    return redirect(url_for(".compare", code=code, **to), 303)


@bp.get("/<code>/<int:version>/change")
def edit(code: str, version: int) -> str:
    """The form of a draft, or of the version that comes after one that is in force."""
    actor().require(May.WRITE_SCORES)
    model = model_seen(db(), code, version, actor=actor())
    return _form(MultiDict(_said(model)), model=model)


@bp.post("/<code>/<int:version>")
def change(code: str, version: int) -> Response | tuple[str, int]:
    model = model_seen(db(), code, version, actor=actor())
    try:
        with db().begin_nested():
            made = change_score(db(), code, version, _written(request.form), actor=actor())
    except Refusal as fault:
        return _form(request.form, fault, model), fault.status
    flash(_("The score is changed."))
    return _to(made)


@bp.post("/<code>/<int:version>/activate")
def activate(code: str, version: int) -> Response:
    made = activate_score(db(), code, version, actor=actor())
    _run(made)
    flash(_("The score is in force; it is being reckoned for everybody."))
    return _to(made)


@bp.post("/<code>/<int:version>/run")
def run(code: str, version: int) -> Response:
    actor().require(May.ACTIVATE_SCORES)
    made = model_seen(db(), code, version, actor=actor()).row
    _run(made)
    flash(_("It is being reckoned for everybody."))
    return _to(made)


def state_names() -> dict[str, str]:
    return {
        ModelState.DRAFT: _("being written"),
        ModelState.ACTIVE: _("in force"),
        ModelState.RETIRED: _("not in force any more"),
    }


def _comparing(asked: dict[str, Any]) -> jobs.Job | None:
    """The work an address names, if it compares just these."""
    job_id = request.args.get("job", type=int)
    if job_id is None:
        return None
    job = job_of(db(), job_id, actor=actor())
    if not jobs.is_work(job, compare_scores) or job.args != asked:
        raise NotFound(job=job_id)
    return job


def _run(model: ScoreModel) -> None:
    jobs.defer(
        db(),
        reckon_score,
        actor=actor(),
        about=model,
        dedupe=f"score {model.id}",
        model_id=model.id,
    )


def _to(model: ScoreModel) -> Response:
    return redirect(url_for(".show", code=model.code, version=model.version), 303)


def _page(model: Model) -> str:
    counts = actor().may(May.READ_REGISTRANTS) and model.row.run_on is not None
    bands = households_by_band(db(), model.row.id, actor=actor()) if counts else None
    spread = spread_of(db(), model.row.id, actor=actor()) if counts else None
    versions = [each for each in models_listed(db(), actor=actor()) if each.code == model.row.code]
    return render_template(
        "scores/show.html",
        model=model,
        name=label(model.row.code, model.row.labels),
        state=state_names()[model.row.state],
        bands=bands,
        spread=spread,
        versions=versions,
        states=state_names(),
        mine=model.row.made_by == actor().id,
    )


def _form(
    said: MultiDict[str, str], fault: Refusal | None = None, model: Model | None = None
) -> str:
    terms, bands = (1 + max((int(n) for n in _rows(said, what)), default=-1) for what in _PARTS)
    return render_template(
        "scores/new.html",
        said=said,
        fault=fault,
        model=model.row if model else None,
        terms=range(terms + BLANK),
        bands=range(bands + BLANK),
        source=SOURCE,
    )


def _rows(form: MultiDict[str, str], what: str) -> list[str]:
    """The numbers of the rows of one kind in which a name is written."""
    begins = f"{what}-name-"
    found = (name.removeprefix(begins) for name in form if name.startswith(begins))
    rows = [number for number in found if number.isdigit() and form[begins + number].strip()]
    return sorted(rows, key=int)


def _written(form: MultiDict[str, str]) -> Written:
    """A score as its form says it: `term-name-0`, `term-of-0`, `band-from-0` and so on."""
    return Written(
        labels={SOURCE: form.get("name", "").strip()},
        base=_number(form.get("base", "")) or Decimal(0),
        terms=[_term(form, number) for number in _rows(form, "term")],
        bands=[_band(form, number) for number in _rows(form, "band")],
    )


def _term(form: MultiDict[str, str], number: str) -> Term:
    weight = _number(form.get(f"term-weight-{number}", ""))
    steps = read_steps(form.get(f"term-steps-{number}", ""))
    if (weight is None) == (not steps):
        raise StepUnreadable(step=form[f"term-name-{number}"])
    name, expression = (form[f"term-{what}-{number}"].strip() for what in ("name", "of"))
    unknown = _number(form.get(f"term-unknown-{number}", ""))
    return Term(name, expression, Decimal(1) if weight is None else weight, steps, unknown)


def _band(form: MultiDict[str, str], number: str) -> Band:
    low, high = (_number(form.get(f"band-{what}-{number}", "")) for what in ("from", "below"))
    return Band(form[f"band-name-{number}"].strip(), Span(low, high))


def _number(typed: str) -> Decimal | None:
    return read_number(typed) if typed.strip() else None


def _said(model: Model) -> dict[str, str]:
    """A version as its form says it."""
    said = {"name": model.row.labels[SOURCE], "base": f"{model.row.base:f}"}
    for number, term in enumerate(model.terms):
        said |= {f"term-name-{number}": term.label, f"term-of-{number}": term.expression}
        said[f"term-steps-{number}"] = term.written
        said[f"term-weight-{number}"] = "" if term.steps else f"{term.weight:f}"
        said[f"term-unknown-{number}"] = "" if term.unknown is None else f"{term.unknown:f}"
    for number, band in enumerate(model.bands):
        low, high = band.span.at_least, band.span.below
        said[f"band-name-{number}"] = band.name
        said[f"band-from-{number}"] = "" if low is None else f"{low:f}"
        said[f"band-below-{number}"] = "" if high is None else f"{high:f}"
    return said


_PARTS = ("term", "band")
