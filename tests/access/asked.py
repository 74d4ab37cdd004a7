"""Routes of what is asked of households and people: fields and scores."""

from registry.permissions import May as Registry
from tests.access.rows import (
    COUNT_PEOPLE,
    FIELDS,
    PEOPLE,
    PLAIN,
    SCORE,
    SCORES,
    Row,
    needs,
)

ASKED_GETS: dict[str, Row] = {
    "api_fields.index": Row(COUNT_PEOPLE, PLAIN),
    "fields.index": Row(FIELDS),
    "fields.of_registrant": Row(needs(Registry.WRITE_REGISTRANTS), PEOPLE, {"number": "number"}),
    "fields.show": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "scores.index": Row(SCORES, PLAIN),
    "scores.new": Row(needs(Registry.WRITE_SCORES)),
    "scores.show": Row(SCORES, PLAIN, SCORE),
    "scores.edit": Row(needs(Registry.WRITE_SCORES, Registry.READ_SCORES), PLAIN, SCORE),
    "fields.sections": Row(FIELDS),
    "scores.compare": Row(SCORES, PLAIN, {"code": "score"}),
}
ASKED_POSTS: dict[str, Row] = {
    "scores.have_compared": Row(SCORES, about={"code": "score"}),
    "scores.create": Row(needs(Registry.WRITE_SCORES)),
    "scores.change": Row(needs(Registry.WRITE_SCORES, Registry.READ_SCORES), about=SCORE),
    "scores.activate": Row(needs(Registry.ACTIVATE_SCORES, Registry.READ_SCORES), about=SCORE),
    "scores.run": Row(needs(Registry.ACTIVATE_SCORES, Registry.READ_SCORES), about=SCORE),
    "fields.create": Row(FIELDS),
    "fields.change": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "fields.turn": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "fields.fill": Row(needs(Registry.WRITE_REGISTRANTS), about={"number": "number"}),
    "fields.arrange": Row(FIELDS),
    "api_registrants.fill": Row(
        needs(Registry.WRITE_REGISTRANTS, Registry.READ_REGISTRANTS), about={"number": "number"}
    ),
}
