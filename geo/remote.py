"""Files behind addresses: fetched from the hosts an installation names, and from nowhere else.

An address is https, its host is on the list, and what the host's name stands for is looked up once:
it must be public, and that very address is connected to, so that a name which means something else
a moment later leads nowhere. A redirect is an address like any other.
"""

import ipaddress
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePosixPath
from typing import NoReturn
from urllib.parse import unquote, urljoin, urlsplit

from urllib3 import BaseHTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    ReadTimeoutError,
    SSLError,
)

from core.errors import Invalid
from core.storage import FileTooLarge
from core.words import _
from geo.reports import Report, unheard

HTTPS = 443
REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
CONNECT, SILENCE = 10.0, 30.0  # seconds to wait for a host, and between two of its bytes
LONGEST = 1800.0  # seconds one file may take
TELL_EVERY = 0.5
HEADERS = {"User-Agent": "Highground", "Accept-Encoding": "identity"}
THROUGH_IPV4 = ipaddress.ip_network("64:ff9b::/96")  # IPv4 behind a translator (RFC 6052)

Hosts = Mapping[tuple[str, int], str]
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchingOff(Invalid):
    """No host is named from which files are fetched here; download the file and send it."""


class AddressUnusable(Invalid):
    """{url} is no address of a file that can be fetched: it has to begin with https:// and name a
    host, without a name or password; correct it, or download the file and send it."""


class HostNotListed(Invalid):
    """Files are not fetched from {host}, only from {hosts}; download the file and send it, or ask
    an administrator to add the host."""


class HostNotPublic(Invalid):
    """{host} stands for {address}, which is not an address of the public internet; download the
    file and send it."""


class FetchFailed(Invalid):
    """{host} did not give the file: {reason}. Look at the address and try again, or download the
    file and send it."""


@dataclass(frozen=True)
class Address:
    """Where a file is fetched from; `pinned` is the address its host is said to stand for."""

    url: str
    host: str
    port: int
    asks: str
    pinned: str

    @property
    def told(self) -> str:
        """The address without what may be a secret of it."""
        return urlsplit(self.url)._replace(query="", fragment="").geturl()


@dataclass
class Body:
    """What a host sends, for who reads it piece by piece, until its time is over."""

    host: str
    response: BaseHTTPResponse
    report: Report
    until: float
    total: int
    done: int = 0
    told: float = field(default=0.0)

    def read(self, size: int, /) -> bytes:
        """Some of the next bytes; none at the end.

        Raises FetchFailed, and whatever `report` raises to put an end to it.
        """
        now = time.monotonic()
        if now > self.until:
            raise FetchFailed(host=self.host, reason=_("it took too long"))
        if now - self.told > TELL_EVERY:
            self.told = now
            self.report(self.done, self.total)
        try:
            piece = self.response.read1(size)
        except (HTTPError, OSError) as error:
            _failed(self.host, error)
        self.done += len(piece)
        return piece


@dataclass(frozen=True)
class Fetched:
    """A file while it is fetched: what it is called, where it was in the end, and its bytes."""

    name: str
    address: Address
    body: Body


def hosts_named(listed: str) -> dict[tuple[str, int], str]:
    """The hosts of a list such as `data.example.org, maps.example.org:8443=10.0.0.7`.

    A port is 443 where none stands. Who writes what address a host has vouches for it: it is taken
    as it is, public or not.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in listed.split(","))):
        name, _equals, pinned = entry.partition("=")
        host, _colon, port = name.strip().partition(":")
        found[host.lower(), int(port or HTTPS)] = pinned.strip()
    return found


def allowed(url: str, hosts: Hosts) -> Address:
    """An address, if files are fetched from its host; nobody is asked for it yet.

    Raises:
        FetchingOff, AddressUnusable, HostNotListed
    """
    if not hosts:
        raise FetchingOff
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port or HTTPS
    except ValueError:
        raise AddressUnusable(url=url.strip()) from None
    if parts.scheme != "https" or not host or "@" in parts.netloc or not url.isprintable():
        raise AddressUnusable(url=url.strip())
    if (host, port) not in hosts:
        named = ", ".join(sorted(name for name, _port in hosts))
        raise HostNotListed(host=host, hosts=named)
    asks = parts._replace(scheme="", netloc="", fragment="", path=parts.path or "/").geturl()
    return Address(parts.geturl(), host, port, asks, hosts[host, port])


@contextmanager
def fetched(url: str, hosts: Hosts, limit_mb: int, report: Report = unheard) -> Iterator[Fetched]:
    """A file being fetched from an address; `report` hears the bytes done, of how many (0: unsaid).

    Raises:
        FetchingOff, AddressUnusable, HostNotListed, HostNotPublic, FetchFailed, FileTooLarge
    """
    until = time.monotonic() + LONGEST
    address = allowed(url, hosts)
    for _hop in range(REDIRECTS + 1):
        response = _asked(address)
        try:
            if response.status not in MOVED:
                yield _opened(address, response, limit_mb, report, until)
                return
            address = allowed(urljoin(address.url, response.headers.get("Location", "")), hosts)
        finally:
            response.close()
    raise FetchFailed(host=address.host, reason=_("it leads on and on"))


def is_public(address: str) -> bool:
    """Whether an IP address, and any it stands for, is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (ip, *_within(ip)))


def _opened(
    address: Address, response: BaseHTTPResponse, limit_mb: int, report: Report, until: float
) -> Fetched:
    if response.status != 200:
        raise FetchFailed(
            host=address.host, reason=_("it answered {status}", status=response.status)
        )
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else 0
    if total > limit_mb << 20:
        raise FileTooLarge(limit=limit_mb)
    return Fetched(
        _name(address, response), address, Body(address.host, response, report, until, total)
    )


def _asked(address: Address) -> BaseHTTPResponse:
    """The answer of the host, at the one address that was looked at."""
    name = address.host if address.port == HTTPS else f"{address.host}:{address.port}"
    pool = HTTPSConnectionPool(
        _looked_up(address),
        address.port,
        timeout=Timeout(connect=CONNECT, read=SILENCE),
        retries=False,
        server_hostname=address.host,
        assert_hostname=address.host,
    )
    try:
        return pool.request(
            "GET",
            address.asks,
            headers={**HEADERS, "Host": name},
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
    except (HTTPError, OSError) as error:
        _failed(address.host, error)


def _looked_up(address: Address) -> str:
    """The IP address of a host. All it has must be public, lest the next one asked is not.

    Raises HostNotPublic, FetchFailed.
    """
    if address.pinned:
        return address.pinned
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchFailed(host=address.host, reason=_("nobody knows where it is")) from None
    addresses = [str(each[4][0]) for each in found]
    for each in addresses:
        if not is_public(each):
            raise HostNotPublic(host=address.host, address=each)
    return addresses[0]


def _within(ip: Ip) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an address of IPv6 may lead to."""
    if ip.version == 4:
        return []
    translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in THROUGH_IPV4 else None
    tunnelled = ip.teredo[1] if ip.teredo else None
    found = (ip.ipv4_mapped, ip.sixtofour, tunnelled, translated)
    return [each for each in found if each is not None]


def _name(address: Address, response: BaseHTTPResponse) -> str:
    """What the file is called, by what the host says of it or by the end of its address."""
    told = Message()
    told["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    said = told.get_filename() or unquote(urlsplit(address.url).path)
    name = PurePosixPath(said.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[-120:] or address.host


def _failed(host: str, error: Exception) -> NoReturn:
    """Raise FetchFailed, with the cause in words."""
    reasons: dict[tuple[type[Exception], ...], str] = {
        (SSLError,): _("its certificate cannot be trusted"),
        (ConnectTimeoutError, ReadTimeoutError, TimeoutError): _("it does not answer in time"),
    }
    found = (words for kinds, words in reasons.items() if isinstance(error, kinds))
    raise FetchFailed(host=host, reason=next(found, _("the connection broke"))) from error
