"""The commands: `highground NOUN VERB`. Each noun's file is imported only when it is called."""

import importlib
import sys

import click

from core.errors import Refusal

NOUNS = {
    "areas": "Administrative boundaries.",
    "audit": "The audit trail: verifying, sealing, its head.",
    "backup": "Keep everything apart, and bring it back.",
    "changes": "Changes of records.",
    "cycles": "Cycles of programs: from a list to amounts that can be signed.",
    "db": "The tables.",
    "demo": "The demonstration country.",
    "drill": "Prove on throw-away servers that nothing is lost, and no money doubled.",
    "fields": "Fields of our own: what is asked of households and people beside the usual.",
    "filter": "Conditions on households.",
    "keys": "The keys that keep what names people unreadable.",
    "layers": "What is there: people, sites, roads, measured against hazards.",
    "locate": "Which area covers each point of a file.",
    "places": "Where people stand: how well that is known.",
    "programs": "Programs: their money, their cycles, their members.",
    "registry": "Households and people.",
    "rehearsal": "A provider of payments to rehearse with.",
    "releases": "Hazard files and what they mean.",
    "sample": "The hazard's value at each point of a file.",
    "scores": "Scores of households.",
    "settings": "What holds for the country.",
    "sweep": "Ring for work that waits unheard.",
    "targeting": "Whom programs are for: why a household is helped, or is not.",
    "users": "People who sign in.",
    "worker": "Do the work put off.",
    "zonal": "The hazard's figures for each area of a file.",
}


class Nouns(click.Group):
    """A group that knows its commands by name and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All nouns, in alphabetical order."""
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of `app/cli/<noun>.py`, which bears the noun's name."""
        if cmd_name not in NOUNS:
            return None
        command: click.Command = getattr(importlib.import_module(f"app.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the nouns without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(NOUNS.items()))


@click.group(cls=Nouns)
def highground() -> None:
    """From a hazard map to help delivered."""


def main() -> None:
    """Run a command; a refusal is its sentence on stderr and exit code 2."""
    try:
        highground()
    except Refusal as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(2)
