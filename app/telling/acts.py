"""What acts are called, and what they are about: words for the codes of the trail."""

from app.telling.after_paying import acts_after_paying, pages_after_paying, subjects_after_paying
from core.words import _

Words = dict[str, str]


def acts() -> dict[str, Words]:
    """Every act with its words, by the room it belongs to; they follow the name of who acted."""
    return {
        _("Areas and hazards"): _of_geo(),
        _("Households and people"): _of_registry(),
        _("Programs and money"): _of_programs() | _of_money() | acts_after_paying(),
        _("People who sign in"): _of_users(),
        _("The platform"): _of_roof(),
    }


def act_said(action: str) -> str:
    """What an act is called; one of earlier days that is no more has its code."""
    return {code: words for room in acts().values() for code, words in room.items()}.get(
        action, action
    )


def _of_geo() -> Words:
    return {
        "areas.import": _("Brought in boundaries"),
        "areas.stage": _("Prepared new boundaries"),
        "areas.enforce": _("Put new boundaries in force"),
        "areas.drop": _("Gave new boundaries up"),
        "events.create": _("Wrote an event down"),
        "events.turn": _("Changed the state of an event"),
        "releases.receive": _("Uploaded a hazard file"),
        "releases.choose": _("Chose what is meant in a hazard file"),
        "releases.derive": _("Put hazard maps together"),
        "releases.read": _("Read a hazard file"),
        "releases.ask": _("Asked what is meant in a hazard file"),
        "releases.look_over": _("Had a hazard file looked over"),
        "releases.accept": _("Took on them what is odd about a hazard file"),
        "releases.confirm": _("Confirmed what a hazard file means"),
        "releases.publish": _("Published a hazard map"),
        "releases.outline": _("Outlined the classes of a hazard map"),
        "releases.withdraw": _("Withdrew a hazard map"),
        "releases.refuse": _("Set a hazard file aside"),
        "selections.keep": _("Kept a question"),
        "context.receive": _("Uploaded a context layer"),
        "context.count": _("Said what is counted of a context layer"),
        "context.load": _("Loaded a context layer"),
        "context.refuse": _("Set a context layer aside"),
        "context.remove": _("Removed a context layer"),
    }


def _of_registry() -> Words:
    return {
        "imports.upload": _("Uploaded a file of people"),
        "imports.map": _("Said what the columns of a file mean"),
        "imports.check": _("Checked the rows of a file"),
        "imports.accept": _("Accepted rows that need a look"),
        "imports.make_column": _("Made a column of others in a file"),
        "imports.keep_mapping": _("Kept how files are read"),
        "imports.forget_mapping": _("Forgot how files are read"),
        "imports.correct": _("Corrected rows of a file"),
        "imports.decide": _("Said whom a row of a file tells of"),
        "imports.compare": _("Had the people of a file held against the registry"),
        "imports.review": _("Reviewed an import"),
        "imports.merge": _("Merged an import into the registry"),
        "imports.discard": _("Gave an import up"),
        "imports.leave_out": _("Left a row of a file out, or took it after all"),
        "imports.undo": _("Undid the merge of an import"),
        "registrants.register": _("Registered a household"),
        "registrants.add": _("Registered a person in a household"),
        "registrants.edit": _("Changed a record"),
        "contacts.set": _("Said how somebody is reached"),
        "identifiers.add": _("Wrote an identifier down"),
        "identifiers.revoke": _("Revoked an identifier"),
        "identifiers.expire": _("Let identifiers expire whose time was over"),
        "identifier_types.set": _("Said what identifiers of a kind look like"),
        "accounts.add": _("Wrote an account down"),
        "accounts.close": _("Closed an account"),
        "tags.set": _("Tagged somebody"),
        "relationships.relate": _("Wrote a tie between two down"),
        "relationships.end": _("Ended a tie between two"),
        "documents.add": _("Added a document of somebody"),
        "documents.remove": _("Removed a document of somebody"),
        "retention.write": _("Wrote a rule of keeping down"),
        "retention.start": _("Started a rule of keeping"),
        "retention.end": _("Ended a rule of keeping"),
        "retention.keep": _("Took away what a rule's time was over for"),
        "visits.add": _("Wrote a visit down"),
        "consents.give": _("Wrote down what somebody agrees to"),
        "consents.withdraw": _("Took somebody's consent back for them"),
        "memberships.join": _("Let somebody join a household"),
        "memberships.leave": _("Ended somebody's belonging to a household"),
        "memberships.change_head": _("Made somebody head of a household"),
        "memberships.transfer": _("Moved somebody to another household"),
        "registrants.exit": _("Let somebody leave the registry"),
        "registrants.readmit": _("Took somebody back into the registry"),
        "plots.draw": _("Wrote down land somebody holds"),
        "plots.import": _("Took in a file of land people hold"),
        "plots.end": _("Wrote down that somebody holds land no more"),
        "places.move": _("Moved a household to another place"),
        "places.correct": _("Corrected places together"),
        "places.accept": _("Said that doubted places are right"),
        "places.undo": _("Took a correction of places back"),
        "registrants.export": _("Took along all that is held on somebody"),
        "registrants.erase": _("Erased all that is held on somebody"),
        "memberships.relate": _("Said anew what somebody is in a household"),
        "changes.draft": _("Wrote a change down"),
        "changes.receive": _("Asked for a change from outside"),
        "changes.rewrite": _("Wrote a change down anew"),
        "changes.ask": _("Asked for a change"),
        "changes.attach": _("Added a document to a change"),
        "changes.detach": _("Took a document away from a change"),
        "changes.route": _("Said which way changes go"),
        "changes.validate": _("Validated a change"),
        "changes.return": _("Sent a change back"),
        "changes.reject": _("Turned a change down"),
        "changes.cancel": _("Gave a change up"),
        "changes.apply": _("Applied a change"),
        "registrants.merge": _("Merged another record into one"),
        "registrants.unmerge": _("Took two merged records apart"),
        "duplicates.look_for": _("Looked for duplicates"),
        "duplicates.decide": _("Decided whether two records are of one"),
        "submissions.receive": _("Sent a form from a device"),
        "device_forms.bring": _("Brought in a form made elsewhere"),
        "device_forms.map": _("Said how a form made elsewhere is read"),
        "device_forms.remove": _("Took a form made elsewhere away"),
        "submissions.take_again": _("Tried again to take a form in"),
        "rosters.draft": _("Began a list"),
        "rosters.freeze": _("Froze a list"),
        "rosters.export": _("Took a list along"),
        "situation_maps.make": _("Made a situation map"),
        "registrants.fill_in": _("Filled in fields of somebody"),
        "scores.write": _("Wrote a score down"),
        "scores.change": _("Changed a score that is not in force"),
        "scores.activate": _("Put a score in force"),
        "scores.run": _("Reckoned a score of everybody"),
        "scores.follow": _("Reckoned a score of those of whom something changed"),
        "vocabularies.add": _("Added a word to a list"),
        "vocabularies.change": _("Called a word otherwise"),
        "vocabularies.turn": _("Retired a word, or took it into use again"),
        "terms.withhold": _("Said which terms of filters a role is offered"),
        "fields.add": _("Added a field"),
        "fields.change": _("Changed a field"),
        "fields.turn": _("Retired a field, or took it into use again"),
        "fields.arrange": _("Put fields in order"),
        "filters.keep": _("Kept a filter"),
        "filters.change": _("Changed a filter"),
        "filters.share": _("Let others use a filter"),
        "filters.unshare": _("Kept a filter to themselves again"),
        "filters.remove": _("Took a filter away"),
    }


def _of_programs() -> Words:
    return {
        "organisations.create": _("Wrote an organisation down"),
        "programs.create": _("Made a program"),
        "programs.change": _("Changed a program"),
        "programs.activate": _("Opened a program"),
        "programs.end": _("Ended a program"),
        "benefits.add": _("Added what a program gives"),
        "benefits.change": _("Changed what a program gives"),
        "service_points.import": _("Brought in service points"),
        "memberships.paused": _("Paused somebody in a program"),
        "memberships.exited": _("Ended somebody's part in a program"),
        "memberships.take_back": _("Took somebody back into a program"),
        "cycles.start": _("Started a cycle"),
        "cycles.enrol": _("Enrolled households"),
        "cycles.cancel": _("Cancelled a cycle"),
        "cycles.reopen": _("Reopened a cycle"),
        "cycles.end": _("Ended a cycle"),
    }


def _of_money() -> Words:
    return {
        "entitlements.prepare": _("Prepared amounts"),
        "entitlements.adjust": _("Changed one amount by hand"),
        "approvals.ask": _("Asked for signatures"),
        "approvals.sign": _("Signed"),
        "approvals.reject": _("Refused to sign"),
        "approvals.return": _("Returned a cycle to be prepared again"),
        "funds.deposit": _("Posted money to a fund"),
        "exchange_rates.write": _("Wrote an exchange rate"),
        "payments.make": _("Made payment orders"),
        "payments.export": _("Took payment orders along"),
        "payments.plan": _("Planned payments by a provider"),
        "payments.send": _("Took payment orders up to send them"),
        "payments.answer": _("Took in what a provider answered"),
        "payments.retry": _("Let failed payment orders be sent anew"),
        "payments.handed": _("Said whether a provider has its file"),
        "fsps.write": _("Wrote a provider of payments down"),
        "vouchers.issue": _("Issued vouchers"),
        "vouchers.print": _("Printed vouchers"),
        "vouchers.void": _("Voided a voucher"),
        "vouchers.redeem": _("Handed over against a voucher"),
    }


def _of_users() -> Words:
    return {
        "users.invite": _("Invited somebody"),
        "users.invite_first": _("Made the first administrator's link"),
        "users.make_for_demo": _("Made somebody for the demonstration"),
        "users.renew_link": _("Made a new one-time link"),
        "users.settle": _("Chose a password by one-time link"),
        "users.give_role": _("Gave a role"),
        "users.end_role": _("Took a role back"),
        "users.employ": _("Said whom somebody works for"),
        "users.keep_out": _("Kept somebody out"),
        "users.let_back": _("Let somebody back in"),
        "users.lock": _("Locked sign-in after wrong tries"),
        "users.unlock": _("Unlocked sign-in"),
        "users.sign_in": _("Signed in"),
        "users.confirm": _("Confirmed to be themselves"),
        "users.end_sign_in": _("Ended a sign-in"),
        "users.end_sign_ins": _("Ended all other sign-ins"),
        "users.change_password": _("Changed their password"),
        "users.settle_second_factor": _("Set up a second factor"),
        "users.renew_codes": _("Made new recovery codes"),
        "users.drop_second_factor": _("Gave up their second factor"),
        "users.reset_second_factor": _("Reset somebody's second factor"),
        "keys.make": _("Made a key for a program of their own"),
        "keys.end": _("Ended a key of their own"),
    }


def _of_roof() -> Words:
    return {
        "settings.profile": _("Said what the country is"),
        "settings.languages": _("Said which languages are offered"),
        "settings.currencies": _("Said which currencies are offered"),
        "settings.levels": _("Said what levels of areas are called"),
        "settings.figures": _("Said what figures tell"),
        "settings.places": _("Said which places are doubted"),
        "settings.records": _("Said what records and their papers may be"),
        "settings.look": _("Said what the platform looks like"),
        "audit.export": _("Took the audit trail along"),
        "audit.retire": _("Took away what is past its time"),
    }


def subjects() -> Words:
    """What acts are about, by table, in the singular."""
    return {
        "country": _("The country"),
        "areas": _("Area"),
        "events": _("Event"),
        "releases": _("Hazard map"),
        "context_layers": _("Context layer"),
        "selections": _("Question"),
        "imports": _("Import"),
        "registrants": _("Household or person"),
        "change_requests": _("Change of a record"),
        "change_routes": _("Way of changes"),
        "duplicate_runs": _("Search for duplicates"),
        "duplicate_pairs": _("Two records that may be of one"),
        "retention_rules": _("Rule of keeping"),
        "identifiers": _("Identifier"),
        "identifier_types": _("Kind of identifier"),
        "submissions": _("Form from a device"),
        "rosters": _("List"),
        "filters": _("Filter"),
        "fields": _("Field"),
        "vocabularies": _("Word"),
        "terms_withheld": _("Terms of filters"),
        "score_models": _("Score"),
        "situation_maps": _("Situation map"),
        "organisations": _("Organisation"),
        "programs": _("Program"),
        "service_points": _("Service point"),
        "program_memberships": _("Part in a program"),
        "cycles": _("Cycle"),
        "funds": _("Fund"),
        "fsps": _("Provider of payments"),
        "payment_plans": _("Payment plan"),
        "payment_batches": _("Batch of payment orders"),
        "payments": _("Payment order"),
        "exchange_rates": _("Exchange rate"),
        "vouchers": _("Voucher"),
        "users": _("User"),
        "lockouts": _("Address of sign-in"),
        "api_keys": _("Key of a program"),
        "audit_entries": _("Audit entry"),
        **subjects_after_paying(),
    }


def subject_said(table: str) -> str:
    """What a table's rows are called."""
    return subjects().get(table, table.replace("_", " "))


def pages() -> Words:
    """The pages and files that show people, by their endpoint."""
    return {
        "api_changes.show": _("Change of a record, for a program of theirs"),
        "api_duplicates.index": _("Records that may be of one, for a program of theirs"),
        "api_duplicates.show": _("Two records, for a program of theirs"),
        "api_duplicates.rule": _("Two records, for a program of theirs"),
        "api_registrants.show": _("Record for a program of theirs"),
        "audit.show": _("Audit entry"),
        "changes.index": _("Changes of records"),
        "changes.choose": _("Kinds of change"),
        "changes.new": _("Form of a change"),
        "changes.create": _("Form of a change"),
        "changes.edit": _("Form of a change"),
        "changes.write": _("Form of a change"),
        "changes.show": _("Change of a record"),
        "changes.document": _("Document of a change"),
        "cycles.households": _("Households of a cycle"),
        "cycles.file": _("File of a cycle"),
        "fields.of_registrant": _("Fields of theirs"),
        "duplicates.index": _("Records that may be of one"),
        "duplicates.show": _("Two records side by side"),
        "groups.members": _("Members of their household"),
        "records.change": _("Their record, to change it"),
        "records.edit": _("Their record, to change it"),
        "records.newcomer": _("Their household, to add a person"),
        "records.add_person": _("Their household, to add a person"),
        "consents.receipt": _("The receipt of their consent"),
        "records.document": _("A document of theirs"),
        "api_imports.show": _("Import, for a program of theirs"),
        "imports.show": _("Import"),
        "imports.depending_on": _("What depends on an import"),
        "import_mapping.map_columns": _("Columns of an import"),
        "import_mapping.reading": _("First rows of an import"),
        "imports.failed": _("Rows refused of an import"),
        "import_rows.show": _("One row of an import"),
        "ogc.item": _("One household, for a map made elsewhere"),
        "ogc.items": _("Households, for a map made elsewhere"),
        "ogc_tiles.tile": _("Households on a map made elsewhere"),
        "places.listing": _("Work list of places"),
        "places.show": _("Their places"),
        "plots.index": _("Their land"),
        "benefits.try_out": _("What a program would give them"),
        "redeem.read": _("Handing over"),
        "registry.index": _("Registry"),
        "registry.show": _("Their own page"),
        "registry.take_along": _("All that is held on them"),
        "registry show": _("Their record, on the command line"),
        "submissions.index": _("Forms from devices"),
        "consents.receipt_pdf": _("A receipt of a consent, on paper"),
        "retention.show": _("What a rule of keeping would take away"),
        "rosters.show": _("List"),
        "rosters.download": _("File of a list"),
        "search.show": _("Search"),
        **pages_after_paying(),
    }


def page_said(endpoint: str) -> str:
    """What a page that shows people is called."""
    return pages().get(endpoint, endpoint)
