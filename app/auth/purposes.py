"""Why somebody looks at people: asked, where that is configured, before they are shown.

What is asked for the country decides (`ask_purpose`): `registrants` (pages of single people) and
`exports` (files that name them); either of them for where households stand, as a map elsewhere is
both. An answer holds for some hours, in the browser's session; that of a key as long as the key.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import g, request
from flask import session as cookie

from core.country import country
from core.errors import Forbidden, Invalid
from core.words import _

KEPT = "purpose"  # in the session: code, words, until (seconds since 1970)
OTHER = "other"  # the code of a purpose that needs words

ASKED_FOR: dict[str, frozenset[str]] = {  # by word of the setting: the pages and files it guards
    "registrants": frozenset(
        {"registry.show", "redeem.read", "groups.members", "api_registrants.show"}
        | {"targeting_runs.ask", "api_targeting.ask"}
        | {"records.edit", "records.document", "fields.of_registrant", "consents.receipt"}
        | {"consents.receipt_pdf", "import_rows.show", "api_plots.index"}
        | {"places.show", "plots.index", "changes.show", "duplicates.index", "duplicates.show"}
        | {"payments.order"}
        | {"api_duplicates.index", "api_duplicates.show"}
        | {"benefits.try_out"}
        | {"verifications.team", "verifications.show"}
        | {"members.history"}
    ),
    "exports": frozenset(
        {
            "registry.take_along",
            "rosters.download",
            "imports.failed",
            "exports.registered",
            "area_changes.moved",
            "changes.document",
            "payments.csv",
            "payments.workbook",
            "payments.file",
            "cycles.file",
            "verifications.listed",
            "messages.letters",
            "members.csv",
            "audit.csv",
            "audit.lines",
        }
    ),
}
NAMES_NOBODY = frozenset(
    {"situation_maps.file", "imports.headings", "reports.cycle", "reports.fund"}
)


class PurposeFirst(Forbidden):
    """Say first what you look at people for; the page of the purpose asks you."""


class PurposeNeedsWords(Invalid):
    """Say in a few words which other purpose it is."""


class PurposeUnknown(Invalid):
    """There is no such purpose; choose one of the list."""


@dataclass(frozen=True)
class Purpose:
    """What somebody looks at people for, in words, and its code in the word list."""

    code: str
    words: str


def require_purpose() -> None:
    """Refuse what names people until a purpose was stated, where one is asked for.

    Raises:
        PurposeFirst
    """
    if is_asked_for(request.endpoint) and stated() is None:
        raise PurposeFirst


def require_stated() -> None:
    """Refuse where single households stand until a purpose was stated, if any is asked for.

    Raises:
        PurposeFirst
    """
    if _configured() and stated() is None:
        raise PurposeFirst


def is_asked_for(endpoint: str | None) -> bool:
    """Whether a purpose is asked for before this page or file."""
    return any(endpoint in ASKED_FOR[word] for word in _configured())


def _configured() -> set[str]:
    """The words of the setting that are known."""
    return {*country().ask_purpose} & ASKED_FOR.keys()


def stated() -> Purpose | None:
    """The purpose stated in this browser, while it holds; one that no longer does is forgotten.

    A program's is that of its key.
    """
    if key := g.get("by_key"):
        return Purpose(OTHER, key.purpose) if key.purpose else None
    kept = cookie.get(KEPT)
    if kept is None:
        return None
    if kept["until"] <= datetime.now(UTC).timestamp():
        cookie.pop(KEPT)
        return None
    return Purpose(kept["code"], kept["words"])


def state(code: str, words: str, labels: dict[str, str]) -> Purpose:
    """Keep a purpose: a word of the list, and what was written beside it.

    Raises:
        PurposeUnknown, PurposeNeedsWords
    """
    if code not in labels:
        raise PurposeUnknown
    written = " ".join(words.split())
    if code == OTHER and not written:
        raise PurposeNeedsWords
    said = _("{purpose}: {words}", purpose=labels[code], words=written) if written else labels[code]
    until = (datetime.now(UTC) + timedelta(hours=country().purpose_hours)).timestamp()
    cookie[KEPT] = {"code": code, "words": said, "until": until}
    return Purpose(code, said)
