"""`highground places`: how well it is known where people stand, and what is to be looked at."""

import json
from collections.abc import Mapping
from typing import Any

import click

from app.cli.acting import acting_as
from core.db import connect, transaction
from core.settings import settings
from geo.queries.areas import area_by_pcode
from registry.queries.place_health import Places, place_health
from registry.queries.place_lists import LISTS, Listed, how_many

SHOWN = ("all", "points", "area_only", "nowhere", "doubted", "older", "shared")


@click.group()
def places() -> None:
    """Where people stand."""
    connect(settings().database_works_url)


@places.command()
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
@click.option("--area", "pcode", help="Below this area, by its P-code; else in the country.")
@click.option("--json", "as_json", is_flag=True, help="All figures, as JSON.")
def health(email: str, pcode: str | None, *, as_json: bool) -> None:
    """Tell how well places are known, area by area; rounded for who may only count."""
    actor = acting_as(email)
    with transaction(actor) as session:
        area = area_by_pcode(session, pcode) if pcode else None
        told = place_health(session, area, actor=actor)
    if as_json:
        figures = {
            "rounded_to": told.base,
            "level": told.level,
            "whole": _figures(told.whole),
            "areas": [_figures(each) for each in told.areas],
        }
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    click.echo(_line("", dict(zip(SHOWN, SHOWN, strict=True))))
    for each in (*told.areas, told.whole):
        click.echo(_line(f"{each.pcode} {each.name}".strip(), each.n))


@places.command("list")
@click.argument("code", type=click.Choice(LISTS))
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
@click.option("--area", "pcode", help="Below this area, by its P-code; else in the country.")
def count(code: str, email: str, pcode: str | None) -> None:
    """Tell how many households and people on their own are on the work list CODE."""
    actor = acting_as(email)
    with transaction(actor) as session:
        area = area_by_pcode(session, pcode) if pcode else None
        click.echo(how_many(session, Listed(code, area), actor=actor))


def _figures(places: Places) -> dict[str, Any]:
    return {"pcode": places.pcode, "name": places.name, **places.n}


def _line(name: str, figures: Mapping[str, object]) -> str:
    return f"{name:<32}" + "".join(f"{figures[each]:>11}" for each in SHOWN)
