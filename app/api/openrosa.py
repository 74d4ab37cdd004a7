"""OpenRosa: how ODK Collect and its kin fetch our forms and send what was filled in.

A key of the account is the password, beside any name (https://docs.getodk.org/openrosa/).
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from app.api.answers import address
from app.request import actor, counts_itself, db
from core.errors import Invalid, NotFound
from registry.parsing.xforms import MOST, XForm
from registry.permissions import May
from registry.queries.device_forms import forms_served
from registry.services.submissions import receive

bp = Blueprint("openrosa", __name__, url_prefix="/api/openrosa")

XML = "text/xml; charset=utf-8"
FORM = "xml_submission_file"
LIST = (
    '<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">'
)
SAID = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>{}</message>'
    "</OpenRosaResponse>"
)
NOTHING = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest xmlns="http://openrosa.org/xforms/xformsManifest"/>'
)


class FormMissing(NotFound):
    """There is no form called "{code}"; fetch the list of forms anew."""


class NoFormSent(Invalid):
    """Nothing was sent as xml_submission_file; send the filled-in form under that name."""


@bp.after_request
def _of_openrosa(answer: Response) -> Response:
    """What every answer of the protocol carries."""
    answer.headers["X-OpenRosa-Version"] = "1.0"
    answer.headers["X-OpenRosa-Accept-Content-Length"] = str(MOST)
    answer.headers["Date"] = format_datetime(datetime.now(UTC), usegmt=True)
    return answer


@bp.get("/formList")
def forms() -> Response:
    """All forms, or the one of a code that some clients ask for by `formID`."""
    asked = request.args.get("formID", "")
    served = forms_served(db(), actor=actor())
    listed = "".join(_told(each) for each in served if asked in ("", each.code))
    return Response(f"{LIST}{listed}</xforms>", content_type=XML)


@bp.get("/forms/<code>.xml")
def form(code: str) -> Response:
    return Response(_form(code).xml, content_type=XML)


@bp.get("/forms/<code>/manifest")
def manifest(code: str) -> Response:
    """The files that belong to a form: ours have none."""
    _form(code)
    return Response(NOTHING, content_type=XML)


@bp.get("/submission")
def look() -> Response:
    """Where forms are sent to, before any is: devices ask for the head alone."""
    actor().require(May.SEND_SUBMISSIONS)
    return Response(status=204, headers={"Location": address("openrosa.send")})


@bp.post("/submission")
@counts_itself
def send() -> Response:
    sent = request.files.get(FORM)
    if sent is None:
        raise NoFormSent
    files = {name: file.stream for name, file in request.files.items() if name != FORM}
    kept = receive(db(), sent.stream.read(MOST + 1), files, actor=actor())
    said = kept.refusal or "OK"
    headers = {"Location": address("openrosa.send")}
    return Response(SAID.format(escape(said)), 201, headers, content_type=XML)


def _form(code: str) -> XForm:
    found = {each.code: each for each in forms_served(db(), actor=actor())}
    if code not in found:
        raise FormMissing(code=code)
    return found[code]


def _told(form: XForm) -> str:
    """One form as the list tells it."""
    at = escape(address("openrosa.form", code=form.code))
    return (
        f"<xform><formID>{escape(form.code)}</formID><name>{escape(form.title)}</name>"
        f"<version>{escape(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{at}</downloadUrl></xform>"
    )
