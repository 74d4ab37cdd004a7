"""What a receipt of a consent says, in the language of whoever it is handed to."""

from collections.abc import Mapping
from datetime import UTC, datetime

from app.request import actor
from core.clock import day_said
from core.words import _, current
from registry.documents.receipts import Receipt, receipt_pdf
from registry.models.consents import Basis, Consent, ConsentState, GivenBy
from registry.models.registrants import Registrant

Words = Mapping[str, Mapping[str, str]]


def receipt_file(whose: Registrant, consent: Consent, words: Words) -> bytes:
    """A receipt as a PDF."""
    told = Receipt(
        title=_("Receipt"),
        number=consent.number,
        state=state_said(consent.state),
        lines=_lines(whose, consent, words),
        advice=advice(consent),
        signed=_("Written out by {name}, {day}", name=actor().name, day=day_said(_now().date())),
        rtl=current().direction == "rtl",
    )
    return receipt_pdf(told, made_at=_now())


def basis_said(basis: Basis) -> str:
    """What a purpose rests on."""
    return {
        Basis.CONSENT: _("their consent"),
        Basis.LAW: _("a law"),
        Basis.PUBLIC_TASK: _("a public task"),
        Basis.VITAL: _("somebody's life"),
        Basis.CONTRACT: _("a contract"),
    }[basis]


def state_said(state: ConsentState) -> str:
    """What somebody said."""
    return {
        ConsentState.GIVEN: _("agreed"),
        ConsentState.REFUSED: _("did not agree"),
        ConsentState.WITHDRAWN: _("taken back"),
    }[state]


def advice(consent: Consent) -> str:
    """How it can be taken back, where it can."""
    if consent.basis is Basis.CONSENT:
        return _(
            "It can be taken back at any time, by whoever shows this number;"
            " what was granted before is still given."
        )
    return _(
        "It does not rest on consent; whoever runs the registry says what may be done about it."
    )


def _lines(whose: Registrant, consent: Consent, words: Words) -> list[tuple[str, str]]:
    purposes = words.get("consent_purpose", {})
    guardian = consent.given_by is GivenBy.GUARDIAN
    by = _("by a guardian") if guardian else _("by themselves")
    given = ", ".join(filter(None, (day_said(consent.given_on), by, consent.how)))
    lines = [
        (_("Who"), f"{whose.name}, {whose.number}"),
        (_("What for"), purposes.get(consent.purpose, consent.purpose)),
        (_("It rests on"), basis_said(consent.basis)),
        (_("Given on"), given),
    ]
    if consent.until:
        lines.append((_("Good until"), day_said(consent.until)))
    if consent.withdrawn_on:
        back = filter(None, (day_said(consent.withdrawn_on), consent.because))
        lines.append((_("Taken back on"), ": ".join(back)))
    return lines


def _now() -> datetime:
    return datetime.now(UTC)
