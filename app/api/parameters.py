"""What an address may ask: parameters by name, each read once, and no others."""

from typing import Any, NoReturn

import marshmallow as ma
from webargs.flaskparser import FlaskParser

from core.errors import Invalid

MOST_AT_ONCE = 10_000
FARTHEST = 2**31 - 1


class ParameterUnreadable(Invalid):
    """The address asks {found}; look at the description of the service for what may be asked."""


class Parser(FlaskParser):
    """Refuses, in a sentence, parameters that nobody knows or that cannot be read."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": ma.RAISE}  # noqa: RUF012 - as its base has it

    def handle_error(self, error: ma.ValidationError, *_request: Any, **_told: Any) -> NoReturn:
        """Refuse."""
        faults: Any = error.messages
        said = [f"{name}: {' '.join(why)}" for name, why in sorted(faults["query"].items())]
        raise ParameterUnreadable(found="; ".join(said).replace("{", "(").replace("}", ")"))


class Plain(ma.Schema):
    """A page of the service; there is one form of each."""

    f = ma.fields.String(
        validate=ma.validate.OneOf(["json"]), metadata={"description": "The form of the answer."}
    )


class One(Plain):
    """One feature."""

    crs = ma.fields.String(
        load_default="", metadata={"description": "Reference system to answer in, by its address."}
    )


class Items(One):
    """Some features of a collection."""

    limit = ma.fields.Integer(
        load_default=10,
        validate=ma.validate.Range(min=1),
        metadata={
            "description": "How many features at once; more than the most are the most.",
            "maximum": MOST_AT_ONCE,
        },
    )
    offset = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(min=0, max=FARTHEST),
        metadata={"description": "How many features to pass over."},
    )
    bbox = ma.fields.String(
        load_default="", metadata={"description": "West, south, east, north; or six with heights."}
    )
    bbox_crs = ma.fields.String(
        data_key="bbox-crs",
        load_default="",
        metadata={"description": "The reference system of the box, by its address."},
    )
    datetime = ma.fields.String(
        load_default="", metadata={"description": "A moment, or two with a slash between."}
    )
    filter = ma.fields.String(
        load_default="", metadata={"description": "A condition in CQL2 over the queryables."}
    )
    filter_lang = ma.fields.String(
        data_key="filter-lang",
        validate=ma.validate.OneOf(["cql2-text", "cql2-json"]),
        metadata={"description": "The language of the condition; it is told apart without."},
    )
    filter_crs = ma.fields.String(
        data_key="filter-crs",
        load_default="",
        metadata={"description": "The reference system of its shapes, by its address."},
    )
