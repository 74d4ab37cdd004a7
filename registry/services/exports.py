"""Taking the registry along as files that can be imported again."""

from typing import IO

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.actor import Actor
from core.bulk import copy_out
from geo.models.area_changes import AreaChange
from geo.permissions import May as Geo
from registry.models.fields import Scope
from registry.models.imports import ImportKind
from registry.models.registrants import Registrant
from registry.permissions import May
from registry.queries.area_moves import moved_rows
from registry.queries.fields import known_fields
from registry.queries.registered_rows import registered_rows

SCOPE = {ImportKind.HOUSEHOLDS: Scope.GROUP, ImportKind.PEOPLE: Scope.INDIVIDUAL}
SEALED = {ImportKind.HOUSEHOLDS: "", ImportKind.PEOPLE: "id_number"}


def write_registered(
    session: Session,
    kind: ImportKind,
    stream: IO[bytes],
    *,
    actor: Actor,
    of: Select[int] | None = None,
) -> int:
    """Write all households, or all people, as a CSV, or those whose ids `of` selects; answers how
    many they are.

    Raises:
        Forbidden
    """
    actor.require(May.EXPORT_REGISTRANTS)
    actor.require(Geo.EXACT_LOCATIONS)
    rows = registered_rows(kind, known_fields(session, SCOPE[kind]), actor=actor)
    if of is not None:
        rows = rows.where(Registrant.id.in_(of))
    return copy_out(session, rows, stream, sealed=SEALED[kind])


def write_moved(session: Session, change: AreaChange, stream: IO[bytes], *, actor: Actor) -> int:
    """Write who comes into another area by a new map as a CSV; answers how many they are.

    Raises:
        Forbidden
    """
    actor.require(May.READ_REGISTRANTS)
    return copy_out(session, moved_rows(change, actor=actor), stream)
