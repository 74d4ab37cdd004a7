"""What may be found in a row of a file, said in a sentence each.

A finding is a code, or a code and the field it is about (`unknown_word:sex`). Errors keep a row
out. Warnings let it in, but the cell they are about is not used until a person accepts it.
"""

from collections.abc import Mapping
from functools import lru_cache

from core.words import _, current

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
FLAGS = WARNINGS | {  # what a check of a file alone finds besides
    *("day_unclear", "word_alike", "phone_impossible", "number_rounded", "cell_error"),
    *("unreadable_letters", "two_places", "geometry", "no_crs", "repeated_row", "missing_value"),
}
ACCEPTABLE = WARNINGS - {"repeated_id"}  # an identifier is one person's, whatever anybody accepts
PLACES = (
    *("coordinates", "swapped", "zero", "foreign", "outside_area", "crowded"),
    *("two_places", "geometry", "no_crs"),
)
LONGEST_SHOWN = 60  # letters of a cell in a sentence


def cells_of(finding: str) -> tuple[str, ...]:
    """The fields of the cells a finding is about."""
    code, _colon, field = finding.partition(":")
    if code in PLACES:
        return ("longitude", "latitude")
    return (field,) if field else (FIELD_OF[code],) if code in FIELD_OF else ()


def field_of(finding: str) -> str:
    """The field a finding is first of all about, or nothing."""
    return next(iter(cells_of(finding)), "")


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
        "calendar": _("Another calendar"),
        "too_long": _("Too long"),
        "not_a_number": _("Not a number"),
        "out_of_bounds": _("Number out of bounds"),
        "nothing_read": _("No column known"),
        "day_unclear": _("Day and month unclear"),
        "word_alike": _("Word nearly known"),
        "phone_impossible": _("Phone impossible"),
        "number_rounded": _("Number rounded"),
        "cell_error": _("Error of a spreadsheet"),
        "unreadable_letters": _("Letters unreadable"),
        "two_places": _("Two places"),
        "geometry": _("Shape is no point"),
        "no_crs": _("Coordinate system unknown"),
        "repeated_row": _("Row repeated"),
        "missing_value": _("Not filled in"),
        "not_as_agreed": _("Not as agreed"),
        "rule_broken": _("Against a rule"),
    }[code.partition(":")[0]]


def finding_said(finding: str, cells: Mapping[str, str | None]) -> str:
    """What was found in a row and what to do, with the cell it was found in.

    `cells` are the row's cells by field.
    """
    said = ", ".join(dict.fromkeys(_cut(cells.get(field)) for field in cells_of(finding)))
    code, _colon, field = finding.partition(":")
    own = field.partition(".")[2]  # the code of a field of an installation's own
    return _sentences(current().tag)[code].format(cell=said, field=own or field)


def _cut(cell: str | None) -> str:
    if cell is None or not cell:
        return _("empty")
    return cell if len(cell) <= LONGEST_SHOWN else f"{cell[: LONGEST_SHOWN - 1]}…"


@lru_cache(maxsize=64)
def _sentences(_language: str) -> Mapping[str, str]:
    """What to say of each code, in the language being spoken."""
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
            " -90 to 90; write both in decimal degrees, or say in which system they are."
        ),
        "swapped": _(
            "Longitude and latitude ({cell}) seem to be swapped: turned round, they lie where they"
            " belong. Accept the row to turn them round."
        ),
        "zero": _(
            "The coordinates ({cell}) are zero, as devices and spreadsheets write what they do not"
            " know; accept them only if so."
        ),
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
        "age_implausible": _("{cell} means an age over 120; accept it if it is right."),
        "missing_id_type": _("The identifier has no kind, such as national ID."),
        "repeated_id": _("Somebody else has the identifier {cell}; it is left out here."),
        "second_head": _(
            "The household has another head; the person is taken in as a member, or as the new"
            " head if you accept the row."
        ),
        **_of_files(),
    }


def _of_files() -> Mapping[str, str]:
    """What is said of a file that is checked by itself."""
    return {
        "calendar": _(
            "{cell} seems to be a day of another calendar; write it in the Gregorian one, as"
            " 2026-03-14."
        ),
        "too_long": _("{cell} is too long for its column; shorten it."),
        "not_a_number": _("{cell} is not a number."),
        "out_of_bounds": _("{cell} is not possible here; correct the number."),
        "nothing_read": _(
            "No column of the file is known; put headings in its first row, or say which column is"
            " which."
        ),
        "day_unclear": _(
            "{cell} can be read with the day or with the month first; it is read with the day"
            " first. Say which it is."
        ),
        "word_alike": _("{cell} is nearly a word of the list and is taken for it; look at it."),
        "phone_impossible": _("{cell} cannot be a telephone number; it is left out."),
        "number_rounded": _(
            "{cell} has lost its last digits in a spreadsheet; write it there as text."
        ),
        "cell_error": _("{cell} is an error of a spreadsheet; it is read as empty."),
        "unreadable_letters": _(
            "{cell} holds letters that are broken in the file; write them again."
        ),
        "two_places": _(
            "The shape of the row and its coordinates ({cell}) lie apart; the shape is used if you"
            " accept the row."
        ),
        "geometry": _("The shape of the row is neither a point nor an area; it has no place."),
        "no_crs": _(
            "The file does not say in which coordinate system its points ({cell}) are; name it,"
            " such as EPSG:32651."
        ),
        "repeated_row": _("The row says the same as an earlier one; keep one of them."),
        "missing_value": _(
            "{field} has to be filled in, and is empty; the row is taken, and completed later."
        ),
        "not_as_agreed": _(
            "{cell} is not written as was agreed for its column; see Administration, Fields."
        ),
        "rule_broken": _(
            "{cell} goes against the rule of its field; correct it, or what else the row says."
        ),
    }
