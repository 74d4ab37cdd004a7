"""The languages people speak, by their codes (ISO 639, as CLDR lists them)."""

from core.errors import Invalid
from core.words import current


class LanguageUnknown(Invalid):
    """ "{code}" is no language; choose one of the list."""


def languages() -> dict[str, str]:
    """Every language by its code, as the reader calls it, in the order of its names."""
    named = {
        code: str(name) for code, name in current().locale.languages.items() if "_" not in code
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def is_language(code: str) -> bool:
    """Whether a code is a language's."""
    return code in current().locale.languages and "_" not in code
