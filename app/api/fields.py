"""Fields an installation added, as programs may send and ask for them."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from app.api.answers import Document, told
from app.request import actor, db
from registry.models.fields import FieldType, Scope
from registry.permissions import May
from registry.queries.fields import Known, own_fields
from registry.queries.vocabularies import codes

SCHEMAS: dict[FieldType, dict[str, Any]] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.WORD: {"type": "string"},
    FieldType.WORDS: {"type": "array", "items": {"type": "string"}},
    FieldType.WHOLE: {"type": "integer"},
    FieldType.NUMBER: {"type": "number"},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "format": "date"},
}

bp = Blueprint("api_fields", __name__, url_prefix="/api/fields", description="Fields of our own")


@bp.get("/")
@bp.response(200, description="A JSON schema of what is asked of groups, and of individuals")
def index() -> Response:
    """Fields this installation added, of groups and of individuals"""
    actor().require(May.COUNT_REGISTRANTS)
    own, words = own_fields(db()), codes(db())
    return told({scope.value: _schema(list(own.of(scope).values()), words) for scope in Scope})


def _schema(fields: list[Known], words: dict[str, frozenset[str]]) -> Document:
    return {
        "type": "object",
        "properties": {each.code: _property(each, words) for each in fields},
        "required": [each.code for each in fields if each.required],
    }


def _property(known: Known, words: dict[str, frozenset[str]]) -> Document:
    said: Document = {"title": known.label, "description": known.hint, **SCHEMAS[known.type]}
    listed = sorted(words.get(known.word_list or "", ()))
    if known.type is FieldType.WORD:
        said["enum"] = listed
    elif known.type is FieldType.WORDS:
        said["items"] = {"type": "string", "enum": listed}
    bounds = {"minimum": known.least, "maximum": known.most}
    said |= {name: float(bound) for name, bound in bounds.items() if bound is not None}
    if known.pattern:
        said["pattern"] = f"^(?:{known.pattern})$"
    return {**said, "readOnly": True} if known.computed else said
