"""What a file to be checked can say: the fields of both kinds of import, and those beside them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache

from core.words import _
from registry.parsing.fields import HOUSEHOLDS, PEOPLE, Field, field_name
from registry.parsing.plain import plain


class Shape(StrEnum):
    """What the cells of a field hold."""

    TEXT = "text"
    NAME = "name"
    KEY = "key"
    NUMBER = "number"
    COUNT = "count"
    DAY = "day"
    WORD = "word"
    ANGLE = "angle"
    PHONE = "phone"
    OWN = "own"


class Kind(StrEnum):
    """What a row of a file is: a household, a household with its contact, or one of its members."""

    HOUSEHOLDS = "households"
    REGISTRATIONS = "registrations"
    PEOPLE = "people"
    ROSTER = "roster"


MORE = (
    Field(
        "given_name",
        "first name, firstname, given name, forename, prénom, prénoms, nombre de pila,"
        " primer nombre, nombres, الاسم الأول",
    ),
    Field("other_names", "middle name, middlename, post nom, deuxième prénom, segundo nombre"),
    Field(
        "family_name",
        "last name, lastname, surname, nom de famille, apellido, apellidos, primer apellido,"
        " اسم العائلة, اللقب",
    ),
    Field("age", "age in years, age years, âge, âge ans, edad, edad años, العمر, السن"),
    Field("men", "males, adult males, hommes, hombres, الرجال, nb hommes"),
    Field("women", "females, adult females, femmes, mujeres, النساء, nb femmes"),
    Field("boys", "garçons, niños, الأولاد, nb garçons"),
    Field("girls", "filles, niñas, البنات, nb filles"),
    Field(
        "is_head",
        "headhousehold, head household, head of household, hoh, chef de ménage, jefe de hogar,"
        " est chef de ménage, es jefe de hogar",
    ),
    Field("language", "preferred language, langue, langue préférée, idioma, lengua, اللغة"),
    Field(
        "civil_status",
        "marital status, marital situation, état civil, situation matrimoniale, estado civil,"
        " الحالة الاجتماعية",
    ),
)
PAIR = Field(
    "coordinates",
    "gps, coordinates, gps coordinates, geopoint, location, position, point, wkt, lat lon,"
    " lat long, lat lng, latlon, latlong, latlng, lon lat, lonlat, long lat, xy,"
    " geometry, geom, the geom, coordonnées, coordonnées gps, coordenadas,"
    " coordenadas gps, ubicación, gps location,"
    " الإحداثيات, إحداثيات, الموقع",
)
ANY_CODE = Field(
    "code",
    "id, uuid, registration id, registration number, beneficiary id, beneficiary code, reference,"
    " reference id, ref, no, nr, number, numéro, n°, número, identifiant, identificador, الرقم",
)
PARTS = ("men", "women", "boys", "girls")
OPTIONAL = ("code", "name")  # what a household or person is called by where no column says it
FIELDS: Mapping[str, tuple[Field, ...]] = {
    Kind.HOUSEHOLDS: (*HOUSEHOLDS, *(field for field in MORE if field.name in PARTS)),
    Kind.PEOPLE: (*PEOPLE, *(f for f in MORE if f.name not in (*PARTS, "language"))),
    Kind.REGISTRATIONS: (
        replace(HOUSEHOLDS[0], required=False),
        *(replace(f, required=False) for f in PEOPLE if f.name not in ("code", "household_code")),
        *HOUSEHOLDS[1:],
        *(field for field in MORE if field.name != "language"),
    ),
    Kind.ROSTER: (
        *(replace(f, required=f.required and f.name not in OPTIONAL) for f in PEOPLE),
        *HOUSEHOLDS[1:],
        *(field for field in MORE if field.name != "language"),
    ),
}
NAMES = ("name", "given_name", "family_name", "name_local")
PLACE = ("longitude", "latitude")
OF_PEOPLE = (*NAMES, "other_names", "sex", "birth_date", "age", "relation", "is_head")
WORD_LISTS = {
    **{name: name for name in ("sex", "relation", "id_type", "civil_status", "roster")},
    **dict.fromkeys(("birth_date_exact", "disability", "is_head"), "yes_no"),
    "location_source": "location_source",
}
SHAPES: Mapping[str, Shape] = {
    **dict.fromkeys(WORD_LISTS, Shape.WORD),
    **dict.fromkeys(("code", "household_code", "id_number", "area_pcode"), Shape.KEY),
    **dict.fromkeys((*NAMES, "other_names"), Shape.NAME),
    **dict.fromkeys(("size", *PARTS), Shape.COUNT),
    **dict.fromkeys(("accuracy_m", "age"), Shape.NUMBER),
    **dict.fromkeys(("located_on", "birth_date"), Shape.DAY),
    **dict.fromkeys(PLACE, Shape.ANGLE),
    "phone": Shape.PHONE,
    **dict.fromkeys(("settlement", "address", "language"), Shape.TEXT),
}
ORDERED = tuple(dict.fromkeys(field.name for field in (*HOUSEHOLDS, *PEOPLE, *MORE)))
TAGS = {  # of HXL, https://hxlstandard.org, its attributes in any order
    "geo+lat": "latitude",
    "geo+lon": "longitude",
    "geo+lng": "longitude",
    **{f"adm{n}+code": "area_pcode" for n in range(1, 6)},
    "loc+name": "settlement",
    "contact+phone": "phone",
}
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*|^\s*[qQ]?\d+(\.\d+)*\s*[.):\-\u2013]+\s*")
LANGUAGE = re.compile(r"::?\s*[\w ]+(\([\w-]+\))?$")


@cache
def headings() -> Mapping[str, tuple[str, ...]]:
    """Every known heading plainly written, and the fields it may be, the likeliest first."""
    known: dict[str, list[str]] = {}
    households_code, *others = HOUSEHOLDS
    asked = [
        *((field.name, field.name) for field in (*PEOPLE, *HOUSEHOLDS[1:], *MORE)),
        *((heading, "household_code") for heading in households_code.known_as),
        *((h, field.name) for field in (*PEOPLE, *others, *MORE) for h in field.known_as),
        *((heading, PAIR.name) for heading in PAIR.headings.split(",")),
        *((heading, ANY_CODE.name) for heading in ANY_CODE.headings.split(",")),
    ]
    for heading, name in asked:
        fields = known.setdefault(plain(heading), [])
        if name not in fields:
            fields.append(name)
    return {heading: tuple(fields) for heading, fields in known.items()}


def spellings(heading: str) -> Iterator[str]:
    """A heading plainly: whole, without what stands in brackets, and the end of its path in ODK."""
    bare = ASIDE.sub(" ", heading)
    for said in (heading, bare, LANGUAGE.sub("", bare), *re.split(r"[/:.]", bare)[-1:]):
        yield plain(said)


def known_heading(heading: str) -> bool:
    """Whether a text is the heading of a field."""
    return fields_of(heading) != ()


@cache
def fields_of(heading: str) -> tuple[str, ...]:
    """The fields a heading may stand for, the likeliest first."""
    if len(heading) > 200 or heading.startswith("#"):
        return ()
    bare = heading.strip().casefold()
    known = (said for said in spellings(heading) if len(said) > 1 or said == bare)
    found = next((headings()[said] for said in known if said in headings()), ())
    return found or _ending(plain(heading))


def _ending(heading: str) -> tuple[str, ...]:
    """`_location_of_house_latitude` and its like."""
    return next(((axis,) for axis in ("latitude", "longitude") if heading.endswith(axis)), ())


def tagged(tag: str) -> str | None:
    """The field a tag of HXL stands for."""
    parts = tag.lower().lstrip("#").replace(" ", "").split("+")
    asked = (f"{parts[0]}+{attribute}" for attribute in parts[1:])
    return next((TAGS[each] for each in asked if each in TAGS), None)


def missing(kind: str, mapping: Mapping[str, str]) -> list[str]:
    """The fields a file of this kind cannot do without that no column was given to."""
    return [f.name for f in FIELDS[kind] if f.required and not mapping.get(f.name)]


def template(kind: str) -> list[list[str]]:
    """Headings and one example row of a file that needs no mapping."""
    fields = [field for field in FIELDS[kind] if field.example]
    return [[field.name for field in fields], [field.example for field in fields]]


def called(field: str) -> str:
    """What a field of a file is called, in the reader's language."""
    names = {
        "given_name": _("Given name"),
        "other_names": _("Other names"),
        "family_name": _("Family name"),
        "age": _("Age"),
        "men": _("Men"),
        "women": _("Women"),
        "boys": _("Boys"),
        "girls": _("Girls"),
        "is_head": _("Whether head of household"),
        "language": _("Language"),
        "civil_status": _("Civil status"),
    }
    code = field.partition(".")[2]  # of a field of an installation's own
    return names.get(field) or code or field_name(field)


def in_order(fields: Sequence[str]) -> list[str]:
    """Fields in the order they are shown in, those of an installation's own last."""
    places = {name: place for place, name in enumerate(ORDERED)}
    return sorted(fields, key=lambda name: places.get(name, len(places)))
