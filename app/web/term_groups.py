"""The terms of filters by what they are about, as the builder lists them."""

from collections.abc import Sequence

from core.words import _

Choices = Sequence[tuple[str, str]]
Grouped = Sequence[tuple[str, Choices]]

ABOUT: dict[str, tuple[str, ...]] = {
    "people": (
        *("people", "size", "children_under_5", "children", "girls", "boys", "women", "men"),
        *("over_60", "has_disability", "sex_of_head", "age_of_head"),
        *("age", "sex", "birth_date", "disabled", "relation", "civil_status"),
    ),
    "place": (
        *("area_in", "area_name", "place_known", "place_source", "place_accuracy"),
        *("place_taken_on", "plots", "land_km2"),
    ),
    "hazards": ("exposed", "hazard_status"),
    "programs": (
        *("in_program", "program_state", "programs", "helped_for", "entitled", "received"),
        *("last_received_on", "last_payment_on"),
    ),
    "record": (
        *("kind", "is_partial", "is_complete", "registered_on", "tags", "consent", "visited_on"),
        *("documents", "has_document", "has_identifier", "has_phone", "has_account"),
        *("changes_open", "duplicates_open"),
    ),
    "scores": ("score", "band"),
}


def grouped(offered: Choices) -> Grouped:
    """Terms, (name, what it means), by what they are about; fields of an installation are last."""
    left = dict(offered)
    names = _names()
    groups = [
        (names[about], [(name, left.pop(name)) for name in listed if name in left])
        for about, listed in ABOUT.items()
    ]
    groups.append((_("Fields of this country"), list(left.items())))
    return [(name, terms) for name, terms in groups if terms]


def _names() -> dict[str, str]:
    return {
        "people": _("People"),
        "place": _("Place and land"),
        "hazards": _("Hazards"),
        "programs": _("Programs"),
        "record": _("What is kept of them"),
        "scores": _("Scores"),
    }
