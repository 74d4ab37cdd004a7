"""Which field a question of a form made elsewhere probably fills."""

from registry.checking.fields import fields_of
from registry.parsing.form_readings import KIND, NOTE, NUMBER, ON, PICTURE, Fills
from registry.parsing.xform_questions import Question

GUESSED = {
    "size": "group.stated_size",
    "area_pcode": "group.pcode",
    **{name: f"group.{name}" for name in ("address", "settlement")},
    **{
        name: f"person.{name}"
        for name in (
            *("name", "given_name", "other_names", "family_name", "name_local", "relation"),
            *("sex", "birth_date", "age", "id_type", "id_number", "civil_status"),
        )
    },
}
OF_VISITS = {"date": ON, "visitdate": ON, "note": NOTE, "number": NUMBER, "kind": KIND}


def guessed(question: Question, fills: Fills) -> str | None:
    """Which field a question probably fills, by its name and its words."""
    last = question.path.rpartition("/")[2]
    if question.kind == "file":
        return PICTURE
    if fills is Fills.VISIT:
        return OF_VISITS.get(last.replace("_", "").casefold())
    if question.kind == "geopoint":
        return "group.place"
    found = [name for text in (last, question.label) for name in fields_of(text)]
    if "phone" in found:
        return "person.phone" if "/" in question.path else "group.phone"
    return next((GUESSED[name] for name in found if name in GUESSED), None)
