"""What came from elsewhere is what its manifest says, with its licence beside it."""

import hashlib
import json

import pytest

from tests.places import ROOT

VENDOR = ROOT / "static" / "vendor"
LINES = [line.split() for line in (VENDOR / "MANIFEST").read_text().splitlines()]
OURS = {"MANIFEST", "FILES", "ICONS", "package.json", "package-lock.json"}


@pytest.mark.parametrize(("package", "digest", "path"), [(x[0], x[3], x[4]) for x in LINES])
def test_a_vendored_file_has_the_digest_of_its_manifest(
    package: str, digest: str, path: str
) -> None:
    found = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()

    assert found == digest, f"{package}: {path} was changed; run deploy/vendor.py"


def test_every_vendored_file_is_in_the_manifest() -> None:
    folders = (VENDOR, ROOT / "tests" / "js" / "vendor")
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    strangers = {path for path in files if path.name not in OURS}

    assert strangers == {ROOT / line[4] for line in LINES}


def test_every_version_is_the_locked_one() -> None:
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]

    for package, version, *_ in LINES:
        assert locked[f"node_modules/{package}"]["version"] == version


def test_the_lock_names_no_host_and_an_integrity_for_each_package() -> None:
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]

    for name, package in locked.items():
        assert "resolved" not in package
        assert not name or package["integrity"].startswith("sha512-")
