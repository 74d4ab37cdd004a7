"""Mobile money over HTTP, as the GSMA Mobile Money API has it (version 1.2, disbursements).

An order is a transaction with our reference and, as its correlation id, a UUID made of it. By that
id the provider is asked what became of it. Answers that come by themselves are signed.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from programs.fsp.orders import Answer, Order, Outcome, Unsure

STATES = {
    "pending": Outcome.ACCEPTED,
    "completed": Outcome.PAID,
    "failed": Outcome.FAILED,
    "reversed": Outcome.REVERSED,
}
OURS = uuid.UUID("0c8ba2d0-6a1d-5d0c-9a55-6b3f3f1f6c11")
OLDEST = timedelta(minutes=10)  # an answer's signature may be
REFUSED = (400, 401, 403, 404, 405, 422)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class MobileMoney:
    """One provider: where it is, whom it pays for, the secret it knows us by, and how long a call
    may last. `callback` is where it sends its answers."""

    address: str
    account: str
    secret: str
    wait: float
    callback: str

    def send(self, order: Order) -> Answer:
        """Hand an order over.

        Raises:
            Unsure
        """
        said = {
            "amount": str(order.amount),
            "currency": order.currency,
            "type": "disbursement",
            "debitParty": [{"key": "accountid", "value": self.account}],
            "creditParty": [{"key": "msisdn", "value": order.account}],
            "recipientKyc": {"subjectName": {"fullName": order.name}},
            "requestDate": _now(),
            "requestingOrganisationTransactionReference": order.reference,
        }
        headers = {
            "X-CorrelationID": correlation_of(order.reference),
            "X-Callback-URL": self.callback,
            "Content-Type": "application/json",
        }
        status, body = self._call("POST", "/transactions", json.dumps(said), headers)
        if status in REFUSED:
            why = body.get("errorDescription") or body.get("errorCode") or str(status)
            return Answer(order.reference, Outcome.FAILED, said=str(why)[:200])
        if status not in (200, 201, 202):
            raise Unsure(str(status))
        return answer_in({**body, "requestingOrganisationTransactionReference": order.reference})

    def ask(self, reference: str) -> Answer:
        """What became of a reference.

        Raises:
            Unsure
        """
        status, body = self._call("GET", f"/responses/{correlation_of(reference)}")
        if status == 404:
            return Answer(reference, Outcome.UNKNOWN)
        link = body.get("link")
        if status != 200 or not isinstance(link, str):
            raise Unsure(str(status))
        status, body = self._call("GET", link)
        if status != 200:
            raise Unsure(str(status))
        return answer_in({**body, "requestingOrganisationTransactionReference": reference})

    def _call(
        self, verb: str, path: str, body: str | None = None, more: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.secret}", "X-Date": _now(), **(more or {})}
        try:
            answer = urllib3.request(
                verb,
                self.address.rstrip("/") + path,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=self.wait),
                retries=False,
                redirect=False,
            )
            said = answer.json() if answer.data else {}
        except (HTTPError, OSError, ValueError) as error:
            raise Unsure(str(error)) from error
        return answer.status, said if isinstance(said, dict) else {}


def correlation_of(reference: str) -> str:
    """The UUID a provider is asked by; the same reference has the same one."""
    return str(uuid.uuid5(OURS, reference))


def answer_in(said: Mapping[str, Any]) -> Answer:
    """What a transaction, or a request's state, says of its order.

    Raises:
        Unsure: it says nothing we know.
    """
    state = str(said.get("transactionStatus") or said.get("status") or "")
    reference = said.get("requestingOrganisationTransactionReference")
    if state not in STATES or not isinstance(reference, str) or not reference:
        raise Unsure(state)
    outcome = STATES[state]
    named = said.get("transactionReference")
    why = said.get("errorDescription")
    return Answer(
        reference,
        outcome,
        _amount(said.get("amount")) if outcome is Outcome.PAID else None,
        str(named)[:100] if named else None,
        str(why)[:200] if why else None,
    )


def signature_of(secret: str, date: str, body: bytes) -> str:
    """What signs an answer: HMAC-SHA256 over the header X-Date, a line's end and the body."""
    return hmac.digest(secret.encode(), date.encode() + b"\n" + body, hashlib.sha256).hex()


def is_signed(secret: str, date: str, body: bytes, signature: str, now: datetime) -> bool:
    """Whether an answer is the provider's, and of these minutes."""
    try:
        at = datetime.strptime(date, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return False
    good = hmac.compare_digest(signature_of(secret, date, body), signature.lower())
    return good and abs(now - at) <= OLDEST


def _amount(written: object) -> Decimal:
    try:
        return Decimal(str(written))
    except InvalidOperation:
        raise Unsure(str(written)) from None


def _now() -> str:
    return datetime.now(UTC).strftime(TIME_FORMAT)
