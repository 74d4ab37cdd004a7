"""The platform itself with every permission, for commands given at its own machine."""

from dataclasses import replace

from app.auth.roles import GIVES
from core import actor

EVERYTHING: frozenset[str] = frozenset().union(*GIVES.values())
PLATFORM = replace(actor.PLATFORM, permissions=EVERYTHING)
