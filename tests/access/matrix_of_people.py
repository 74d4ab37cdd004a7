"""The routes of consents, visits and forms from devices: what each needs, and what it shows."""

from registry.permissions import May as Registry
from tests.access.rows import IMPORTS, NOTHING, PEOPLE, PLAIN, READ_PEOPLE, SEND_FORMS, Row, needs

NUMBER = {"number": "number"}
DEVICE_FORM = {"form_id": "device_form_id"}
RULE = {"rule_id": "rule_id"}
RECEIPT = NUMBER | {"receipt": "receipt"}

GETS: dict[str, Row] = {
    "consents.receipt": Row(READ_PEOPLE, PEOPLE, RECEIPT),
    "consents.receipt_pdf": Row(READ_PEOPLE, NOTHING, RECEIPT),
    "openrosa.form": Row(SEND_FORMS, PLAIN, {"code": "form"}),
    "openrosa.forms": Row(SEND_FORMS, NOTHING),
    "openrosa.look": Row(SEND_FORMS, NOTHING),
    "openrosa.manifest": Row(SEND_FORMS, NOTHING, {"code": "form"}),
    "submissions.index": Row(SEND_FORMS),
    "retention.show": Row(needs(Registry.WRITE_RETENTION), about=RULE),
    "device_forms.index": Row(IMPORTS, PLAIN),
    "device_forms.show": Row(IMPORTS, PLAIN, DEVICE_FORM),
}
POSTS: dict[str, Row] = {
    "consents.give": Row(needs(Registry.WRITE_CONSENTS), about=NUMBER),
    "consents.withdraw": Row(needs(Registry.WRITE_CONSENTS), about=RECEIPT),
    "visits.add": Row(needs(Registry.WRITE_VISITS), about=NUMBER),
    "openrosa.send": Row(SEND_FORMS),
    "device_forms.bring": Row(IMPORTS),
    "device_forms.bring_submission": Row(IMPORTS, about={"submission_id": "registrant_id"}),
    "device_forms.map_form": Row(IMPORTS, about=DEVICE_FORM),
    "device_forms.remove": Row(IMPORTS, about=DEVICE_FORM),
    "submissions.all_again": Row(SEND_FORMS),
    "submissions.again": Row(SEND_FORMS, about={"submission_id": "registrant_id"}),
}
