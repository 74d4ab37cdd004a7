"""What may be found in a row of a file, said in a sentence each.

A finding is a code, or a code and the field it is about (`unknown_word:sex`). Errors keep a row
out. Warnings let it in, but the cell they are about is not used until a person accepts it.
"""

from collections.abc import Mapping

from core.words import _

FIELD_OF = {
    "missing_code": "code",
    "repeated_code": "code",
    "not_active": "code",
    "unknown_area": "area_pcode",
    "out_of_reach": "area_pcode",
    "accuracy": "accuracy_m",
    "missing_size": "size",
    "size_not_a_number": "size",
    "size_out_of_range": "size",
    "size_implausible": "size",
    "missing_name": "name",
    "missing_household": "household_code",
    "unknown_household": "household_code",
    "in_another_household": "household_code",
    "age_implausible": "birth_date",
    "missing_id_type": "id_type",
    "repeated_id": "id_number",
    "second_head": "relation",
}
WARNINGS = frozenset(
    {
        *("zero", "swapped", "foreign", "outside_area", "crowded", "size_implausible"),
        *("age_implausible", "repeated_id", "second_head", "in_another_household"),
    }
)
ACCEPTABLE = WARNINGS - {"repeated_id"}  # an identifier is one person's, whatever anybody accepts
PLACES = ("coordinates", "swapped", "zero", "foreign", "outside_area", "crowded")


def cells_of(finding: str) -> tuple[str, ...]:
    """The fields of the cells a finding is about."""
    code, _colon, field = finding.partition(":")
    if code in PLACES:
        return ("longitude", "latitude")
    return (field,) if field else (FIELD_OF[code],) if code in FIELD_OF else ()


def finding_name(code: str) -> str:
    """A finding in a few words, for lists and filters."""
    return {
        "too_many_cells": _("More cells than headings"),
        "missing_code": _("No code"),
        "repeated_code": _("Code repeated in the file"),
        "not_active": _("No longer in the registry"),
        "unknown_area": _("Unknown P-code"),
        "out_of_reach": _("Outside your areas"),
        "coordinates": _("Coordinates unreadable"),
        "swapped": _("Coordinates swapped"),
        "zero": _("Coordinates are zero"),
        "foreign": _("Outside the country"),
        "outside_area": _("Outside its P-code"),
        "crowded": _("Too many at one spot"),
        "accuracy": _("Accuracy unusable"),
        "missing_size": _("No size"),
        "size_not_a_number": _("Size is not a number"),
        "size_out_of_range": _("Size below zero"),
        "size_implausible": _("Size implausible"),
        "bad_date": _("Date unreadable"),
        "date_in_future": _("Date in the future"),
        "unknown_word": _("Unknown word"),
        "missing_name": _("No name"),
        "missing_household": _("No household"),
        "unknown_household": _("Unknown household"),
        "in_another_household": _("In another household"),
        "age_implausible": _("Age implausible"),
        "missing_id_type": _("Kind of identifier missing"),
        "repeated_id": _("Identifier of somebody else"),
        "second_head": _("Second head"),
    }[code.partition(":")[0]]


def finding_said(finding: str, cells: Mapping[str, str | None]) -> str:
    """What was found in a row and what to do, with the cell it was found in.

    `cells` are the row's cells by field.
    """
    said = ", ".join(cells.get(field) or _("empty") for field in cells_of(finding))
    return {
        "too_many_cells": _(
            "The row has more cells than there are headings; put text with a delimiter in it"
            " between quotation marks."
        ),
        "missing_code": _("The row has no code; give it the code it has in your list."),
        "repeated_code": _("The code {cell} stands in an earlier row too; keep one of them."),
        "not_active": _("{cell} was merged, exited or erased; take the row out."),
        "unknown_area": _("No area has the P-code {cell}; look it up under Areas."),
        "out_of_reach": _("{cell} is outside the areas you work in; leave it to who does."),
        "coordinates": _(
            "The coordinates ({cell}) are not a longitude from -180 to 180 and a latitude from"
            " -90 to 90; write both in decimal degrees, or neither."
        ),
        "swapped": _(
            "Longitude and latitude ({cell}) seem to be swapped: turned round, they lie in the"
            " country. Accept the row to turn them round."
        ),
        "zero": _("The coordinates are 0, 0, in the sea off Africa; accept them only if so."),
        "foreign": _("The point ({cell}) lies outside the country; accept it only if so."),
        "outside_area": _(
            "The point ({cell}) does not lie in the area its P-code names; accept it if the point"
            " is right and the P-code is not."
        ),
        "crowded": _(
            "More households than one spot holds stand at ({cell}); accept it if they really do."
        ),
        "accuracy": _("The accuracy {cell} is not a number of metres from 0 up."),
        "missing_size": _("The row does not say how many people the household has."),
        "size_not_a_number": _("The size {cell} is not a whole number."),
        "size_out_of_range": _("The size {cell} is below zero."),
        "size_implausible": _("A household of {cell} is unusual; accept it if it is right."),
        "bad_date": _("{cell} is not a day; write it as 2026-03-14."),
        "date_in_future": _("The day {cell} is still to come."),
        "unknown_word": _("{cell} is not in the word list; see Administration, word lists."),
        "missing_name": _("The row has no name."),
        "missing_household": _("The row does not say which household the person belongs to."),
        "unknown_household": _("No household has the code {cell}; import households first."),
        "in_another_household": _(
            "The person is a member of another household; accept the row to move them to {cell}."
        ),
        "age_implausible": _("Born {cell} means over 120 years old; accept it if it is right."),
        "missing_id_type": _("The identifier has no kind, such as national ID."),
        "repeated_id": _("Somebody else has the identifier {cell}; it is left out here."),
        "second_head": _(
            "The household has another head; the person is taken in as a member, or as the new"
            " head if you accept the row."
        ),
    }[finding.partition(":")[0]].format(cell=said)
