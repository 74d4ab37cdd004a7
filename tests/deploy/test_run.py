"""What `./run` understands, says and keeps."""

import fcntl
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import addresses, run
from deploy.addresses import EVERYWHERE
from deploy.checkout import ROOT
from deploy.environment import Pins
from deploy.installation import keep
from deploy.run import Start, Trial, understand
from deploy.say import Trouble


def test_without_arguments_it_starts_the_demo_on_this_machine_only() -> None:
    assert understand([]) == Start(setup=False, empty=False, host="127.0.0.1", port=None)


def test_setup_empty_host_and_port_are_understood() -> None:
    assert understand(["--setup"]) == Start(True, False, "127.0.0.1", None)
    assert understand(["--empty", "--host", EVERYWHERE[0], "--port", "80"]) == Start(
        False, True, EVERYWHERE[0], 80
    )


def test_the_headless_demo_gets_its_own_arguments_wherever_they_stand() -> None:
    expected = Trial("bench.journey", ("--data", "../data", "--size", "small"), Pins.RUNTIME)
    assert understand(["--headless-demo", "--data", "../data", "--size", "small"]) == expected
    assert understand(["--data", "../data", "--headless-demo", "--size", "small"]) == expected


def test_a_bench_runs_with_the_peers_it_measures_against() -> None:
    assert understand(["bench", "--goal", "2"]) == Trial("bench", ("--goal", "2"), Pins.DEVELOPMENT)


@pytest.mark.parametrize("words", [["--setup", "--empty"], ["--prot", "1"], ["--port", "x"]])
def test_what_it_does_not_understand_it_refuses_before_anything_is_done(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        understand(words)
    assert refused.value.code == 2


def test_started_twice_it_says_where_the_first_is_and_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "VAR", tmp_path)
    with (tmp_path / "running").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        first.write("http://127.0.0.1:8003")
        first.flush()
        assert run.main([]) == 0
    assert "http://127.0.0.1:8003" in capsys.readouterr().out
    assert [file.name for file in tmp_path.iterdir()] == ["running"]


def test_a_taken_port_is_refused_if_asked_for_and_passed_over_if_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=str(port)):
            addresses.choose_port("127.0.0.1", port)
        assert addresses.choose_port("127.0.0.1", None) != port


def test_the_address_is_one_that_a_browser_here_can_open() -> None:
    assert addresses.address(EVERYWHERE[0], 8000) == "http://127.0.0.1:8000"
    assert addresses.address("::1", 8000) == "http://[::1]:8000"
    assert addresses.address("relief.example", 8000) == "http://relief.example:8000"


def test_the_variables_are_kept_for_the_owner_alone_beside_lines_of_his(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    file.write_text("TIMEZONE=Asia/Manila\nBASE_URL=http://old\n")
    keep({"BASE_URL": "http://new", "REDIS_URL": "unix://:a=b@/x"}, tmp_path)
    assert file.read_text() == (
        "TIMEZONE=Asia/Manila\nBASE_URL=http://new\nREDIS_URL=unix://:a=b@/x\n"
    )
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("told", "code"), [("INT", 130), ("TERM", 143)])
def test_told_to_stop_it_unwinds_even_where_a_script_had_interrupts_ignored(
    told: str, code: int
) -> None:
    work = (
        "import time; from deploy.say import answer, command\n"
        "def work(words):\n"
        "    try: answer('up'); time.sleep(60)\n"
        "    finally: answer('stopped')\n"
        "command(work)"
    )
    ignoring = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, work]
    with subprocess.Popen(ignoring, cwd=ROOT, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == "up\n"
        ours.send_signal(getattr(signal, f"SIG{told}"))
        assert ours.stdout.readline() == "stopped\n"
    assert ours.returncode == code


@pytest.mark.parametrize("script", sorted(ROOT.glob("deploy/*.sh")), ids=lambda path: path.name)
def test_the_scripts_can_be_read_by_their_shells(script: Path) -> None:
    shell = script.read_text().partition("\n")[0].removeprefix("#!/usr/bin/env ")
    program = shell.removeprefix("#!/bin/")
    assert subprocess.run([program, "-n", script], check=False).returncode == 0
