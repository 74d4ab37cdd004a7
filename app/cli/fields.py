"""`highground fields`: what is asked of households and people beside the usual."""

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from app.cli.acting import acting_as
from core.db import connect, transaction
from core.errors import Invalid
from core.settings import settings
from core.words import SOURCE
from registry.models.fields import FieldType, Scope
from registry.permissions import May
from registry.queries.fields import fields_made
from registry.services.fields import Wanted, add_field

LINES = ("scope", "code", "type", "state", "label")
TRUE = frozenset({"yes", "true", "1"})


class FieldRowUnreadable(Invalid):
    """Row {row} is no field: {found}; write scope, code, type and label, as `fields list` does."""


@click.group()
def fields() -> None:
    """What is asked of households and people beside the usual."""
    connect(settings().database_works_url)


@fields.command(name="list")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def listed(email: str) -> None:
    """List the fields there are, as a table divided by tabs."""
    actor = acting_as(email)
    click.echo("\t".join(LINES))
    with transaction(actor) as session:
        for rows in fields_made(session, actor=actor).by_scope.values():
            for _section, made in rows:
                said = (made.scope, made.code, made.type, made.state, made.labels[SOURCE])
                click.echo("\t".join(said))


@fields.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", required=True, help="The user who adds them, by e-mail address.")
def add(file: Path, email: str) -> None:
    """Add the fields of FILE, a CSV with the columns scope, code, type and label, all or none.

    Beside them it may have section, hint, word_list, required, least, most, pattern, computed,
    needed_if, holds, refusal; and label:fr, hint:es and so on for other languages.
    """
    actor = acting_as(email)
    with file.open(encoding="utf-8-sig", newline="") as stream, transaction(actor) as session:
        made = [add_field(session, each, actor=actor).code for each in _wanted(stream)]
    click.echo("\n".join(made))


def _wanted(stream: Iterator[str]) -> Iterator[Wanted]:
    for number, row in enumerate(csv.DictReader(stream), 2):
        said = {name: (value or "").strip() for name, value in row.items() if name}
        try:
            yield _of(said)
        except (KeyError, ValueError, InvalidOperation) as broken:
            raise FieldRowUnreadable(row=number, found=broken) from broken


def _of(said: Mapping[str, str]) -> Wanted:
    return Wanted(
        scope=Scope(said["scope"]),
        code=said["code"],
        type=FieldType(said["type"]),
        labels=_by_language(said, "label"),
        hints=_by_language(said, "hint"),
        section=_by_language(said, "section") or {SOURCE: "More"},
        word_list=said.get("word_list") or None,
        required=said.get("required", "").casefold() in TRUE,
        least=_bound(said, "least"),
        most=_bound(said, "most"),
        pattern=said.get("pattern") or None,
        computed=said.get("computed") or None,
        needed_if=said.get("needed_if") or None,
        holds=said.get("holds") or None,
        refusals=_by_language(said, "refusal"),
        needs=None if said.get("asked_by") == "counting" else May.READ_REGISTRANTS,
    )


def _by_language(said: Mapping[str, str], name: str) -> dict[str, str]:
    """The columns `label` and `label:fr`, by language tag."""
    told = {column.partition(":")[2] or SOURCE: value for column, value in said.items()
            if column.partition(":")[0] == name}  # fmt: skip
    return {tag: value for tag, value in told.items() if value}


def _bound(said: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(said[name]) if said.get(name) else None
