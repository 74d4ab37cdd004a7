"""What each permission means, in words, for the page of who may do what."""

from app.auth.permissions import May as Roof
from core.words import _
from geo.permissions import May as Geo
from programs.permissions import May as Programs
from registry.permissions import May as Registry

Meanings = dict[str, str]


def meanings() -> dict[str, Meanings]:
    """Every permission with its words, by the room it belongs to."""
    return {
        _("Areas and hazards"): _of_geo(),
        _("Households and people"): _of_registry(),
        _("Programs and money"): _of_programs(),
        _("The platform"): _of_roof(),
    }


def _of_geo() -> Meanings:
    return {
        Geo.READ_AREAS: _("see areas and their borders"),
        Geo.IMPORT_AREAS: _("bring in new boundaries"),
        Geo.ENFORCE_AREAS: _("put boundaries in force that somebody else prepared"),
        Geo.READ_EVENTS: _("see events"),
        Geo.WRITE_EVENTS: _("write events down and change them"),
        Geo.READ_RELEASES: _("see hazard maps"),
        Geo.LOAD_LAYERS: _("load layers of what is there: people, sites, roads"),
        Geo.UPLOAD_RELEASES: _("upload hazard files"),
        Geo.CONFIRM_RELEASES: _("say what a hazard file means"),
        Geo.PUBLISH_RELEASES: _("publish and withdraw hazard maps"),
        Geo.DERIVE_RELEASES: _("put hazard maps together into new ones"),
        Geo.SELECT: _("ask who stands where a hazard is"),
        Geo.KEEP_SELECTIONS: _("keep a question under a name"),
        Geo.EXACT_LOCATIONS: _("see the exact place of a household"),
    }


def _of_registry() -> Meanings:
    return {
        Registry.COUNT_REGISTRANTS: _("see how many households and people there are"),
        Registry.READ_REGISTRANTS: _("read names and records"),
        Registry.READ_HISTORY: _("see who changed a record, and who looked at it"),
        Registry.ERASE_REGISTRANTS: _("erase a person who asks to be forgotten"),
        Registry.WRITE_REGISTRANTS: _("register households and people, and change their records"),
        Registry.READ_ACCOUNTS: _("see bank and wallet accounts in full"),
        Registry.READ_DOCUMENTS: _("open documents and pictures of people"),
        Registry.WRITE_DOCUMENTS: _("add and remove documents and pictures of people"),
        Registry.WRITE_VISITS: _("write down visits and what was found"),
        Registry.WRITE_CONSENTS: _("write down what people agree to, and take it back"),
        Registry.WRITE_RETENTION: _("say how long records are kept, and start such a rule"),
        Registry.WRITE_PLACES: _("move households to where they stand, one or many at a time"),
        Registry.ACCEPT_PLACES: _("say that a doubted place is right"),
        Registry.WRITE_PLOTS: _("write down which land somebody holds"),
        Registry.ASK_CHANGES: _("write changes of records down and ask for them"),
        Registry.VALIDATE_LOCALLY: _("validate changes where one works"),
        Registry.VALIDATE_NATIONALLY: _("validate changes for the country"),
        Registry.APPLY_CHANGES: _("apply changes that were validated"),
        Registry.ROUTE_CHANGES: _("say which changes need whose validation"),
        Registry.READ_SCORES: _("see how scores are made"),
        Registry.WRITE_SCORES: _("write scores of households down"),
        Registry.ACTIVATE_SCORES: _("put a score somebody else wrote in force, and reckon it"),
        Registry.WITHHOLD_TERMS: _("say which terms of filters each role is offered"),
        Registry.WRITE_FIELDS: _("add fields that are asked of households and people"),
        Registry.SEND_SUBMISSIONS: _("fetch forms on a device, and send them filled in"),
        Registry.KEEP_FILTERS: _("keep filters for oneself"),
        Registry.SHARE_FILTERS: _("share filters with others"),
        Registry.EXPORT_REGISTRANTS: _("take along everything held on one person"),
        Registry.IMPORT_REGISTRANTS: _("upload and check files of households and people"),
        Registry.MERGE_IMPORTS: _("take checked files into the registry"),
        Registry.UNDO_IMPORTS: _("undo what a file changed in the registry"),
        Registry.READ_DUPLICATES: _("see which records may be of the same person"),
        Registry.DECIDE_DUPLICATES: _("look for duplicates, and decide about them"),
        Registry.MERGE_REGISTRANTS: _("merge two records into one"),
        Registry.READ_ROSTERS: _("see kept lists"),
        Registry.FREEZE_ROSTERS: _("keep a list that never changes again"),
        Registry.MAKE_SITUATION_MAPS: _("make situation maps"),
        Registry.WRITE_VOCABULARIES: _("change the word lists"),
    }


def _of_programs() -> Meanings:
    return {
        Programs.READ_PROGRAMS: _("see programs, cycles and sums"),
        Programs.WRITE_PROGRAMS: _("make and change programs and who is in them"),
        Programs.PREPARE_CYCLES: _("start cycles and prepare amounts"),
        Programs.ASK_APPROVAL: _("ask for signatures"),
        Programs.APPROVE: _("sign, return or reject a cycle"),
        Programs.POST_FUNDS: _("post money to a program"),
        Programs.MAKE_PAYMENTS: _("make payment lists"),
        Programs.EXPORT_PAYMENTS: _("take payment lists along as files"),
        Programs.RECONCILE: _("take in what providers answer, and let it count"),
        Programs.WRITE_FSPS: _("write down who carries payments, and how"),
        Programs.DRAW_SAMPLES: _(
            "draw who is asked whether they received it, and settle what differs"
        ),
        Programs.RECORD_ANSWERS: _("write down what people say they received"),
        Programs.SEND_MESSAGES: _("write to people of a cycle"),
        Programs.ISSUE_VOUCHERS: _("issue, print and void voucher cards"),
        Programs.REDEEM_VOUCHERS: _("hand over for a voucher card"),
        Programs.READ_SERVICE_POINTS: _("see where help is handed over"),
        Programs.WRITE_SERVICE_POINTS: _("change where help is handed over"),
        Programs.WRITE_ORGANISATIONS: _("add organisations"),
    }


def _of_roof() -> Meanings:
    return {
        Roof.WRITE_USERS: _("make users, give and end roles"),
        Roof.WRITE_SETTINGS: _("decide what holds for the country: the page of settings"),
        Roof.READ_AUDIT: _("read the audit trail"),
        Roof.READ_JOBS: _("see one's own running work"),
        Roof.CANCEL_JOBS: _("see and stop the work of everybody"),
    }
