"""Fetches the browser's libraries at the locked versions and copies the files the pages use.

Run `python deploy/vendor.py` (it needs npm) after changing a version in static/vendor/package.json,
or the lists FILES and ICONS beside it. It writes static/vendor/MANIFEST, one line a file: package,
version, licence, SHA-256 and path; tests/house/test_vendor.py holds the files to it.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "static" / "vendor"
ICON_PACKAGE = "lucide-static"


@dataclass(frozen=True)
class Vendored:
    """One file that came from elsewhere, as the manifest names it."""

    package: str
    version: str
    licence: str
    path: Path

    def line(self) -> str:
        """The file's line in the manifest."""
        digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
        place = self.path.relative_to(ROOT).as_posix()
        return f"{self.package} {self.version} {self.licence} {digest} {place}\n"


def main() -> None:
    """Fetch, copy, and write the manifest anew."""
    with tempfile.TemporaryDirectory() as folder:
        packages = install(Path(folder))
        lines = [file.line() for file in (*copied(packages), drawn(packages))]
    (VENDOR / "MANIFEST").write_text("".join(sorted(lines)))


def install(folder: Path) -> Path:
    """Install the locked packages without running anything of theirs; answers their folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm was not found: install it, then run this again.")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(VENDOR / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def copied(packages: Path) -> Iterator[Vendored]:
    """Copy each listed file unchanged."""
    for line in listed("FILES"):
        package, source, place = line.split()
        target = ROOT / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(packages / package / source, target)
        yield described(packages, package, target)


def drawn(packages: Path) -> Vendored:
    """Write the icons' shapes, without the <svg> around them, into the one file icon() reads."""
    folder = packages / ICON_PACKAGE / "icons"
    names = sorted(name for line in listed("ICONS") for name in line.split())
    target = VENDOR / "lucide" / "icons.json"
    shapes = {name: inner((folder / f"{name}.svg").read_text()) for name in names}
    target.write_text(json.dumps(shapes, indent=0) + "\n")
    return described(packages, ICON_PACKAGE, target)


def listed(name: str) -> Iterator[str]:
    """The lines of a list beside the manifest, comments left out."""
    lines = (VENDOR / name).read_text().splitlines()
    return (line for line in lines if not line.startswith("#"))


def inner(svg: str) -> str:
    """The shapes inside an SVG file, on one line."""
    body = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
    return re.sub(r"\s*/>\s*", "/>", body).strip()


def described(packages: Path, package: str, path: Path) -> Vendored:
    """What the manifest says of a file."""
    about = json.loads((packages / package / "package.json").read_text())
    licence = about["license"].replace(" AND ", "&")  # a field of the manifest holds no blank
    return Vendored(package, about["version"], licence, path)


if __name__ == "__main__":
    main()
