"""The private PostgreSQL and Redis of one checkout, or of one run of the tests."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from deploy import tuning
from deploy.checkout import DEBROOT
from deploy.keys import keys
from deploy.places import Places, settle
from deploy.postgres import NAME, Cluster
from deploy.redis import Queue
from deploy.say import Trouble
from deploy.tools import find_postgres, find_program

Tuning = Callable[[Places], Mapping[str, str]]


class Servers:
    """A PostgreSQL cluster and a Redis below one folder; up and down may be repeated."""

    def __init__(self, places: Places, cluster: Cluster, queue: Queue) -> None:
        self.places, self.cluster, self.queue = places, cluster, queue

    @classmethod
    def of(cls, var: Path, debroot: Path, tuned: Tuning = tuning.durable) -> Self:
        """The servers of `var`, with the system's programs or those unpacked in `debroot`."""
        postgres, redis = find_postgres(debroot), find_program(debroot, "redis-server")
        if postgres is None or redis is None:
            raise Trouble("PostgreSQL with PostGIS, or Redis, is not installed: run ./run --setup.")
        places = settle(var)
        secret = keys(places.var)
        return cls(
            places,
            Cluster(places, postgres, secret, tuned(places)),
            Queue(places, redis, secret["redis"]),
        )

    def up(self) -> None:
        """Both answer when this returns, whatever state they were left in."""
        self.places.make()
        with self._alone():
            self.cluster.up()
            self.queue.up()

    def down(self) -> None:
        if self.places.home.exists():
            with self._alone():
                self.queue.down()
                self.cluster.down()

    def remove(self) -> None:
        """Stop them and leave nothing behind."""
        self.down()
        for folder in (self.places.sockets, self.places.home, self.places.var):
            shutil.rmtree(folder, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """What a process of ours needs to find them."""
        return {
            "DATABASE_URL": self.cluster.url_of("highground_app", "app"),
            "DATABASE_WORKS_URL": self.cluster.url_of("highground_works", "works"),
            "DATABASE_OWNER_URL": self.cluster.url_of(NAME, "postgres"),
            "REDIS_URL": self.queue.url,
        }

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with (self.places.home / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def throw_away(var: Path, purpose: str) -> Iterator[Servers]:
    """Servers for one run of the tests, a bench or a demonstration; gone when it ends.

    A run that was killed could not clean up: its folder's lock is free, and the next run does.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "throw-away.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _remove_abandoned(var)
        folder = Path(tempfile.mkdtemp(prefix="throw-away-", suffix=f"-{purpose}", dir=var))
        folder.chmod(0o755)
        mine = (folder / "held").open("w")
        fcntl.flock(mine, fcntl.LOCK_EX)
    servers = Servers.of(folder, DEBROOT, tuning.throw_away)
    try:
        servers.up()
        yield servers
    finally:
        servers.remove()
        mine.close()


def _remove_abandoned(var: Path) -> None:
    for folder in var.glob("throw-away-*-*"):
        with (folder / "held").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            Servers.of(folder, DEBROOT, tuning.throw_away).remove()
