"""What the two commands say to whoever is at the screen, and how they give up."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType


class Trouble(Exception):
    """We cannot go on; the message says what was found and what to do."""


def note(sentence: str) -> None:
    """Say what is going on, beside the answer (standard error)."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def answer(text: str) -> None:
    """Say what was asked for (standard output)."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def command(work: Callable[[Sequence[str]], int]) -> None:
    """Run one of our commands to its exit code, whatever ends it."""
    os.environ.pop("PYTHONPATH", None)
    signal.signal(signal.SIGTERM, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup has it
        signal.signal(signal.SIGHUP, _leave)
    # A script that starts us in the background has SIGINT ignored; we stop by it all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(work(sys.argv[1:]))
    except Trouble as trouble:
        note(f"error: {trouble}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(told: int, _frame: FrameType | None) -> None:
    """Told to stop: unwind as Ctrl-C does, so that what was started is stopped too."""
    raise SystemExit(128 + told)
