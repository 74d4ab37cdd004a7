"""Real processes that end, cling on, talk and are orphaned."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import supervisor
from deploy.supervisor import Process, Supervisor

PATH = {"PATH": "/usr/bin:/bin"}


def shell(name: str, script: str, logs: Path) -> Process:
    return Process(name, ["sh", "-c", script], logs)


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def test_a_process_that_ends_is_started_again(tmp_path: Path) -> None:
    count = tmp_path / "count"
    watched = Supervisor([shell("brief", f"echo x >>{count}; exit 3", tmp_path)], PATH)
    watched.start()

    def has_run_twice() -> bool:
        watched.look()
        return count.exists() and len(count.read_text()) >= 4

    assert soon(has_run_twice)
    watched.stop()


def test_one_that_keeps_ending_waits_longer_each_time_up_to_half_a_minute(tmp_path: Path) -> None:
    process = shell("brief", "", tmp_path)
    pauses = []
    for _ in range(7):
        process.started = now = time.monotonic()
        process.plan_restart(1)
        pauses.append(round(process.due - now))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_one_that_ran_well_before_it_ended_is_started_at_once(tmp_path: Path) -> None:
    process = shell("steady", "", tmp_path)
    process.failures = 5
    process.started = time.monotonic() - 61
    process.plan_restart(1)
    assert process.due <= time.monotonic()


def test_what_a_process_says_is_shown_with_its_name_and_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    watched = Supervisor(
        [shell("teller", "echo a word; echo another >&2; sleep 60", tmp_path)], PATH
    )
    watched.start()
    kept = tmp_path / "teller.log"
    assert soon(lambda: kept.exists() and kept.read_text().count("\n") == 2)
    watched.stop()
    assert "teller | a word" in capfd.readouterr().err


def test_one_that_will_not_stop_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.2)
    child = tmp_path / "child"
    script = f"trap '' TERM; sleep 60 & echo $! >{child}; wait; wait"
    watched = Supervisor([shell("stubborn", script, tmp_path)], PATH)
    watched.start()
    assert soon(lambda: child.exists() and child.read_text().strip() != "")

    watched.stop()

    assert soon(lambda: not _lives(int(child.read_text())))


def test_processes_do_not_outlive_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = (
        "import sys, pathlib; from deploy.supervisor import *;"
        "s = Supervisor([Process('x', ['sh', '-c', 'echo $$ >' + sys.argv[1] + '; exec sleep 60'],"
        " pathlib.Path(sys.argv[1]).parent)], {'PATH': '/usr/bin:/bin'}); s.start(); s.watch()"
    )
    ours = subprocess.Popen([sys.executable, "-c", script, str(pid)], cwd=Path(__file__).parents[2])
    assert soon(lambda: pid.exists() and pid.read_text().strip() != "")

    ours.send_signal(signal.SIGKILL)
    ours.wait()

    assert soon(lambda: not _lives(int(pid.read_text())))


def _lives(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
