"""Hazard files are received by command, from this machine or from an address, and read."""

from pathlib import Path

import pytest
import shapely
from sqlalchemy import select

from app.auth.roles import Role
from app.cli.releases import receive
from core import settings as kept
from core.db import transaction
from core.errors import Refusal
from geo.models.releases import Release
from tests.cli.conftest import Run
from tests.make.files import depth_file, shapes_file
from tests.make.geo import make_event
from tests.make.https import file_of, serving

NAME = "data.example.org"
FLOOD = "Flood of the Oru"


def an_event() -> None:
    with transaction() as session:
        make_event(session, FLOOD)


def came() -> list[tuple[str, str]]:
    with transaction() as session:
        rows = select(Release.original_name, Release.state).order_by(Release.id)
        return [(row.original_name, row.state) for row in session.execute(rows)]


def test_files_and_an_address_are_received_and_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_event()
    depths = depth_file(tmp_path / "depth.tif", [[0.5, 1.0]])
    extent = shapes_file(tmp_path / "extent.geojson", (shapely.box(0, 0, 1, 1), {}))
    published = {"/flood/2.tif": file_of(depth_file(tmp_path / "2.tif", [[2.0]]).read_bytes())}

    with serving(tmp_path, NAME, published) as host:
        monkeypatch.setenv("SSL_CERT_FILE", str(host.certificate))
        monkeypatch.setenv("FETCH_HOSTS", f"{NAME}:{host.port}=127.0.0.1")
        kept.settings.cache_clear()
        url = f"https://{NAME}:{host.port}/flood/2.tif"
        result = run(receive, depths, extent, url, "--event", FLOOD)
        again = run(receive, depths, "--event", FLOOD)
    kept.settings.cache_clear()

    assert result.exception is None
    lines = result.stdout.splitlines()
    assert [line.split(": ")[1:3] for line in lines] == [
        ["depth.tif", "read"],
        ["extent.geojson", "read"],
        ["2.tif", "read"],
    ]
    assert again.stdout.splitlines() == lines[:1]
    assert len(came()) == 3


def test_a_file_that_cannot_be_used_says_why_and_the_command_fails(
    run: Run, tmp_path: Path
) -> None:
    an_event()
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7 flood report")

    result = run(receive, report, "--event", FLOOD)

    assert result.exit_code == 1
    assert "report.pdf: refused: report.pdf is a PDF" in result.stdout


def test_what_is_received_needs_the_right_and_an_event(run: Run, tmp_path: Path) -> None:
    depths = depth_file(tmp_path / "depth.tif", [[0.5, 1.0]])

    nowhere = run(receive, depths, "--event", FLOOD)
    assert isinstance(nowhere.exception, Refusal)
    an_event()
    viewer = run(receive, depths, "--event", FLOOD, role=Role.VIEWER)
    missing = run(receive, tmp_path / "gone.tif", "--event", FLOOD)

    assert isinstance(viewer.exception, Refusal)
    assert isinstance(missing.exception, Refusal)
    assert came() == []
