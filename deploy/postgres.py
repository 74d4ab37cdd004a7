"""A private PostgreSQL with PostGIS on a unix socket: made, started, stopped, never guessed at."""

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deploy.accounts import Words
from deploy.places import Places
from deploy.processes import working_in
from deploy.say import Trouble, note
from deploy.tools import Postgres

NAME = "highground"
"""The role that owns everything, and its database."""
IS_THERE = "select 1 from pg_database where datname = 'highground'"
CREATE = "create database highground"
EXTENSIONS = """
create extension if not exists postgis;
create extension if not exists btree_gist;
create extension if not exists pg_trgm
"""
SIGN_INS = """
do $$ begin
    if to_regrole('highground_app') is null then create role highground_app noinherit; end if;
    if to_regrole('highground_works') is null then create role highground_works noinherit; end if;
end $$;
alter role highground_app login password '{app}';
alter role highground_works login password '{works}';
"""
"""The roles the pages and the workers sign in as; what they may do is said by the migrations."""
LEAST_DISK = 2 * 2**30
LONGEST_RECOVERY = 600
OURS = "highground.conf"


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster in its places."""

    places: Places
    programs: Postgres
    passwords: Mapping[str, str]
    settings: Mapping[str, str]

    def url_of(self, role: str, key: str) -> str:
        """Where a role signs in to our database with the password of a key."""
        password, host = self.passwords[key], quote(str(self.places.sockets))
        return f"postgresql://{role}:{password}@/{NAME}?host={host}"

    def up(self) -> None:
        """Make it if it is new, start it if it is down, and see that the database is there.

        The caller holds the lock of these places.
        """
        if not (self.places.cluster / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_major()
        if not self._lives():
            self._start()
        self._see_to_database()

    def down(self) -> None:
        """Stop it now, rolling back what runs: a plain SIGTERM would wait for every client."""
        if self.process() is not None:
            self._control("-m", "fast", "-w", "-t", "60", "stop")

    def process(self) -> int | None:
        return working_in(self.places.cluster, "postgres", self.places.account)

    def ask(self, sql: str, database: str = NAME) -> str:
        """Run fixed SQL as the owner; rows come back as lines."""
        return self._psql(database, "-c", sql)

    def _psql(self, database: str, *words: str | Path) -> str:
        where = ["-h", str(self.places.sockets), "-U", NAME, "-d", database]
        done = self.places.account.run(
            [self.programs.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where, *words],
            env={**self._environment(), "PGPASSWORD": self.passwords["postgres"]},
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL answered: {done.stderr.strip()}")
        return done.stdout.strip()

    def _initialise(self) -> None:
        """initdb can be interrupted half-way, so it works beside and the result is renamed."""
        if (free := shutil.disk_usage(self.places.home).free) < LEAST_DISK:
            raise Trouble(
                f"Only {free // 2**20} MB are free on the disk of {self.places.home};"
                f" the databases need {LEAST_DISK // 2**20} MB to start with: make room."
            )
        beside = self.places.home / "postgres.new"
        shutil.rmtree(beside, ignore_errors=True)
        self.places.account.folder(beside)
        with self._secret(self.passwords["postgres"]) as password:
            self._initdb(beside, password)
        beside.rename(self.places.cluster)

    @contextmanager
    def _secret(self, text: str) -> Iterator[Path]:
        """A file only the server's account can read: words of a command are seen by everybody."""
        file = self.places.sockets / "secret"
        file.touch(mode=0o600)
        file.write_text(text)
        self.places.account.give(file, 0o600)
        try:
            yield file
        finally:
            file.unlink()

    def _initdb(self, folder: Path, password: Path) -> None:
        """C.UTF-8 is on every machine; people's names are sorted by ICU collations per column."""
        done = self.places.account.run(
            [
                *(self.programs.program("initdb"), "-D", folder, "-U", NAME, "--no-sync"),
                *("--pwfile", password, "-A", "scram-sha-256", "--data-checksums"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"),
            ],
            env=self._environment(),
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its folder {folder}:\n{done.stderr}")

    def _lives(self) -> bool:
        """Whether a server is there to stay: what a killed one left behind goes by itself, soon."""
        until = time.monotonic() + LONGEST_RECOVERY
        while self.process() is not None and time.monotonic() < until:
            if self._is_ready():
                return True
            time.sleep(0.05)
        return self.process() is not None

    def _refuse_other_major(self) -> None:
        made_by = int((self.places.cluster / "PG_VERSION").read_text())
        if made_by != self.programs.major:
            raise Trouble(
                f"{self.places.cluster} was made by PostgreSQL {made_by}, installed is"
                f" {self.programs.major}: install postgresql-{made_by}, or dump it there and"
                f" restore the dump into a new folder."
            )

    def _start(self) -> None:
        """Start where no server of ours runs; what a dead one left behind is in the way.

        A pid file whose number now belongs to another process would make PostgreSQL refuse.
        """
        for stale in (self.places.cluster / "postmaster.pid", *self._socket_files()):
            stale.unlink(missing_ok=True)
        self._configure()
        boot = self.places.logs / "postgres-start.log"
        boot.unlink(missing_ok=True)
        if self._control("-l", str(boot), "-w", "-t", "120", "start"):
            self._wait_for_recovery(boot)

    def _socket_files(self) -> list[Path]:
        socket = self.places.sockets / f".s.PGSQL.{self.settings['port']}"
        return [socket, socket.with_name(f"{socket.name}.lock")]

    def _configure(self) -> None:
        """Our settings in a file of their own, included by PostgreSQL's."""
        ours, main = self.places.cluster / OURS, self.places.cluster / "postgresql.conf"
        quoted = ((name, value.replace("'", "''")) for name, value in self.settings.items())
        ours.write_text("".join(f"{name} = '{value}'\n" for name, value in quoted))
        self.places.account.give(ours, 0o600)
        include = f"include_if_exists = '{OURS}'"
        if include not in main.read_text():
            with main.open("a") as out:
                out.write(f"\n{include}\n")

    def _control(self, *words: str) -> int:
        log = self.places.home / "control.log"
        command: Words = [self.programs.program("pg_ctl"), "-D", self.places.cluster, "-s", *words]
        return self.places.account.start(command, self._environment(), log)

    def _wait_for_recovery(self, boot: Path) -> None:
        """After a crash the log is replayed, which may take longer than pg_ctl waits."""
        until = time.monotonic() + LONGEST_RECOVERY
        note("PostgreSQL is still replaying its log after a crash; waiting.")
        while self.process() is not None and time.monotonic() < until:
            if not self._is_ready():
                time.sleep(0.5)
                continue
            return
        raise Trouble(f"PostgreSQL did not start:\n{_last_words(boot, self.places.logs)}")

    def _is_ready(self) -> bool:
        ready: Words = [self.programs.program("pg_isready"), "-q", "-h", self.places.sockets]
        return self.places.account.run(ready, env=self._environment()).returncode == 0

    def _see_to_database(self) -> None:
        """Extensions go into template1, so that every database made later has them."""
        if not self.ask(IS_THERE, "postgres"):
            self.ask(EXTENSIONS, "template1")
            self.ask(CREATE, "postgres")
        with self._secret(SIGN_INS.format(**self.passwords)) as statements:
            self._psql("postgres", "-f", statements)

    def _environment(self) -> dict[str, str]:
        return self.programs.postgres.environment()


def _last_words(boot: Path, logs: Path) -> str:
    """The end of what the server said before it gave up."""
    files = [boot, *sorted(logs.glob("postgres-???.log"), key=os.path.getmtime)[-1:]]
    return "\n".join(file.read_text(errors="replace")[-1500:] for file in files if file.exists())
