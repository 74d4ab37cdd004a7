"""The rehearsal provider's HTTP server: disbursements as the GSMA Mobile Money API has them."""

import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import urllib3
from urllib3.exceptions import HTTPError

from app.rehearsal.ledger import Ledger, Transfer
from app.rehearsal.manners import Fault, Manners
from programs.fsp.mobile_money import TIME_FORMAT, signature_of

LONGEST_BODY = 100_000
TELL_EVERY = 0.1  # seconds between two looks for what nobody was told of
NUMBER = re.compile(r"\+?[0-9]{7,15}")
TOO_MANY = 429
TAKEN = 0  # the key of a line that is not written yet

Said = dict[str, Any]


@dataclass
class Provider:
    """One provider: its ledger, its manners, and the secret that it shares with who calls it."""

    ledger: Ledger
    manners: Manners
    secret: str
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, said: Mapping[str, Any], correlation: str, callback: str) -> Transfer:
        """Take an order; one that came before is the same, unless the provider forgets."""
        with self.lock:
            before = self.ledger.of(correlation)
            if before is not None and Fault.FORGETS not in self.manners.faults:
                return before
            taken = self._judged(said, correlation, callback)
            key = self.ledger.book(taken)
        return self.ledger.line(key) or taken

    def _judged(self, said: Mapping[str, Any], correlation: str, callback: str) -> Transfer:
        reference = str(said["requestingOrganisationTransactionReference"])
        account, amount = str(said["creditParty"][0]["value"]), Decimal(str(said["amount"]))
        why = None
        if not NUMBER.fullmatch(re.sub(r"[\s().\-/]", "", account)):
            why = "The account is not known."
        elif self.manners.fails(reference):
            why = "The account cannot receive money."
        state = "failed" if why else "completed"
        currency = str(said["currency"])
        return Transfer(
            TAKEN, correlation, reference, account, amount, currency, state, why, callback, 0
        )

    def tell_forever(self) -> None:
        """Send answers to whoever asked for them, until they are taken."""
        while True:
            for transfer in self.ledger.untold():
                if not self.manners.callbacks or self._told(transfer):
                    self.ledger.tell(transfer.id)
            time.sleep(TELL_EVERY)

    def _told(self, transfer: Transfer) -> bool:
        if not transfer.callback or self.manners.is_silent(transfer.reference):
            return True
        times = 2 if Fault.TWICE in self.manners.faults else 1
        taken = [self._call_back(transfer) for _time in range(times)]
        return all(taken)

    def _call_back(self, transfer: Transfer) -> bool:
        body = json.dumps(told(transfer)).encode()
        date = datetime.now(UTC).strftime(TIME_FORMAT)
        headers = {
            "Content-Type": "application/json",
            "X-Date": date,
            "X-Signature": signature_of(self.secret, date, body),
        }
        try:
            answer = urllib3.request(
                "POST", transfer.callback, body=body, headers=headers, timeout=5.0, retries=False
            )
        except (HTTPError, OSError):
            return False
        return answer.status < 500 and answer.status != TOO_MANY


def told(transfer: Transfer) -> Said:
    """A transfer as the API tells it."""
    said = {
        "transactionReference": f"R{transfer.id:08}",
        "transactionStatus": transfer.state,
        "amount": str(transfer.amount),
        "currency": transfer.currency,
        "requestingOrganisationTransactionReference": transfer.reference,
    }
    return {**said, "errorDescription": transfer.why} if transfer.why else said


class Handler(BaseHTTPRequestHandler):
    """One call."""

    provider: ClassVar[Provider]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take an order."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LONGEST_BODY))
        if self._shut():
            return
        correlation = self.headers.get("X-CorrelationID", "")
        callback = self.headers.get("X-Callback-URL", "")
        if self.path != "/transactions" or not correlation:
            self._answer(404, {"errorCode": "unknown"})
            return
        try:
            said = json.loads(body)
            transfer = self.provider.take(said, correlation, callback)
        except (KeyError, IndexError, TypeError, ValueError, InvalidOperation):
            self._answer(400, {"errorDescription": "The order cannot be read."})
            return
        time.sleep(self.provider.manners.seconds(transfer.reference))
        if self.provider.manners.is_silent(transfer.reference):
            self.close_connection = True
            time.sleep(LONGEST_SILENCE)
            return
        self._answer(202, {"status": "pending", "serverCorrelationId": correlation})

    def do_GET(self) -> None:
        """Say what became of an order."""
        if self._shut():
            return
        _empty, kind, *rest = [*self.path.split("/"), ""]
        found = None
        if kind == "responses":
            found = self.provider.ledger.of(rest[0])
            said: Said = {"link": f"/transactions/{found.id}"} if found else {}
        elif kind == "transactions" and rest[0].isdecimal():
            found = self.provider.ledger.line(int(rest[0]))
            said = told(found) if found else {}
        self._answer(200 if found else 404, said if found else {"errorCode": "unknown"})

    def log_message(self, *_said: object) -> None:
        """Say nothing: the ledger tells it all."""

    def _shut(self) -> bool:
        """Answer whoever does not know the secret, and nobody else."""
        if self.headers.get("Authorization") == f"Bearer {self.provider.secret}":
            return False
        self._answer(401, {"errorDescription": "The secret is not ours."})
        return True

    def _answer(self, status: int, said: Said) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


LONGEST_SILENCE = 30.0


class Server(ThreadingHTTPServer):
    """A server that does not wait for calls it never answers."""

    daemon_threads = True


def server_of(provider: Provider, port: int) -> Server:
    """A server on a port of this machine; 0 is any free one."""
    handler = type("Bound", (Handler,), {"provider": provider})
    return Server(("127.0.0.1", port), handler)
