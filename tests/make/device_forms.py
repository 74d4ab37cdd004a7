"""A form that was made elsewhere: an XLSForm of a survey of households, as Kobo makes them."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from sqlalchemy.orm import Session

from registry.models.device_forms import DeviceForm
from registry.parsing.form_readings import Fills
from registry.services.device_forms import bring
from tests.make.programs import DARA

Sheet = Sequence[Mapping[str, str]]

SURVEY = (
    {"type": "start", "name": "start"},
    {"type": "text", "name": "village", "label": "Nom du village"},
    {"type": "geopoint", "name": "gps", "label": "Point"},
    {"type": "begin_group", "name": "chef", "label": "Chef"},
    {"type": "text", "name": "nom", "label": "Nom"},
    {"type": "select_one sexe", "name": "sexe", "label": "Sexe"},
    {"type": "integer", "name": "age", "label": "Age"},
    {"type": "end_group"},
    {"type": "begin_repeat", "name": "membre", "label": "Membre"},
    {"type": "text", "name": "prenom", "label": "Nom"},
    {"type": "select_one sexe", "name": "genre", "label": "Sexe"},
    {"type": "end_repeat"},
    {"type": "image", "name": "photo", "label": "Photo"},
    {"type": "calculate", "name": "twice", "calculation": "1 + 1"},
)
CHOICES = (
    {"list_name": "sexe", "name": "1", "label": "Homme"},
    {"list_name": "sexe", "name": "2", "label": "Femme"},
)


def workbook(title: str, code: str, survey: Sheet = SURVEY, choices: Sheet = CHOICES) -> bytes:
    """An XLSForm as it is kept: three sheets, of questions, choices and settings."""
    file = io.BytesIO()
    settings = [{"form_title": title, "form_id": code, "version": "7"}]
    with xlsxwriter.Workbook(file) as book:
        for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
            sheet = book.add_worksheet(name)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            sheet.write_row(0, 0, columns)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [row.get(column, "") for column in columns])
    return file.getvalue()


def make_device_form(
    session: Session, title: str = "Enquête", code: str = "kobo_menages"
) -> DeviceForm:
    """A form that was brought in, and whose mapping is guessed."""
    return bring(session, io.BytesIO(workbook(title, code)), Fills.REGISTRATION, actor=DARA)
