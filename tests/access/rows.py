"""What a row of the tables says, and the words they share."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.auth.permissions import May as Roof
from geo.permissions import May as Geo
from programs.permissions import May as Programs
from registry.permissions import May as Registry


class Shows(StrEnum):
    """What a page bears for those who may open it."""

    PEOPLE = "people"  # the north's family, to nobody who is bound to the south
    PLAIN = "plain"  # names that are nobody's: of areas, programs, events
    ASKER = "asker"  # who asks, in the frame of the page
    NOTHING = "nothing"  # pictures, points without names, answers that lead elsewhere


@dataclass(frozen=True)
class Row:
    """What one route needs, and shows. `about` names the keys of the world its address takes."""

    needs: frozenset[str] = frozenset()
    shows: Shows = Shows.ASKER
    about: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    """What showing people by name needs beside."""
    nearby: bool = True
    """Whether somebody bound to the north sees the family too, or only who sees the country."""


def needs(*permissions: str) -> frozenset[str]:
    """Permissions that are all needed."""
    return frozenset(permissions)


ANYBODY = needs()
PEOPLE, PLAIN, NOTHING = Shows.PEOPLE, Shows.PLAIN, Shows.NOTHING
READ_PEOPLE = needs(Registry.READ_REGISTRANTS)
PAIRS = needs(Registry.READ_DUPLICATES)
PAIR = {"pair_id": "pair_id"}
DECIDE = Row(PAIRS | needs(Registry.DECIDE_DUPLICATES), about=PAIR)
READ_LISTS = needs(Registry.READ_ROSTERS)
READ_PROGRAMS = needs(Programs.READ_PROGRAMS)
USERS = needs(Roof.WRITE_USERS)
SCORES = needs(Registry.READ_SCORES)
SCORE = {"code": "score", "version": "version"}
WORDS = needs(Registry.WRITE_VOCABULARIES)
WORD = {"list_name": "list", "code": "word"}
FIELDS = needs(Registry.WRITE_FIELDS)
TRAIL = needs(Roof.READ_AUDIT)
IMPORTS = needs(Registry.IMPORT_REGISTRANTS)
RELEASE, CYCLE, PROGRAM = ({f"{noun}_id": f"{noun}_id"} for noun in ("release", "cycle", "program"))
AREAS, COLLECTION = needs(Geo.READ_AREAS), {"collection": "collection"}
CONTEXT = {"layer_id": "layer_id"}
SCHEME = {"scheme": "scheme"}
FILE = {"sha256": "sha256"}
KIND = {"kind": "file_kind"}
TWO_RELEASES = RELEASE | {"before": "release_id"}  # the same one, compared with itself
COUNT = needs(Geo.SELECT, Registry.COUNT_REGISTRANTS)
COUNT_PEOPLE = needs(Registry.COUNT_REGISTRANTS)
FLOODED = {"roster_id": "flooded_id"}
TILE = {"z": "z", "x": "x", "y": "y"}
SEND_FORMS = needs(Registry.SEND_SUBMISSIONS)
ASK_CHANGES, CHANGE = needs(Registry.ASK_CHANGES), {"number": "change"}
IMPORT = {"import_id": "import_id"}
