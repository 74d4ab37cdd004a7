"""Files are fetched from hosts that are named, at addresses that are public, and no further."""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from core.errors import Refusal
from core.storage import FileTooLarge
from geo import remote
from geo.remote import (
    AddressUnusable,
    FetchFailed,
    FetchingOff,
    HostNotListed,
    HostNotPublic,
    allowed,
    fetched,
    hosts_named,
    is_public,
)
from geo.reports import Report, unheard
from tests.make.https import Answer, Host, endless, file_of, moved_to, serving

NAME = "data.example.org"
Serve = Callable[[dict[str, Answer]], Host]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Runs a host that calls itself data.example.org, whose certificate is trusted."""
    with ExitStack() as stack:

        def run(answers: dict[str, Answer]) -> Host:
            host = stack.enter_context(serving(tmp_path, NAME, answers))
            monkeypatch.setenv("SSL_CERT_FILE", str(host.certificate))
            return host

        yield run


def known(host: Host, name: str = NAME) -> dict[tuple[str, int], str]:
    """The list that names a host and vouches for its address."""
    return hosts_named(f"{name}:{host.port}=127.0.0.1")


def whole(url: str, hosts: Any, limit_mb: int = 1, heard: Report = unheard) -> tuple[str, bytes]:
    with fetched(url, hosts, limit_mb, heard) as file:
        pieces = []
        while piece := file.body.read(1 << 20):
            pieces.append(piece)
        return file.name, b"".join(pieces)


def test_a_file_comes_byte_by_byte_under_its_name(serve: Serve) -> None:
    content = hashlib.sha256(b"flood").digest() * 10_000
    host = serve({"/products/flood%20extent.zip?v=2": file_of(content)})

    name, got = whole(
        f"https://{NAME}:{host.port}/products/flood%20extent.zip?v=2#map", known(host)
    )

    assert (name, got) == ("flood extent.zip", content)
    assert host.asked == [(f"{NAME}:{host.port}", "/products/flood%20extent.zip?v=2")]


def test_the_host_may_say_what_its_file_is_called_but_not_where_it_goes(serve: Serve) -> None:
    said = 'attachment; filename="../../etc/depth.tif"'
    host = serve({"/download?id=7": file_of(b"II*", Content_Disposition=said)})

    assert whole(f"https://{NAME}:{host.port}/download?id=7", known(host))[0] == "depth.tif"


def test_what_is_told_of_an_address_holds_no_secret_of_it() -> None:
    address = allowed(f"https://{NAME}/a.tif?token=secret#x", hosts_named(NAME))

    assert address.told == f"https://{NAME}/a.tif"


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://elsewhere.org/a.tif", HostNotListed),
        (f"https://{NAME}.elsewhere.org/a.tif", HostNotListed),
        (f"https://{NAME}:8443/a.tif", HostNotListed),
        ("https://127.0.0.1/a.tif", HostNotListed),
        ("https://169.254.169.254/latest/meta-data/", HostNotListed),
        ("https://[::1]/a.tif", HostNotListed),
        (f"http://{NAME}/a.tif", AddressUnusable),
        ("file:///etc/passwd", AddressUnusable),
        (f"ftp://{NAME}/a.tif", AddressUnusable),
        (f"https://{NAME}@elsewhere.org/a.tif", AddressUnusable),
        (f"https://somebody:secret@{NAME}/a.tif", AddressUnusable),
        (f"https://{NAME}:port/a.tif", AddressUnusable),
        (f"https://{NAME}/a\r\nHost: x", AddressUnusable),
        ("https:///a.tif", AddressUnusable),
        ("https://[::1/a.tif", AddressUnusable),
        ("", AddressUnusable),
    ],
)
def test_a_host_that_is_not_listed_is_not_asked(
    url: str, refusal: type[Refusal], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *about, **_: asked.append(about))

    with pytest.raises(refusal):
        whole(url, hosts_named(NAME))
    assert asked == []


def test_where_no_host_is_named_nothing_is_fetched() -> None:
    with pytest.raises(FetchingOff):
        allowed(f"https://{NAME}/a.tif", hosts_named(" , "))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "169.254.169.254", "10.1.2.3"])
def test_a_listed_host_that_is_no_public_one_is_not_connected_to(host: str) -> None:
    with pytest.raises(HostNotPublic) as refused:
        whole(f"https://{host}/a.tif", hosts_named(host))

    assert "not an address of the public internet" in refused.value.message


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("0.0.0.0", False),  # noqa: S104 - not bound to
        ("100.64.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),  # 127.0.0.1 behind a translator
        ("64:ff9b::a9fe:a9fe", False),  # 169.254.169.254
        ("2002:7f00:1::", False),  # 127.0.0.1 by 6to4
        ("64:ff9b::5db8:d822", True),  # 93.184.216.34
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_is_looked_up_once_and_what_it_meant_then_is_connected_to(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = serve({"/a.tif": file_of(b"of another machine")})
    true, asked = socket.getaddrinfo, []

    def look_up(name: str, *about: Any, **more: Any) -> Any:
        asked.append(name)
        meant = "93.184.216.34" if asked.count(NAME) == 1 else "127.0.0.1"
        return true(meant if name == NAME else "127.0.0.2", *about, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(FetchFailed):
        whole(f"https://{NAME}:{host.port}/a.tif", hosts_named(f"{NAME}:{host.port}"))

    assert asked == [NAME, "93.184.216.34"]
    assert host.asked == []


def test_of_a_name_with_a_public_and_another_address_neither_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_about, **_more: both)

    with pytest.raises(HostNotPublic):
        whole(f"https://{NAME}/a.tif", hosts_named(NAME))


def test_a_redirect_is_followed_to_hosts_of_the_list_alone(serve: Serve) -> None:
    host = serve(
        {
            "/here": moved_to("/there/extent.zip"),
            "/there/extent.zip": file_of(b"PK"),
            "/away": moved_to("https://elsewhere.org/extent.zip"),
            "/plain": moved_to(f"http://{NAME}/extent.zip"),
            "/file": moved_to("file:///etc/passwd"),
            "/within": moved_to("https://127.0.0.1/extent.zip"),
            "/round": moved_to("/round"),
        }
    )
    at = f"https://{NAME}:{host.port}"

    assert whole(f"{at}/here", known(host)) == ("extent.zip", b"PK")
    for path, refusal in {
        "/away": HostNotListed,
        "/plain": AddressUnusable,
        "/file": AddressUnusable,
        "/within": HostNotListed,
        "/round": FetchFailed,
    }.items():
        with pytest.raises(refusal):
            whole(f"{at}{path}", known(host))
    assert sum(path == "/round" for _host, path in host.asked) == 6


def test_a_certificate_of_somebody_else_is_not_trusted(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = serve({"/a.tif": file_of(b"II*")})

    with pytest.raises(FetchFailed) as refused:
        whole(f"https://maps.example.org:{host.port}/a.tif", known(host, "maps.example.org"))
    assert "its certificate cannot be trusted" in refused.value.message
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(FetchFailed):
        whole(f"https://{NAME}:{host.port}/a.tif", known(host))
    assert host.asked == []


def test_what_is_not_there_is_said(serve: Serve) -> None:
    host = serve({})

    with pytest.raises(FetchFailed) as refused:
        whole(f"https://{NAME}:{host.port}/gone.tif", known(host))
    assert "it answered 404" in refused.value.message


def test_a_file_that_says_it_is_too_large_is_not_begun(serve: Serve) -> None:
    host = serve({"/large.tif": file_of(bytes((1 << 20) + 1))})

    with pytest.raises(FileTooLarge) as refused:
        whole(f"https://{NAME}:{host.port}/large.tif", known(host))
    assert "larger than 1 MB" in refused.value.message


def test_a_body_that_stops_halfway_is_no_file(serve: Serve) -> None:
    def halfway(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        request.wfile.write(b"II*")

    host = serve({"/half.tif": halfway})

    with pytest.raises(FetchFailed) as refused:
        whole(f"https://{NAME}:{host.port}/half.tif", known(host))
    assert "the connection broke" in refused.value.message


def test_a_body_without_an_end_is_given_up_when_its_time_is_over(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LONGEST", 0.5)
    host = serve({"/endless": endless})
    began = time.monotonic()

    with pytest.raises(FetchFailed) as refused:
        whole(f"https://{NAME}:{host.port}/endless", known(host))
    assert "took too long" in refused.value.message
    assert time.monotonic() - began < 5


def test_how_far_it_is_is_told_and_whoever_hears_may_end_it(serve: Serve) -> None:
    host = serve({"/endless": endless})
    told: list[int] = []

    def heard(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        whole(f"https://{NAME}:{host.port}/endless", known(host), 1, heard)
    assert told[1] > told[0]
