"""How often one network address may try to sign in, and how often one key may ask.

Counted in Redis for all web processes.
"""

import hashlib

from flask import Flask, request
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from app.auth.keys import sent
from core.errors import Refusal
from core.settings import settings

API = "/api/"
OUTSIDE = "/request"
SECONDS = 1  # to wait for a Redis that does not answer, before counting in memory


class TooOften(Refusal):
    """Somebody tried to sign in too often from your network; wait a minute, then try again."""

    status = 429


class AsksTooOften(Refusal):
    """This program asks more often than {often} times a minute; wait a minute, then ask slower."""

    status = 429


class WritesTooOften(Refusal):
    """So many requests came from your network that no more are taken for now; try again in an hour,
    or go to an office."""

    status = 429


def asks() -> str:
    """Who asks the service for machines: a key, or the network address of whoever brings none."""
    key = sent(request.authorization)
    return hashlib.sha256(key.encode()).hexdigest() if key else get_remote_address()


def too_often() -> Refusal:
    """The sentence for whoever came over a limit."""
    if request.path.startswith(API):
        return AsksTooOften(often=settings().asks_a_minute)
    return WritesTooOften() if request.path.startswith(OUTSIDE) else TooOften()


limiter = Limiter(
    get_remote_address,
    application_limits=[
        ApplicationLimit(
            lambda: f"{settings().asks_a_minute} per minute",
            key_function=asks,
            exempt_when=lambda: not request.path.startswith(API),
            scope="api",
        )
    ],
    key_prefix="highground",
    in_memory_fallback_enabled=True,
    storage_options={"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS},
)
on_signing_in = limiter.shared_limit(
    lambda: f"{settings().sign_ins_a_minute} per minute", scope="sign_in"
)

on_writing = limiter.shared_limit(
    lambda: f"{settings().requests_an_hour} per hour", scope="outside"
)


def init_app(app: Flask) -> None:
    """Count by the asker's own address, also behind proxies of ours."""
    proxies = int(settings().proxies)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies)  # type: ignore[method-assign]
    url = settings().redis_url
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix:") else url
    limiter.init_app(app)
