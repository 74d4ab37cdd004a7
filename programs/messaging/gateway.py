"""A gateway for messages behind HTTP: one request a message, under a reference of ours."""

from enum import StrEnum

import orjson
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError, NewConnectionError

CONNECT, SILENCE = 5.0, 20.0  # seconds


class Handed(StrEnum):
    """What became of a message that was handed over."""

    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Gateway:
    """A gateway that takes `{"reference", "to", "text"}` as JSON; 2xx says that it has it.

    4xx says that it will not; anything else, or silence, leaves it in doubt.
    """

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self.headers = {"Content-Type": "application/json", "User-Agent": "Highground"}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.pool = PoolManager(
            retries=Retry(0, redirect=False), timeout=Timeout(connect=CONNECT, read=SILENCE)
        )

    def hand(self, reference: str, to: str, text: str) -> Handed:
        """Hand one message over, once; a second time with the same reference is for it to know."""
        body = orjson.dumps({"reference": reference, "to": to, "text": text})
        headers = {**self.headers, "Idempotency-Key": reference}
        try:
            answer = self.pool.request("POST", self.address, body=body, headers=headers)
        except NewConnectionError:
            return Handed.FAILED
        except HTTPError:
            return Handed.IN_DOUBT
        if 200 <= answer.status < 300:
            return Handed.SENT
        return Handed.FAILED if 400 <= answer.status < 500 else Handed.IN_DOUBT
