"""How long work tells how far it is: it calls what it was given, which may raise to end it."""

from collections.abc import Callable

Report = Callable[[int, int], None]  # what is done, of how much


def unheard(done: int, total: int) -> None:
    """Nobody asked how far it is."""
