"""Where the servers keep their files and sockets, however awkward the checkout's path is."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from deploy.accounts import Account, servers_account
from deploy.say import Trouble, note

LONGEST_SOCKET = 107
"""Bytes a unix socket's path may have (`sun_path` less its closing zero)."""


@dataclass(frozen=True)
class Places:
    """The folders of one set of servers."""

    var: Path
    """What the caller named: secrets, and the logs of our own processes."""
    home: Path
    """The servers' files; below `var`, unless their account cannot walk down to it."""
    sockets: Path
    """Where they listen; below `home`, unless that path is too long for a socket."""
    account: Account

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    @property
    def queue(self) -> Path:
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def make(self) -> None:
        """Make the folders, each the servers' own."""
        self.home.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (self.sockets, self.queue, self.logs):
            self.account.folder(folder)


def settle(var: Path) -> Places:
    """Choose the places for the servers of `var`; the same every time."""
    var = var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    account = servers_account()
    home = _home(var, account)
    return Places(var, home, _sockets(var, home, account), account)


def _home(var: Path, account: Account) -> Path:
    """Below `var`, or below /var/lib if the account cannot get there (a checkout in a 0700 folder).

    Where a cluster already is, there it stays: else a changed mode would look like lost data.
    """
    near, far = var / "servers", Path("/var/lib") / f"highground-{_fingerprint(var)}"
    reachable = account.can_enter(var)
    if _holds_cluster(near) and not reachable:
        raise Trouble(
            f"The databases are in {near}, which the account {account.name} can no longer enter:"
            f" give it way down to {var} (chmod o+x) and try again."
        )
    if reachable and not _holds_cluster(far):
        return near
    note(f"The account {account.name} cannot enter {var}: the servers' files are in {far}.")
    return far


def _holds_cluster(home: Path) -> bool:
    return (home / "postgres" / "PG_VERSION").exists()


def _sockets(var: Path, home: Path, account: Account) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return folder
    if account.borrowed:
        return Path("/run") / f"highground-{_fingerprint(var)}"
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 (owner is checked)
    base = base if os.access(base, os.W_OK) else Path("/tmp")  # noqa: S108
    return base / f"highground-{account.uid}-{_fingerprint(var)}"


def _fingerprint(var: Path) -> str:
    return hashlib.sha256(os.fsencode(var)).hexdigest()[:10]
