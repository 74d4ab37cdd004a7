"""What the forms of settings let one choose from."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy.orm import Session

from app.deciding import currencies, levels
from app.deciding.figures import ROUNDINGS
from app.web.labels import languages
from app.web.settings_told import purpose_words
from core.country import country
from core.money import currency_called, digits_of
from core.words import _, current, figure_said, spoken_languages


def choices(session: Session, section: str) -> dict[str, Any]:
    """What the form of a section offers, by the names its template knows it by."""
    offered: dict[str, Callable[[Session], dict[str, Any]]] = {
        "profile": _of_profile,
        "languages": _of_languages,
        "currencies": _of_currencies,
        "levels": _of_levels,
        "figures": _of_figures,
    }
    return offered[section](session) if section in offered else {}


def _of_profile(_session: Session) -> dict[str, Any]:
    named = {str(code): str(name) for code, name in current().locale.territories.items()}
    codes = [code for code in named if code.isalpha() and code != "ZZ"]  # continents are numbers
    territories = sorted((named[code], code) for code in codes)
    return {
        "territories": [(code, f"{name} ({code})") for name, code in territories],
        "regions": [
            (code, f"{name} ({code})") for name, code in territories if code in SUPPORTED_REGIONS
        ],
        "zones": sorted(available_timezones()),
    }


def _of_languages(_session: Session) -> dict[str, Any]:
    return {"written": languages(), "spoken": dict(spoken_languages())}


def _of_currencies(session: Session) -> dict[str, Any]:
    codes = sorted({*country().currencies} | currencies.used(session))
    return {
        "listed": [(code, f"{code} {currency_called(code)}", digits_of(code)) for code in codes]
    }


def _of_levels(session: Session) -> dict[str, Any]:
    return {"rows": levels.levels(session), "written": languages()}


def _of_figures(_session: Session) -> dict[str, Any]:
    said = [(n, _("the nearest {n}", n=figure_said(n)) if n > 1 else _("not")) for n in ROUNDINGS]
    return {"roundings": said, "purposes": purpose_words()}
