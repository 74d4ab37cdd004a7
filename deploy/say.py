"""What the two commands say to whoever is at the screen, and how they give up."""

import sys


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
