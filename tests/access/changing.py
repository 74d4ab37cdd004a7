"""The rows of changes of records, and of records that may be of one."""

from registry.permissions import May as Registry
from tests.access.rows import (
    ASK_CHANGES,
    CHANGE,
    DECIDE,
    NOTHING,
    PAIR,
    PAIRS,
    PEOPLE,
    PLAIN,
    READ_PEOPLE,
    Row,
    needs,
)

GETS: dict[str, Row] = {
    "api_duplicates.index": Row(PAIRS, PEOPLE),
    "api_duplicates.show": Row(PAIRS, PEOPLE, PAIR),
    "api_changes.show": Row(READ_PEOPLE, PEOPLE, CHANGE),
    "changes.choose": Row(ASK_CHANGES, PEOPLE, {"of": "number"}),
    "changes.document": Row(READ_PEOPLE, NOTHING, CHANGE | {"document_id": "registrant_id"}),
    "changes.routes": Row(needs(Registry.ROUTE_CHANGES), PLAIN),
    "changes.edit": Row(ASK_CHANGES, NOTHING, CHANGE),  # its maker's alone
    "changes.index": Row(READ_PEOPLE, PEOPLE),
    "changes.new": Row(ASK_CHANGES, PEOPLE, {"kind": "change_kind", "of": "number"}),
    "changes.show": Row(READ_PEOPLE, PEOPLE, CHANGE),
    "duplicates.index": Row(PAIRS, PEOPLE),
    "duplicates.show": Row(PAIRS | READ_PEOPLE, PEOPLE, PAIR),
}
POSTS: dict[str, Row] = {
    "api_duplicates.apart": Row(needs(Registry.MERGE_REGISTRANTS), about={"number": "number"}),
    "api_duplicates.look": Row(needs(Registry.DECIDE_DUPLICATES)),
    "api_duplicates.rule": Row(PAIRS, about=PAIR),
    "api_changes.create": Row(ASK_CHANGES),
    "changes.apply": Row(needs(Registry.APPLY_CHANGES), about=CHANGE),
    "changes.ask": Row(ASK_CHANGES, about=CHANGE),
    "changes.cancel": Row(ASK_CHANGES, about=CHANGE),
    "changes.create": Row(ASK_CHANGES, about={"kind": "change_kind"}),
    "changes.reject": Row(READ_PEOPLE, about=CHANGE),
    "changes.remove": Row(ASK_CHANGES, about=CHANGE | {"document_id": "registrant_id"}),
    "changes.route": Row(needs(Registry.ROUTE_CHANGES), about={"kind": "change_kind"}),
    "changes.send_back": Row(READ_PEOPLE, about=CHANGE),
    "changes.validate": Row(READ_PEOPLE, about=CHANGE),
    "changes.write": Row(ASK_CHANGES, about=CHANGE),
    "duplicates.again": DECIDE,
    "duplicates.apart": Row(needs(Registry.MERGE_REGISTRANTS), about={"number": "number"}),
    "duplicates.look": Row(needs(Registry.DECIDE_DUPLICATES)),
    "duplicates.one": Row(PAIRS | needs(Registry.MERGE_REGISTRANTS), about=PAIR),
    "duplicates.two": DECIDE,
}
