"""Trying acts from states they may not take things from."""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.orm import Session

from core.errors import Refusal


def tried(session: Session, act: Callable[[], object]) -> str:
    """Do an act, or leave everything as it is; the sentence it was refused with, if it was."""
    said = ""

    def do() -> None:
        nonlocal said
        try:
            act()
        except Refusal as refusal:
            said = refusal.message
            raise

    with suppress(Refusal), session.begin_nested():
        do()
    session.expire_all()
    return said
