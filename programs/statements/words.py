"""What providers call things: columns, outcomes and reasons, in the words they are known to use."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

BETWEEN_WORDS = re.compile(r"[^\w]+")


class Told(StrEnum):
    """What a provider says became of an order; `pending` is no answer yet."""

    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    FAILED = "failed"
    REVERSED = "reversed"
    PENDING = "pending"


class Rejection(StrEnum):
    """Why an entitlement was not taken or could not be given."""

    REFUSED = "refused"
    ACCOUNT_UNKNOWN = "account_unknown"
    OTHER = "other"


REFERENCE, OUTCOME, AMOUNT, REASON, THEIR_NUMBER = (
    "reference",
    "outcome",
    "amount",
    "reason",
    "their_number",
)
FIELDS = (REFERENCE, OUTCOME, AMOUNT, REASON, THEIR_NUMBER)
NEEDED = (REFERENCE,)
HEADINGS: dict[str, tuple[str, ...]] = {
    REFERENCE: (
        *("ern", "our reference", "end to end id", "endtoendid", "client reference"),
        *("external reference", "external id", "payment reference", "reference", "ref"),
        *("référence", "referencia", "customer reference", "order reference", "order"),
    ),
    OUTCOME: (
        *("status", "payment status", "transaction status", "state", "result", "outcome"),
        *("txsts", "statut", "estado", "état", "resultado", "résultat"),
    ),
    AMOUNT: (
        *("amount paid", "paid amount", "amount", "value", "montant", "montant payé", "monto"),
        *("importe", "amt", "instdamt", "sum"),
    ),
    REASON: (
        *("reason", "failure reason", "error", "error message", "comment", "motif", "motivo"),
        *("remarks", "remark", "description", "addtlinf"),
    ),
    THEIR_NUMBER: (
        *("transaction id", "transaction", "provider reference", "receipt", "receipt number"),
        *("receipt no", "trx id", "txid", "id transaction"),
    ),
}
OUTCOMES: dict[Told, tuple[str, ...]] = {
    Told.PAID: (
        *("paid", "success", "successful", "succeeded", "completed", "complete", "settled", "ok"),
        *("accc", "acsc", "acsp", "disbursed", "collected", "cashed", "payé", "payée", "réussi"),
        *("pagado", "pagada", "exitoso", "yes", "oui", "sí", "مدفوع"),
    ),
    Told.PARTLY_PAID: (
        *("partly paid", "partially paid", "partial", "part", "partiel", "parcial", "partly_paid"),
    ),
    Told.FAILED: (
        *("failed", "failure", "fail", "rejected", "rjct", "error", "declined", "expired", "no"),
        *("not paid", "unpaid", "cancelled", "canceled", "échec", "échoué", "rejeté", "fallido"),
        *("rechazado", "uncollected", "blocked", "مرفوض"),
    ),
    Told.REVERSED: (
        *("reversed", "reversal", "returned", "refunded", "rvsd", "rtrn", "recalled", "annulé"),
        *("retourné", "reversado", "devuelto", "charged back"),
    ),
    Told.PENDING: (
        *("pending", "pdng", "in progress", "processing", "queued", "sent", "submitted"),
        *("en cours", "en attente", "pendiente", "waiting", "initiated"),
    ),
}
REASONS: tuple[tuple[Rejection, tuple[str, ...]], ...] = (
    (Rejection.REFUSED, ("refus", "declin", "rechaz", "not wanted")),
    (
        Rejection.ACCOUNT_UNKNOWN,
        (
            *("account", "wallet", "compte", "cuenta", "iban", "msisdn", "subscriber", "number"),
            *("ac01", "ac04", "be01", "not registered", "unregistered", "unknown", "kyc"),
        ),
    ),
)


def plainly(said: str) -> str:
    """A heading or a word in small letters, its parts one blank apart."""
    return BETWEEN_WORDS.sub(" ", said.replace("_", " ").casefold()).strip()


def columns_meant(columns: Iterable[str]) -> dict[str, str]:
    """Which column holds what, by the headings providers are known to write."""
    known = {plainly(column): column for column in reversed([*columns])}
    found: dict[str, str] = {}
    for field, headings in HEADINGS.items():
        free = (known[name] for name in map(plainly, headings) if name in known)
        column = next((each for each in free if each not in found.values()), None)
        if column is not None:
            found[field] = column
    return found


def outcome_meant(said: str, taught: Mapping[str, str]) -> Told | None:
    """What a provider means by a word: as it was said of this provider, else as it is known."""
    word = plainly(said)
    if word in taught:
        return Told(taught[word])
    return next((told for told, words in OUTCOMES.items() if word in map(plainly, words)), None)


def rejection_meant(reason: str) -> Rejection:
    """The code of a reason in a provider's own words."""
    word = plainly(reason)
    return next(
        (code for code, parts in REASONS if any(part in word for part in parts)), Rejection.OTHER
    )
