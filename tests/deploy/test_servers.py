"""The private servers, real ones, in the states that crashes and odd folders leave them in."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import tuning
from deploy.checkout import DEBROOT
from deploy.places import settle
from deploy.say import Trouble
from deploy.servers import Servers, Tuning, throw_away

pytestmark = pytest.mark.xdist_group("servers")
AS_ROOT = os.geteuid() == 0  # who hands the servers to an account that may enter less


def make(var: Path, tuned: Tuning = tuning.throw_away) -> Servers:
    return Servers.of(var, DEBROOT, tuned)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder everybody may enter; pytest's own are shut."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def started(open_folder: Path) -> Iterator[Servers]:
    servers = make(open_folder / "var", tuning.durable)
    servers.up()
    yield servers
    servers.remove()


@pytest.fixture
def servers(started: Servers) -> Servers:
    """Servers that answer, whatever the test before did to them."""
    started.up()
    return started


@pytest.fixture(scope="module")
def other(open_folder: Path) -> Iterator[Servers]:
    """Servers of another checkout, whose first initdb was interrupted half-way."""
    servers = make(open_folder / "other")
    servers.places.make()
    half = servers.places.account.folder(servers.places.home / "postgres.new")
    (half / "PG_VERSION").write_text("15\n")
    servers.up()
    yield servers
    servers.remove()


def kill(*pids: int | None) -> None:
    for pid in pids:
        assert pid is not None
        os.kill(pid, signal.SIGKILL)


def test_a_new_database_has_postgis_and_a_sortable_text(servers: Servers) -> None:
    found = servers.cluster.ask("select extname from pg_extension order by 1")
    assert {"postgis", "btree_gist", "pg_trgm"} <= set(found.splitlines())
    assert servers.cluster.ask("show server_encoding") == "UTF8"


def test_nothing_listens_where_another_machine_or_debians_own_cluster_could(
    servers: Servers,
) -> None:
    assert servers.cluster.ask("show listen_addresses") == ""
    assert servers.cluster.ask("show data_directory").startswith(str(servers.places.home))


def test_a_stranger_without_the_password_is_not_let_in(servers: Servers) -> None:
    psql = servers.cluster.programs.program("psql")
    answer = servers.places.account.run(
        [psql, "-w", "-h", servers.places.sockets, "-U", "highground", "-c", "select 1"],
        env=servers.cluster.programs.postgres.environment(),
    )
    assert answer.returncode
    assert "no password supplied" in answer.stderr


def test_root_does_not_run_the_servers(servers: Servers) -> None:
    for pid in (servers.cluster.process(), servers.queue.process()):
        assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_starting_again_leaves_running_servers_alone(servers: Servers) -> None:
    before = servers.cluster.process(), servers.queue.process()
    make(servers.places.var, tuning.durable).up()
    assert (servers.cluster.process(), servers.queue.process()) == before


def test_killed_servers_come_back_with_what_was_committed(servers: Servers) -> None:
    servers.cluster.ask("create table kept (word text); insert into kept values ('held')")
    kill(servers.cluster.process(), servers.queue.process())
    servers.up()
    assert servers.cluster.ask("select word from kept") == "held"
    assert servers.queue.answers()


def test_a_stale_pid_file_naming_a_living_process_is_no_obstacle(servers: Servers) -> None:
    servers.down()
    stranger = subprocess.Popen(servers.places.account.words(["sleep", "60"]))
    pid_file = servers.places.cluster / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{servers.places.cluster}\n1\n5432\n\n\n  1 1\n")
    servers.places.account.give(pid_file, 0o600)

    servers.up()

    assert servers.cluster.ask("select 1") == "1"
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_living_server_is_found_without_its_pid_file(servers: Servers) -> None:
    before = servers.cluster.process()
    pid_file = servers.places.cluster / "postmaster.pid"
    content = pid_file.read_text()
    pid_file.unlink()
    try:
        assert servers.cluster.process() == before
        servers.up()
        assert servers.cluster.process() == before
    finally:
        pid_file.write_text(content)
        servers.places.account.give(pid_file, 0o600)


def test_a_cluster_of_another_major_version_is_refused_and_left_alone(servers: Servers) -> None:
    servers.down()
    version = servers.places.cluster / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")
    with pytest.raises(Trouble, match="made by PostgreSQL 9"):
        servers.up()
    assert version.read_text() == "9\n"
    version.write_text(right)


def test_an_initdb_that_was_interrupted_is_begun_again(other: Servers) -> None:
    assert other.cluster.ask("select 1") == "1"


def test_two_checkouts_have_servers_of_their_own(servers: Servers, other: Servers) -> None:
    assert other.cluster.process() != servers.cluster.process()
    other.cluster.ask("create table mine ()")
    assert servers.cluster.ask("select to_regclass('mine') is null") == "t"


def test_a_path_too_long_for_a_socket_gets_a_short_one(open_folder: Path) -> None:
    deep = open_folder.joinpath(*["a" * 40] * 3)
    servers = make(deep)
    servers.up()
    assert servers.cluster.ask("select 1") == "1"
    assert servers.queue.answers()
    assert len(bytes(servers.places.redis_socket)) < 107
    servers.remove()
    assert not servers.places.sockets.exists()


def test_a_checkout_in_a_folder_only_its_owner_may_enter_works_all_the_same(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    servers = make(tmp_path / "var")
    servers.up()
    assert servers.cluster.ask("select 1") == "1"
    assert servers.places.home.is_relative_to(tmp_path) is not AS_ROOT
    servers.remove()
    assert not servers.places.home.exists()


def test_databases_in_a_folder_that_was_shut_are_not_made_anew(open_folder: Path) -> None:
    var = open_folder / "shut"
    (var / "servers/postgres").mkdir(parents=True)
    (var / "servers/postgres/PG_VERSION").write_text("15\n")
    var.chmod(0o700)
    if AS_ROOT:
        with pytest.raises(Trouble, match="can no longer enter"):
            settle(var)
    else:
        assert settle(var).home == var / "servers"


def test_a_link_put_where_the_sockets_belong_is_refused(open_folder: Path, tmp_path: Path) -> None:
    servers = make(open_folder / "linked")
    servers.places.home.mkdir(parents=True)
    servers.places.sockets.symlink_to(tmp_path)
    with pytest.raises(Trouble, match="is not ours"):
        servers.up()


def test_throw_away_servers_leave_nothing_behind_not_even_what_a_killed_run_left(
    open_folder: Path,
) -> None:
    left = make(open_folder / "tests/throw-away-0-killed")
    left.places.make()
    left.queue.up()

    with throw_away(open_folder / "tests", "next") as servers:
        assert not left.places.var.exists()
        assert left.queue.process() is None
        assert servers.cluster.ask("show fsync") == "off"

    assert servers.cluster.process() is None
    assert servers.queue.process() is None
    assert [f.name for f in (open_folder / "tests").iterdir()] == ["throw-away.lock"]
