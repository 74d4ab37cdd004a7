"""One installation of Highground: its variables, where they are kept, and its own command."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.environment import BIN, clean_environment
from deploy.keys import keys, write_private
from deploy.say import Trouble, note


def variables(servers: Mapping[str, str], var: Path, base_url: str) -> dict[str, str]:
    """What tells the product where its servers, its files and its people are."""
    return dict(servers) | {
        "SECRET_KEY": keys(var)["web"],
        "STORAGE": str(var / "files"),
        "BASE_URL": base_url,
    }


def keep(made: Mapping[str, str], var: Path) -> None:
    """Write them where `highground` in another shell looks; other lines there stay as they are."""
    file = var / "environment"
    lines = (file.read_text() if file.exists() else "").splitlines()
    known = {name: value for name, is_one, value in (x.partition("=") for x in lines) if is_one}
    write_private(file, "".join(f"{name}={value}\n" for name, value in {**known, **made}.items()))


def highground(made: Mapping[str, str], *words: str) -> str:
    """Run `highground WORDS` and hand back what it answers; what it says meanwhile is seen.

    Raises:
        Trouble: it did not succeed.
    """
    done = subprocess.run(
        [BIN / "highground", *words],
        env={**clean_environment(), **made},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        note(done.stdout)
        raise Trouble(f"`highground {' '.join(words)}` did not succeed; why is said above.")
    return done.stdout.strip()
