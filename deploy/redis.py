"""A private Redis on a unix socket: it holds the bell of the job queue, never the truth."""

import socket
import time
from dataclasses import dataclass
from urllib.parse import quote

from deploy.places import Places
from deploy.processes import working_in
from deploy.say import Trouble
from deploy.tools import Program

LONGEST_LOAD = 60


@dataclass(frozen=True)
class Queue:
    """One Redis in its places."""

    places: Places
    server: Program
    password: str

    @property
    def url(self) -> str:
        return f"unix://:{self.password}@{quote(str(self.places.redis_socket))}?db=0"

    def up(self) -> None:
        """Start it if it is down, and wait until it has read its file.

        The caller holds the lock of these places.
        """
        if self.process() is None:
            self._start()
        until = time.monotonic() + LONGEST_LOAD
        while not self.answers():
            if time.monotonic() > until:
                raise Trouble(f"Redis does not answer; see {self.places.logs / 'redis.log'}.")
            time.sleep(0.02)

    def down(self) -> None:
        """Stop it, its file written."""
        if self.process() is None:
            return
        self._say("SHUTDOWN")
        until = time.monotonic() + LONGEST_LOAD
        while self.process() is not None and time.monotonic() < until:
            time.sleep(0.05)

    def process(self) -> int | None:
        return working_in(self.places.queue, "redis-server", self.places.account)

    def answers(self) -> bool:
        return self._say("PING").startswith(b"+PONG")

    def _start(self) -> None:
        self.places.redis_socket.unlink(missing_ok=True)
        config = self.places.home / "redis.conf"
        config.touch(mode=0o600)
        config.write_text("".join(f"{name} {value}\n" for name, value in self._settings().items()))
        self.places.account.give(config, 0o600)
        log = self.places.home / "control.log"
        if self.places.account.start([self.server.path, config], self.server.environment(), log):
            raise Trouble(f"Redis did not start; see {self.places.logs / 'redis.log'}.")

    def _settings(self) -> dict[str, str]:
        return {
            "port": "0",
            "unixsocket": _quoted(self.places.redis_socket),
            "unixsocketperm": "700",
            "requirepass": self.password,
            "dir": _quoted(self.places.queue),
            "logfile": _quoted(self.places.logs / "redis.log"),
            "daemonize": "yes",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory": "512mb",
            "maxmemory-policy": "noeviction",
        }

    def _say(self, *words: str) -> bytes:
        """One command in Redis's own protocol; no answer is an empty one."""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(3)
                line.connect(str(self.places.redis_socket))
                line.sendall(_frame("AUTH", self.password))
                line.recv(512)
                line.sendall(_frame(*words))
                return line.recv(512)
        except OSError:
            return b""


def _frame(*words: str) -> bytes:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


def _quoted(path: object) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
