"""The platform itself as the one who acts: commands at the machine, and work nobody asked for."""

from app.auth.roles import GIVES
from core.actor import Actor

EVERYTHING: frozenset[str] = frozenset().union(*GIVES.values())
PLATFORM = Actor(id=0, name="platform", permissions=EVERYTHING, national=True)
