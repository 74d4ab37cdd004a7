"""Who runs the servers. PostgreSQL refuses root, so root hands them to a service account."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.say import Trouble

Words = Sequence[str | Path]
"""A command and its arguments."""

SERVICE_NAMES = ("_highground", "postgres")


@dataclass(frozen=True)
class Account:
    """A user of this machine; `borrowed` when we are root and act in its name."""

    name: str
    uid: int
    gid: int
    borrowed: bool

    def words(self, command: Words) -> list[str]:
        """The command as it is to be started, so that it runs as this account."""
        plain = [str(word) for word in command]
        if not self.borrowed:
            return plain
        who = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--no-new-privs"]
        return ["setpriv", *who, "--", *plain]

    def run(
        self, words: Words, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account and capture what it says; the caller reads the code.

        Never for a command that leaves a server behind with our pipes: see `start`.
        """
        return subprocess.run(
            self.words(words), env=env, cwd="/", text=True, capture_output=True, check=False
        )

    def start(self, words: Words, env: Mapping[str, str], log: Path) -> int:
        """Run a command that leaves a server behind. A file takes what it says: a server that
        inherited a pipe would hold its reader for ever."""
        with log.open("a") as out:
            done = subprocess.run(
                self.words(words),
                env=env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                check=False,
            )
        return done.returncode

    def can_enter(self, folder: Path) -> bool:
        return self.run(["test", "-x", folder]).returncode == 0

    def give(self, path: Path, mode: int) -> None:
        """Make a file or folder this account's own."""
        path.chmod(mode)
        if self.borrowed:
            os.chown(path, self.uid, self.gid)

    def folder(self, path: Path) -> Path:
        """A folder only this account can enter; what somebody else put there is refused."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if path.is_symlink() or found.st_uid not in {os.geteuid(), self.uid}:
            raise Trouble(
                f"{path} is not ours (a link, or another user's): remove it and try again."
            )
        self.give(path, 0o700)
        return path


def servers_account() -> Account:
    """Ourselves, or as root the service account, made if there is none."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()), borrowed=False)
    for name in SERVICE_NAMES:
        try:
            return _account(pwd.getpwnam(name), borrowed=True)
        except KeyError:
            continue
    name = SERVICE_NAMES[0]
    home = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    subprocess.run(["/usr/sbin/useradd", "--system", *home, name], check=True)
    return _account(pwd.getpwnam(name), borrowed=True)


def _account(entry: pwd.struct_passwd, *, borrowed: bool) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, borrowed)
