"""Where the pages are reached: a free port, its address, and whether somebody answers there."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from deploy.say import Trouble

FIRST_PORT = 8000
LAST_PORT = 8099
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared with, not listened on)


def choose_port(host: str, wanted: int | None) -> int:
    """The port wanted, or the first free one from 8000."""
    ports = [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1)
    for port in ports:
        if _is_free(host, port):
            return port
    raise Trouble(
        f"Port {ports[0]} of {host} cannot be had; if another program listens there,"
        f" choose another with --port."
    )


def address(host: str, port: int) -> str:
    """What a person types into the browser of this machine."""
    name = "127.0.0.1" if host in EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def wait_for_answer(url: str, seconds: float, meanwhile: Callable[[], None]) -> None:
    """Return when a request to this URL is answered with success."""
    until = time.monotonic() + seconds
    while not _answers(url):
        if time.monotonic() > until:
            raise Trouble(f"The pages at {url} do not answer; see var/log/web.log.")
        meanwhile()
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _answers(url: str) -> bool:
    """Asked directly: a proxy meant for the world knows nothing of this machine."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
