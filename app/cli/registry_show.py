"""`highground registry show`: what is known of a household or a person, for a terminal."""

import click
from sqlalchemy.orm import Session

from app.cli.acting import acting_as
from core.actor import Actor
from core.audit import Look
from core.db import transaction
from geo.permissions import May as Geo
from registry.queries.registrants import Registered, registered

LOOKED = "registry show"  # as the page of looks says it


@click.command()
@click.argument("number")
@click.option("--as", "email", required=True, help="The user who asks, by e-mail address.")
def show(number: str, email: str) -> None:
    """Tell what is known of the household or person NUMBER; the look is noted as on a page."""
    actor = acting_as(email)
    with transaction(actor) as session:
        found = registered(session, number, actor=actor)
        _note(session, found, actor)
        for name, value in _told(found, actor):
            click.echo(f"{name:<12}{value}")


def _note(session: Session, found: Registered, actor: Actor) -> None:
    shown = [found.registrant.id, *(each.id for each in (*found.members, *found.belongs_to))]
    look = {"actor_id": actor.id, "actor_name": actor.name, "what": LOOKED}
    session.add(Look(registrant_ids=shown, number=len(shown), **look))


def _told(found: Registered, actor: Actor) -> list[tuple[str, str]]:
    """What is told, a line each: its name, and its value."""
    registrant = found.registrant
    told = [
        ("number", registrant.number),
        ("kind", found.group.kind if found.group else "person"),
        ("state", registrant.state.value),
        ("name", " / ".join(filter(None, (registrant.name, registrant.name_local)))),
        *(("member", f"{each.number}  {each.relation}  {each.name}") for each in found.members),
        *(("in", f"{each.number}  {each.relation}  {each.name}") for each in found.belongs_to),
        *((each.kind.value, each.value) for each in found.contacts),
        *(("area", f"{each.pcode}  {each.name}") for each in found.areas[-1:]),
    ]
    place = found.place
    if place and place.lon is not None and actor.may(Geo.EXACT_LOCATIONS):
        told.append(("place", f"{place.lat:.6f}, {place.lon:.6f}"))
    return told
