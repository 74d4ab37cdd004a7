"""What the values are called that administrators decide for the country."""

from core.words import _

Words = dict[str, str]


def of_country() -> Words:
    """The columns of the country's row, as the trail and the page of settings call them."""
    return {
        "timezone": _("Time zone"),
        "phone_region": _("Country of telephone numbers written without +"),
        "home": _("Where maps begin"),
        "languages": _("Languages offered"),
        "currencies": _("Currencies offered"),
        "young_below": _("The lowest age band ends below"),
        "old_from": _("The highest age band begins at"),
        "fewest": _("The fewest a figure tells of"),
        "rounding": _("Figures for everybody are rounded to"),
        "ask_purpose": _("A purpose is asked for before"),
        "crowd": _("Measured at one spot, at most"),
        "near_m": _("Middle of an area, metres around"),
        "vague_m": _("Inaccurate from, metres"),
        "fresh_months": _("A point is fresh for, months"),
        "old_months": _("A point is old after, months"),
        "coarse_m": _("Coarse position of a phone from, metres"),
        "largest_household": _("People in a household, at most"),
        "document_mb": _("Largest document, MB"),
        "purpose_hours": _("A purpose holds for, hours"),
        "undo_days": _("A merge can be undone for, days"),
        "land_percent": _("Land counts as hit from, percent"),
        "alike_percent": _("Two records are looked at from a likeness of, percent"),
        "roof_m": _("Under one roof within, metres"),
        "platform": _("Name of the platform"),
        "accent": _("Colour on light pages"),
        "accent_dark": _("Colour on dark pages"),
        "logo": _("Logo"),
        "levels": _("Levels of areas"),
    }
