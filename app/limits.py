"""How often one network address may try to sign in, counted in Redis for all web processes."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

from core.errors import Refusal
from core.settings import settings

SECONDS = 1  # to wait for a Redis that does not answer, before counting in memory


class TooOften(Refusal):
    """Somebody tried to sign in too often from your network; wait a minute, then try again."""

    status = 429


limiter = Limiter(
    get_remote_address,
    key_prefix="highground",
    in_memory_fallback_enabled=True,
    storage_options={"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS},
)
on_signing_in = limiter.shared_limit(
    lambda: f"{settings().sign_ins_a_minute} per minute", scope="sign_in"
)


def init_app(app: Flask) -> None:
    """Count by the asker's own address, also behind proxies of ours."""
    proxies = int(settings().proxies)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies)  # type: ignore[method-assign]
    url = settings().redis_url
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{url}" if url.startswith("unix:") else url
    limiter.init_app(app)
