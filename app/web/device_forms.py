"""Forms made elsewhere: brought in, and said which of their questions fill which field here."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.intake import FileNotChosen
from app.request import actor, db
from core.errors import Refusal
from core.words import _
from registry.models.device_forms import DeviceForm
from registry.parsing.form_readings import Fills
from registry.queries.device_forms import device_form, device_forms
from registry.services import device_forms as forms
from registry.services.device_forms import Said

bp = Blueprint("device_forms", __name__, url_prefix="/registry/forms")

FIELD, WORD = "field-", "word-"  # of the names of the fields of a form: before a question's key


@bp.get("/others")
def index() -> str:
    return _index()


@bp.post("/others")
def bring() -> Response | tuple[str, int]:
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise FileNotChosen
        with db().begin_nested():
            brought = forms.bring(db(), file.stream, _fills(), actor=actor())
    except Refusal as fault:
        return _index(fault), fault.status
    return _brought(brought)


@bp.post("/<int:submission_id>/bring")
def bring_submission(submission_id: int) -> Response:
    return _brought(forms.bring_submission(db(), submission_id, _fills(), actor=actor()))


@bp.get("/others/<int:form_id>")
def show(form_id: int) -> str:
    return _page(form_id)


@bp.post("/others/<int:form_id>")
def map_form(form_id: int) -> Response | tuple[str, int]:
    try:
        with db().begin_nested():
            forms.map_form(db(), form_id, _said(request.form), actor=actor())
    except Refusal as fault:
        return _page(form_id, fault), fault.status
    flash(_("Forms that are sent from now on are read so; those that wait can be tried again."))
    return redirect(url_for(".index"), 303)


@bp.post("/others/<int:form_id>/remove")
def remove(form_id: int) -> Response:
    code = forms.remove(db(), form_id, actor=actor())
    flash(_("The form {code} is not read any more.", code=code))
    return redirect(url_for(".index"), 303)


def _brought(form: DeviceForm) -> Response:
    flash(_("Say which question fills what; some are guessed."))
    return redirect(url_for(".show", form_id=form.id), 303)


def _fills() -> Fills:
    return request.form.get("fills", Fills.REGISTRATION, type=Fills)


def _index(fault: Refusal | None = None) -> str:
    return render_template(
        "device_forms/index.html",
        forms=device_forms(db(), actor=actor()),
        fault=fault,
        said=fills_said(),
        chosen=request.form.get("fills", Fills.REGISTRATION),
    )


def _page(form_id: int, fault: Refusal | None = None) -> str:
    shown = device_form(db(), form_id, actor=actor())
    said = _said(request.form) if request.form else None
    return render_template(
        "device_forms/show.html",
        shown=shown,
        form=shown.form,
        fault=fault,
        said=fills_said(),
        repeats=shown.form.repeats.split(),
        chosen=said.fields if said else {q.question.id: q.question.field for q in shown.questions},
    )


def fills_said() -> dict[str, str]:
    """What may become of a form, in words."""
    return {Fills.REGISTRATION: _("registers a household"), Fills.VISIT: _("writes a visit down")}


def _said(form: MultiDict[str, str]) -> Said:
    fields = {
        int(name.removeprefix(FIELD)): value
        for name, value in form.items()
        if name.startswith(FIELD)
    }
    words = {}
    for name, value in form.items():
        if name.startswith(WORD) and value:
            key, _dash, said = name.removeprefix(WORD).partition("-")
            words[int(key), said] = value
    return Said(_fills(), form.get("people_at", ""), fields, words, "is_served" in form)
