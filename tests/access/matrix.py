"""One table: every route, what it needs, and what of the marked world it may show.

A new route has no row and fails the tests until somebody says here who may see what of it.
"""

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

GETS: dict[str, Row] = {
    "api_hazards.show": Row(needs(Geo.READ_RELEASES), PLAIN, RELEASE),
    "api_fields.index": Row(COUNT_PEOPLE, PLAIN),
    "api_changes.show": Row(READ_PEOPLE, PEOPLE, CHANGE),
    "api_registrants.show": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
    "api_jobs.show": Row(needs(Roof.CANCEL_JOBS), NOTHING, {"job_id": "job_id"}),
    "account.confirm": Row(),
    "account.show": Row(),
    "admin.index": Row(USERS),
    "approvals.show": Row(READ_PROGRAMS, PLAIN, {"approval_id": "approval_id"}),
    "area_changes.index": Row(needs(Geo.IMPORT_AREAS), PLAIN),
    "area_changes.show": Row(needs(Geo.IMPORT_AREAS), PLAIN, {"change_id": "change_id"}),
    "area_changes.working": Row(needs(Roof.CANCEL_JOBS), PLAIN, {"job_id": "staging_id"}),
    "areas.imported": Row(needs(Roof.CANCEL_JOBS), PLAIN, {"job_id": "job_id"}),
    "areas.index": Row(needs(Geo.READ_AREAS), PLAIN),
    "areas.new": Row(needs(Geo.IMPORT_AREAS)),
    "areas.show": Row(needs(Geo.READ_AREAS), PLAIN, {"pcode": "pcode"}),
    "audit.csv": Row(TRAIL, PLAIN),
    "audit.index": Row(TRAIL),
    "audit.lines": Row(TRAIL, PLAIN),
    "audit.show": Row(TRAIL, about={"entry_id": "entry_id"}),
    "changes.choose": Row(ASK_CHANGES, PEOPLE, {"of": "number"}),
    "changes.document": Row(READ_PEOPLE, NOTHING, CHANGE | {"document_id": "registrant_id"}),
    "changes.routes": Row(needs(Registry.ROUTE_CHANGES), PLAIN),
    "changes.edit": Row(ASK_CHANGES, NOTHING, CHANGE),  # its maker's alone
    "changes.index": Row(READ_PEOPLE, PEOPLE),
    "changes.new": Row(ASK_CHANGES, PEOPLE, {"kind": "change_kind", "of": "number"}),
    "changes.show": Row(READ_PEOPLE, PEOPLE, CHANGE),
    "cycles.file": Row(needs(Programs.EXPORT_PAYMENTS), PEOPLE, CYCLE | {"sha256": "sha256"}),
    "cycles.households": Row(READ_PEOPLE | READ_PROGRAMS, PEOPLE, CYCLE),
    "cycles.look_again": Row(READ_PROGRAMS, PLAIN, {"cycle_id": "draft_id"}),
    "cycles.new": Row(needs(Programs.PREPARE_CYCLES), PLAIN),
    "cycles.show": Row(READ_PROGRAMS, PLAIN, CYCLE),
    "consents.receipt": Row(READ_PEOPLE, PEOPLE, {"number": "number", "receipt": "receipt"}),
    "composites.new": Row(needs(Geo.DERIVE_RELEASES), PLAIN, {"event_id": "event_id"}),
    "differences.show": Row(needs(Geo.READ_RELEASES), PLAIN, TWO_RELEASES),
    "differences.table": Row(needs(Geo.READ_RELEASES), PLAIN, TWO_RELEASES | KIND),
    "duplicates.index": Row(PAIRS, PEOPLE),
    "duplicates.show": Row(PAIRS | READ_PEOPLE, PEOPLE, PAIR),
    "exports.areas_hit": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | KIND),
    "exports.asked": Row(COUNT, NOTHING, KIND),
    "exports.shapes": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | KIND),
    "exports.registered": Row(
        needs(Registry.EXPORT_REGISTRANTS) | needs(Geo.EXACT_LOCATIONS), PEOPLE, {"kind": "kind"}
    ),
    "exports.kept": Row(COUNT, NOTHING, KIND | {"code": "selection"}),
    "fields.index": Row(FIELDS),
    "fields.of_registrant": Row(needs(Registry.WRITE_REGISTRANTS), PEOPLE, {"number": "number"}),
    "fields.show": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "filters.index": Row(COUNT_PEOPLE, PLAIN),
    "filters.new": Row(COUNT_PEOPLE),
    "filters.show": Row(COUNT_PEOPLE, PLAIN, {"code": "filter"}),
    "groups.members": Row(needs(Registry.WRITE_REGISTRANTS), PEOPLE, {"number": "number"}),
    "hazard_files.picture": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | {"number": "part"}),
    "hazard_files.value": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE),
    "previews.show": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE),
    "fetches.show": Row(needs(Roof.CANCEL_JOBS), PLAIN, {"job_id": "fetch_id"}),
    "hazards.index": Row(needs(Geo.READ_RELEASES), PLAIN),
    "hazards.new": Row(needs(Geo.READ_RELEASES), PLAIN),
    "hazards.show": Row(needs(Geo.READ_RELEASES), PLAIN, RELEASE),
    "health.show": Row(shows=NOTHING),
    "household_tiles.tile": Row(needs(Registry.COUNT_REGISTRANTS), NOTHING, TILE),
    "imports.failed": Row(IMPORTS, PEOPLE, {"import_id": "import_id"}, nearby=False),
    "imports.headings": Row(shows=NOTHING, about={"kind": "kind"}),
    "imports.index": Row(IMPORTS, PEOPLE, nearby=False),
    "imports.show": Row(IMPORTS, PEOPLE, {"import_id": "import_id"}, nearby=False),
    "jobs.index": Row(needs(Roof.READ_JOBS)),
    "jobs.show": Row(needs(Roof.CANCEL_JOBS), NOTHING, {"job_id": "job_id"}),
    "layers.index": Row(needs(Geo.READ_RELEASES), PLAIN),
    "layers.show": Row(needs(Geo.READ_RELEASES), PLAIN, CONTEXT),
    "ogc.collection": Row(AREAS, NOTHING, COLLECTION),
    "ogc.collections": Row(shows=PLAIN),
    "ogc.conformance": Row(shows=NOTHING),
    "ogc.description": Row(shows=NOTHING),
    "ogc.item": Row(AREAS, PLAIN, COLLECTION | {"feature": "pcode"}),
    "ogc.items": Row(AREAS, PLAIN, COLLECTION),
    "ogc.landing": Row(shows=NOTHING),
    "ogc_tiles.scheme": Row(shows=NOTHING, about={"scheme": "scheme"}),
    "ogc_tiles.schemes": Row(shows=NOTHING),
    "ogc_tiles.tile": Row(AREAS, PLAIN, COLLECTION | SCHEME | {"z": "z", "row": "y", "col": "x"}),
    "ogc_tiles.tilejson": Row(AREAS, NOTHING, COLLECTION | SCHEME),
    "ogc_tiles.tileset": Row(AREAS, NOTHING, COLLECTION | SCHEME),
    "ogc_tiles.tilesets": Row(AREAS, NOTHING, COLLECTION),
    "ogc.queryables": Row(AREAS, NOTHING, COLLECTION),
    "organisations.index": Row(READ_PROGRAMS, PLAIN),
    "people.new": Row(needs(Registry.WRITE_REGISTRANTS), PLAIN),
    "places.health": Row(READ_PEOPLE, PLAIN),
    "plots.index": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
    "places.listing": Row(READ_PEOPLE, PEOPLE, {"code": "doubt"}),
    "places.show": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
    "programs.change": Row(needs(Programs.WRITE_PROGRAMS), PLAIN, PROGRAM),
    "programs.index": Row(READ_PROGRAMS, PLAIN),
    "programs.new": Row(needs(Programs.WRITE_PROGRAMS), PLAIN),
    "programs.show": Row(READ_PROGRAMS, PLAIN, PROGRAM),
    "openrosa.form": Row(SEND_FORMS, PLAIN, {"code": "form"}),
    "openrosa.forms": Row(SEND_FORMS, NOTHING),
    "openrosa.manifest": Row(SEND_FORMS, NOTHING, {"code": "form"}),
    "public_requests.ask": Row(),
    "public_requests.new": Row(shows=PLAIN),
    "public_requests.received": Row(shows=NOTHING),
    "purposes.ask": Row(),
    "redeem.read": Row(needs(Programs.REDEEM_VOUCHERS), PEOPLE, {"code": "code"}),
    "records.document": Row(
        needs(Registry.READ_DOCUMENTS), NOTHING, {"number": "number", "document_id": "document_id"}
    ),
    "records.edit": Row(needs(Registry.WRITE_REGISTRANTS), PEOPLE, {"number": "number"}),
    "records.newcomer": Row(needs(Registry.WRITE_REGISTRANTS), PEOPLE, {"number": "number"}),
    "registry.index": Row(READ_PEOPLE, PEOPLE, {"q": "q"}),
    "registry.show": Row(READ_PEOPLE, PEOPLE, {"number": "number"}),
    "rosters.download": Row(READ_LISTS, PEOPLE, FLOODED, READ_PEOPLE),
    "rosters.index": Row(READ_LISTS, PLAIN),
    "rosters.show": Row(READ_LISTS, PEOPLE, FLOODED | {"status": "status"}, READ_PEOPLE),
    "scores.index": Row(SCORES, PLAIN),
    "scores.new": Row(needs(Registry.WRITE_SCORES)),
    "scores.show": Row(SCORES, PLAIN, SCORE),
    "scores.edit": Row(needs(Registry.WRITE_SCORES, Registry.READ_SCORES), PLAIN, SCORE),
    "search.show": Row(needs(Geo.READ_AREAS), PEOPLE, {"q": "q"}, READ_PEOPLE),
    "second_factor.show": Row(),
    "selections.areas": Row(needs(Geo.READ_AREAS), PLAIN, {"q": "pcode"}),
    "selections.draft_kept": Row(needs(Geo.SELECT), NOTHING, {"code": "draft"}),
    "selections.select": Row(needs(Geo.SELECT), PLAIN),
    "selections.show": Row(needs(Geo.SELECT), NOTHING, {"code": "selection"}),
    "service_points.index": Row(needs(Programs.READ_SERVICE_POINTS), PLAIN),
    "sign_in.ask": Row(),
    "sign_in.code": Row(),
    "sign_in.welcome": Row(shows=PLAIN, about={"token": "token"}),
    "situation.show": Row(shows=PEOPLE, names=needs(Registry.MERGE_IMPORTS), nearby=False),
    "situation_maps.file": Row(
        needs(Registry.READ_ROSTERS, Geo.EXACT_LOCATIONS),  # it is one for colleagues
        PLAIN,
        {"map_id": "map_id"},
        nearby=False,
    ),
    "static": Row(shows=NOTHING, about={"filename": "filename"}),
    "submissions.index": Row(SEND_FORMS),
    "tiles.areas": Row(needs(Geo.READ_AREAS), PLAIN, TILE | {"level": "level"}),
    "tiles.layer_cells": Row(needs(Geo.READ_RELEASES), NOTHING, CONTEXT | TILE),
    "tiles.layer_shapes": Row(needs(Geo.READ_RELEASES), PLAIN, CONTEXT | TILE),
    "tiles.release_cells": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | TILE),
    "tiles.release_shapes": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | TILE),
    "tiles.release_water": Row(needs(Geo.READ_RELEASES), NOTHING, RELEASE | TILE),
    "users.index": Row(USERS, PLAIN),
    "users.roles": Row(USERS),
    "users.show": Row(USERS, PLAIN, {"user_id": "user_id"}),
    "vocabularies.index": Row(shows=PLAIN),
}

USER = {"user_id": "user_id"}
IMPORT, APPROVAL = {"import_id": "import_id"}, {"approval_id": "approval_id"}
MEMBER = PROGRAM | {"registrant_id": "registrant_id"}
WRITE_PROGRAM = Row(needs(Programs.WRITE_PROGRAMS), about=PROGRAM)
APPROVE = Row(needs(Programs.APPROVE), about=APPROVAL)
PREPARE = Row(needs(Programs.PREPARE_CYCLES), about=CYCLE)
NUMBER = {"number": "number"}
WRITE, WRITE_PAPERS = needs(Registry.WRITE_REGISTRANTS), needs(Registry.WRITE_DOCUMENTS)
CHANGE_MEMBERS = Row(WRITE, about=NUMBER)
MEND_IMPORT = Row(IMPORTS, about=IMPORT)
OF_USERS = Row(USERS, about=USER)
OWN = Row()

DELETES: dict[str, Row] = {
    "api_jobs.cancel": Row(needs(Roof.CANCEL_JOBS), about={"job_id": "job_id"}),
}
POSTS: dict[str, Row] = {
    "api_hazards.receive": Row(needs(Geo.UPLOAD_RELEASES)),
    "api_filters.count": Row(COUNT_PEOPLE),
    "api_changes.create": Row(ASK_CHANGES),
    "api_registrants.create": Row(needs(Registry.WRITE_REGISTRANTS)),
    "account.confirmed": OWN,
    "account.end_sign_in": Row(about={"sign_in_id": "user_id"}),
    "account.end_key": Row(about={"key_id": "user_id"}),
    "account.end_sign_ins": OWN,
    "account.language": OWN,
    "account.make_key": OWN,
    "account.password": OWN,
    "approvals.reject": APPROVE,
    "approvals.send_back": APPROVE,
    "approvals.sign": APPROVE,
    "area_changes.drop": Row(needs(Geo.IMPORT_AREAS), about={"change_id": "change_id"}),
    "area_changes.enforce": Row(needs(Geo.ENFORCE_AREAS), about={"change_id": "change_id"}),
    "area_changes.stage": Row(needs(Geo.IMPORT_AREAS)),
    "areas.receive": Row(needs(Geo.IMPORT_AREAS)),
    "audit.verify": Row(TRAIL),
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
    "cycles.ask": Row(needs(Programs.ASK_APPROVAL), about=CYCLE),
    "cycles.cancel": PREPARE,
    "cycles.end": PREPARE,
    "cycles.enrol": PREPARE,
    "cycles.issue": Row(needs(Programs.ISSUE_VOUCHERS), about=CYCLE),
    "cycles.look_ahead": Row(READ_PROGRAMS),
    "cycles.pay": Row(needs(Programs.MAKE_PAYMENTS), about=CYCLE),
    "cycles.prepare": PREPARE,
    "cycles.print_sheets": Row(needs(Programs.ISSUE_VOUCHERS), about=CYCLE),
    "cycles.reopen": PREPARE,
    "cycles.start": Row(needs(Programs.PREPARE_CYCLES)),
    "duplicates.again": DECIDE,
    "duplicates.apart": Row(needs(Registry.MERGE_REGISTRANTS), about={"number": "number"}),
    "duplicates.look": Row(needs(Registry.DECIDE_DUPLICATES)),
    "duplicates.one": Row(PAIRS | needs(Registry.MERGE_REGISTRANTS), about=PAIR),
    "duplicates.two": DECIDE,
    "fetches.begin": Row(needs(Geo.UPLOAD_RELEASES)),
    "scores.create": Row(needs(Registry.WRITE_SCORES)),
    "scores.change": Row(needs(Registry.WRITE_SCORES, Registry.READ_SCORES), about=SCORE),
    "scores.activate": Row(needs(Registry.ACTIVATE_SCORES, Registry.READ_SCORES), about=SCORE),
    "scores.run": Row(needs(Registry.ACTIVATE_SCORES, Registry.READ_SCORES), about=SCORE),
    "fields.create": Row(FIELDS),
    "fields.change": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "fields.turn": Row(FIELDS, about={"scope": "scope", "code": "field"}),
    "fields.fill": Row(needs(Registry.WRITE_REGISTRANTS), about={"number": "number"}),
    "filters.build": Row(COUNT_PEOPLE),
    "filters.count": Row(COUNT_PEOPLE),
    "filters.keep": Row(needs(Registry.KEEP_FILTERS)),
    "filters.remove": Row(needs(Registry.KEEP_FILTERS), about={"code": "filter"}),
    "filters.share": Row(needs(Registry.SHARE_FILTERS), about={"code": "filter"}),
    "filters.unshare": Row(needs(Registry.SHARE_FILTERS), about={"code": "filter"}),
    "consents.give": Row(needs(Registry.WRITE_CONSENTS), about=NUMBER),
    "consents.withdraw": Row(needs(Registry.WRITE_CONSENTS), about=NUMBER | {"receipt": "receipt"}),
    "visits.add": Row(needs(Registry.WRITE_VISITS), about=NUMBER),
    "composites.again": Row(needs(Geo.DERIVE_RELEASES), about=RELEASE),
    "composites.make": Row(needs(Geo.DERIVE_RELEASES)),
    "groups.change_head": CHANGE_MEMBERS,
    "groups.join": CHANGE_MEMBERS,
    "groups.leave": CHANGE_MEMBERS,
    "groups.transfer": CHANGE_MEMBERS,
    "hazards.choose": Row(needs(Geo.CONFIRM_RELEASES), about=RELEASE),
    "hazards.confirm": Row(needs(Geo.CONFIRM_RELEASES), about=RELEASE),
    "hazards.create_event": Row(needs(Geo.WRITE_EVENTS)),
    "hazards.look_over": Row(needs(Geo.CONFIRM_RELEASES), about=RELEASE),
    "hazards.measure": Row(needs(Geo.LOAD_LAYERS), about=RELEASE),
    "hazards.publish": Row(needs(Geo.PUBLISH_RELEASES), about=RELEASE),
    "hazards.receive": Row(needs(Geo.UPLOAD_RELEASES)),
    "hazards.refuse": Row(needs(Geo.CONFIRM_RELEASES), about=RELEASE),
    "hazards.turn_event": Row(needs(Geo.WRITE_EVENTS), about={"event_id": "event_id"}),
    "hazards.withdraw": Row(needs(Geo.PUBLISH_RELEASES), about=RELEASE),
    "imports.accept": MEND_IMPORT,
    "imports.discard": MEND_IMPORT,
    "imports.map_columns": MEND_IMPORT,
    "imports.merge": Row(needs(Registry.MERGE_IMPORTS), about=IMPORT),
    "imports.review": MEND_IMPORT,
    "imports.undo": Row(needs(Registry.UNDO_IMPORTS), about=IMPORT),
    "imports.upload": Row(IMPORTS),
    "jobs.cancel": Row(needs(Roof.CANCEL_JOBS), about={"job_id": "job_id"}),
    "layers.count": Row(needs(Geo.LOAD_LAYERS), about=CONTEXT),
    "layers.receive": Row(needs(Geo.LOAD_LAYERS)),
    "layers.remove": Row(needs(Geo.LOAD_LAYERS), about=CONTEXT),
    "memberships.leave": Row(needs(Programs.PREPARE_CYCLES), about=MEMBER),
    "memberships.pause": Row(needs(Programs.PREPARE_CYCLES), about=MEMBER),
    "memberships.take_back": Row(needs(Programs.PREPARE_CYCLES), about=MEMBER),
    "organisations.create": Row(needs(Programs.WRITE_ORGANISATIONS)),
    "payments.csv": Row(needs(Programs.EXPORT_PAYMENTS), about={"batch_id": "batch_id"}),
    "payments.workbook": Row(needs(Programs.EXPORT_PAYMENTS), about={"batch_id": "batch_id"}),
    "people.create": Row(needs(Registry.WRITE_REGISTRANTS)),
    "people.more": Row(needs(Registry.WRITE_REGISTRANTS)),
    "places.accept": Row(needs(Registry.ACCEPT_PLACES), about={"number": "number"}),
    "places.correct": Row(needs(Registry.ACCEPT_PLACES), about={"code": "doubt"}),
    "places.foreseen": Row(needs(Registry.ACCEPT_PLACES), about={"code": "doubt"}),
    "places.move": Row(needs(Registry.WRITE_PLACES), about={"number": "number"}),
    "plots.draw": Row(needs(Registry.WRITE_PLOTS), about={"number": "number"}),
    "plots.end": Row(needs(Registry.WRITE_PLOTS), about={"number": "number"}),
    "programs.activate": WRITE_PROGRAM,
    "programs.add_benefit": WRITE_PROGRAM,
    "programs.change_benefit": Row(
        needs(Programs.WRITE_PROGRAMS), about=PROGRAM | {"benefit_id": "program_id"}
    ),
    "programs.create": Row(needs(Programs.WRITE_PROGRAMS)),
    "programs.deposit": Row(needs(Programs.POST_FUNDS), about=PROGRAM),
    "programs.end": WRITE_PROGRAM,
    "programs.rule": Row(needs(Registry.COUNT_REGISTRANTS)),
    "programs.save": WRITE_PROGRAM,
    "openrosa.send": Row(SEND_FORMS),
    "public_requests.send": OWN,
    "public_requests.state": OWN,
    "purposes.state": OWN,
    "redeem.hand_over": Row(needs(Programs.REDEEM_VOUCHERS)),
    "redeem.photo": Row(needs(Programs.REDEEM_VOUCHERS)),
    "records.add_account": CHANGE_MEMBERS,
    "records.add_document": Row(needs(Registry.WRITE_DOCUMENTS), about={"number": "number"}),
    "records.add_identifier": CHANGE_MEMBERS,
    "records.add_person": CHANGE_MEMBERS,
    "records.change": CHANGE_MEMBERS,
    "records.close_account": Row(
        needs(Registry.WRITE_REGISTRANTS), about=NUMBER | {"account_id": "registrant_id"}
    ),
    "records.end_tie": Row(
        needs(Registry.WRITE_REGISTRANTS), about=NUMBER | {"tie_id": "registrant_id"}
    ),
    "records.relate": CHANGE_MEMBERS,
    "records.remove_document": Row(
        needs(Registry.WRITE_DOCUMENTS), about=NUMBER | {"document_id": "document_id"}
    ),
    "records.revoke_identifier": Row(
        needs(Registry.WRITE_REGISTRANTS), about=NUMBER | {"identifier_id": "registrant_id"}
    ),
    "records.set_contacts": CHANGE_MEMBERS,
    "records.set_tags": CHANGE_MEMBERS,
    "registry.leave_registry": CHANGE_MEMBERS,
    "registry.readmit": CHANGE_MEMBERS,
    "registry.erase": Row(needs(Registry.ERASE_REGISTRANTS), about={"number": "number"}),
    "registry.take_along": Row(
        needs(Registry.EXPORT_REGISTRANTS, Geo.EXACT_LOCATIONS), about={"number": "number"}
    ),
    "rosters.keep": Row(needs(Registry.FREEZE_ROSTERS)),
    "second_factor.begin": OWN,
    "second_factor.drop": OWN,
    "second_factor.renew_codes": OWN,
    "second_factor.settle": OWN,
    "selections.answer": Row(needs(Registry.COUNT_REGISTRANTS)),
    "selections.draft": Row(needs(Geo.SELECT)),
    "selections.shapes": Row(needs(Geo.SELECT)),
    "service_points.take": Row(needs(Programs.WRITE_SERVICE_POINTS)),
    "sign_in.enter": OWN,
    "sign_in.give_code": OWN,
    "sign_in.leave": OWN,
    "sign_in.settle": Row(about={"token": "token"}),
    "situation_maps.make": Row(needs(Registry.MAKE_SITUATION_MAPS)),
    "submissions.again": Row(SEND_FORMS, about={"submission_id": "registrant_id"}),
    "users.employ": OF_USERS,
    "users.end_role": Row(USERS, about=USER | {"grant_id": "user_id"}),
    "users.end_sign_in": Row(USERS, about=USER | {"sign_in_id": "user_id"}),
    "users.end_sign_ins": OF_USERS,
    "users.give_role": OF_USERS,
    "users.invite": Row(USERS),
    "users.keep_out": OF_USERS,
    "users.let_back": OF_USERS,
    "users.link": OF_USERS,
    "users.reset_second_factor": OF_USERS,
    "users.unlock": OF_USERS,
}
