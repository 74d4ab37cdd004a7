"""What the fields of the record and the figures of an act are called."""

from app.telling.after_paying import names_after_paying
from app.telling.names_of_country import of_country
from app.telling.names_of_payments import of_payment_figures, of_payments
from app.telling.names_of_people import beside_people, of_fields, of_people
from core.words import _
from registry.parsing.abilities import questions

Words = dict[str, str]


def field_said(table: str, field: str) -> str:
    """What a field is called; where several tables have one of its name, as this table means it."""
    return _of_one_table().get(f"{table}.{field}") or field_names().get(field) or plain(field)


def figure_name(name: str) -> str:
    """What a figure of an act is called."""
    return figure_names().get(name) or field_names().get(name) or plain(name)


def plain(name: str) -> str:
    """A name nobody gave words to."""
    return name.replace("_", " ")


def field_names() -> Words:
    """The fields of all tables whose changes are kept."""
    return {
        **_shared(),
        **of_people(),
        **beside_people(),
        **questions(),
        **_of_programs(),
        **_of_places(),
        **of_fields(),
        **of_country(),
        **of_payments(),
    }


def figure_names() -> Words:
    """The figures of acts that are no fields."""
    return {
        **names_after_paying(),
        **of_payment_figures(),
        **_counts(),
        **_of_files(),
        **_of_users(),
        **_of_retiring(),
    }


def _of_one_table() -> Words:
    return {
        "individuals.sex": _("Sex"),
        "targeting_blocks.members": _("How many of them"),
        "targetings.value": _("The line on the map"),
        "scenarios.value": _("The line on the map"),
        "relationships.kind": _("What they are to each other"),
        "relationships.started_on": _("Since"),
        "relationships.ended_on": _("Until"),
        "contacts.kind": _("Kind of contact"),
        "contacts.key": _("Number or address"),
        "accounts.kind": _("Kind of account"),
        "accounts.key": _("Number of the account"),
        "accounts.state": _("State of the account"),
        "visits.kind": _("Kind of visit"),
        "visits.note": _("What was found"),
        "visit_answers.number": _("Answer"),
        "consents.purpose": _("What they agree to"),
        "consents.state": _("What they said"),
        "retention_rules.state": _("State of the rule"),
        "documents.kind": _("Kind of document"),
        "documents.name": _("Name of the document"),
        "documents.bytes": _("Bytes"),
        "memberships.kind": _("In the household"),
        "memberships.started_on": _("Member since"),
        "memberships.ended_on": _("Member until"),
        "identifiers.type": _("Kind of identifier"),
        "identifiers.key": _("Identifier"),
        "identifiers.value": _("Identifier"),
        "program_memberships.state": _("Part in a program"),
        "program_memberships.reason": _("Why"),
        "entitlements.state": _("What is due to them"),
        "entitlements.amount": _("Amount due"),
        "payments.state": _("Payment"),
        "payments.amount": _("Amount paid"),
        "vouchers.state": _("Voucher"),
        "vouchers.expires_on": _("Voucher good until"),
        "groups.kind": _("Kind of group"),
        "country.name": _("Name of the country"),
        "country.code": _("Code of the country"),
        "country.language": _("First language"),
        "country.currency": _("The country's own currency"),
        "fields.type": _("Holds"),
        "holdings.until": _("Held until"),
        "locations.source": _("How the place is known"),
    }


def _shared() -> Words:
    return {
        "kind": _("Kind"),
        "code": _("Code"),
        "name": _("Name"),
        "state": _("State"),
        "number": _("Number"),
        "reason": _("Why"),
        "amount": _("Amount"),
        "total": _("Total"),
        "households": _("Households"),
        "put_back": _("Records put back"),
        "hash": _("Digest of the list"),
        "starts_on": _("From"),
        "ends_on": _("Until"),
        "started_on": _("From"),
        "ended_on": _("Until"),
        "began_at": _("Began"),
        "ended_at": _("Ended"),
        "role": _("Role"),
        "reference": _("Reference"),
        "rule": _("Rule"),
    }


def _of_programs() -> Words:
    return {
        "program_id": _("Program"),
        "cycle_id": _("Cycle"),
        "benefit_id": _("What is given"),
        "batch_id": _("Payment file"),
        "entitlement_id": _("Amount due"),
        "fund_id": _("Fund"),
        "roster_id": _("List"),
        "selection_id": _("Question"),
        "organisation_id": _("Organisation"),
        "redeemed": _("Handed over"),
        "purpose": _("Purpose"),
        "purposes": _("Purposes"),
        "amounts": _("Amounts"),
        "target": _("Whom it is for"),
        "announced": _("First money announced"),
        "announced_in": _("Its currency"),
        "announced_from": _("Where it comes from"),
        "currency": _("Currency"),
        "archived": _("Archived"),
        "eligibility": _("Who is eligible"),
        "side": _("Taken or left out"),
        "household": _("What its household meets"),
        "member": _("What its members meet"),
        "members": _("Members"),
        "score": _("In line by"),
        "lowest_first": _("The lowest first"),
        "pcode": _("P-code"),
        "blocks": _("Blocks of the rule"),
        "scenario_id": _("Scenario"),
        "signers_needed": _("Signatures needed"),
        "signers": _("Signatures needed"),
        "covers": _("Covers"),
        "amount_before": _("Amount before"),
        "rate": _("Exchange rate"),
        "from_currency": _("One of"),
        "to_currency": _("is so many of"),
        "from_amount": _("From a cost of"),
        "delivery": _("How it reaches them"),
        "items": _("Amounts"),
        "base": _("For each household"),
        "per_member": _("For each member"),
        "condition": _("Only where"),
        "times": _("Times"),
        "counting": _("Which amounts count"),
        "round_to": _("In whole numbers of"),
        "rounding": _("Rounding"),
        "fee": _("Fee"),
        "fees": _("Fees"),
        "fee_percent": _("Fee in percent"),
        "valid_days": _("Good for so many days"),
        "valid_until": _("Good until"),
        "minimum": _("At least"),
        "cap": _("At most"),
        "with_probable": _("With those probably in"),
        "comment": _("Remark"),
        "filter": _("Condition"),
        "cause": _("Reason of the list"),
        "rechecks": _("Asks the rule again"),
        "follows_id": _("Follows the cycle"),
        "tops_up_id": _("Tops up the cycle"),
        "due_on": _("Due on"),
        "overlap_reason": _("Why both may serve them"),
        "rejected_for": _("Why it came back"),
        "reissues_id": _("Issued again"),
    }


def _of_places() -> Words:
    return {
        "lon": _("Longitude"),
        "lat": _("Latitude"),
        "accuracy_m": _("Accuracy in metres"),
        "source": _("Source"),
        "event_id": _("Event"),
        "layer_id": _("Layer"),
        "measure": _("What it measures"),
        "counted": _("What is counted"),
        "unit": _("Unit"),
        "direction": _("Counts as in"),
        "floor": _("Lowest value that counts"),
        "observed_at": _("Observed at"),
        "licence": _("Licence"),
        "glide": _("GLIDE number"),
        "severity": _("Severity"),
        "list": _("List"),
        "labels": _("Words by language"),
        "synonyms": _("Other words for it"),
        "position": _("Place in the list"),
        "active": _("In use"),
        "email": _("E-mail"),
        "language": _("Language"),
        "user_id": _("Person"),
        "area_id": _("Area"),
        "given_by": _("Given by"),
    }


def _counts() -> Words:
    return {
        "asked": _("Households asked about"),
        "check": _("What they were looked over for"),
        "cycle": _("Cycle"),
        "condition": _("What the condition is for"),
        "because": _("Whose part of a list it is"),
        "recurrence": _("When cycles begin"),
        "changed_fields": _("Fields changed"),
        "contacts": _("Ways to reach them"),
        "answers": _("Answers"),
        "receipt": _("Receipt"),
        "identifiers": _("Identifiers"),
        "tags": _("Tags"),
        "households_in": _("Households in"),
        "shared": _("Shared with whom"),
        "shared_with": _("Shared with"),
        "vouchers": _("Vouchers"),
        "cards": _("Cards"),
        "orders": _("Payment orders"),
        "entitlements": _("Amounts"),
        "areas": _("Areas"),
        "places": _("Places to be asked about"),
        "corrected": _("Places corrected"),
        "correction": _("What was done"),
        "listed": _("Work list"),
        "people": _("People"),
        "registrants": _("Households and people"),
        "hazards": _("Hazards"),
        "plot": _("Plot"),
        "plots": _("Plots"),
        "km2": _("Square kilometres"),
        "links": _("Areas that follow one another"),
        "moves": _("Places that come into another area"),
        "to_look_at": _("Places to look at"),
        "parts": _("Outlines"),
        "cells": _("Cells"),
        "hit_km2": _("Hit, km²"),
        "unseen_km2": _("Not observed, km²"),
        "operation": _("How they were put together"),
        "releases": _("Hazard maps"),
        "fields": _("Columns named"),
        "rows": _("Rows"),
        "row": _("Row"),
        "create": _("New"),
        "update": _("Changed"),
        "link": _("Joined"),
        "ignore": _("As they were"),
        "error": _("Refused rows"),
        "errors": _("Errors"),
        "flagged": _("Need a look"),
        "good": _("Without a remark"),
        "finding": _("What was found"),
        "accepted": _("Accepted"),
        "added": _("Added"),
        "changed": _("Changed"),
        "faults": _("Faults"),
        "tables": _("Tables"),
        "fields_emptied": _("Fields emptied"),
        "members": _("Members"),
        "relation": _("In the household"),
        "memberships_ended": _("Memberships ended"),
        "change": _("Kind of change"),
        "form": _("Form"),
        "files": _("Files"),
        "lines": _("Lines of the change"),
        "drafts": _("Prepared amounts dropped"),
        "freed": _("Set free"),
        "records": _("Records compared"),
        "found": _("Pairs found"),
        "fresh": _("Pairs not known before"),
    }


def _of_files() -> Words:
    return {
        "file": _("File"),
        "time": _("Time in the file"),
        "format": _("Format"),
        "sha256": _("Digest of the file"),
        "bytes": _("Bytes"),
        "event": _("Event"),
        "layer": _("Layer"),
        "band": _("Band"),
        "crs": _("Coordinate system"),
        "version": _("Version"),
        "observed": _("What was observed"),
        "water_floods": _("Floods over permanent water count"),
        "in_force": _("Release in force"),
        "findings": _("What is odd"),
        "days": _("How days are written"),
        "audience": _("For whom"),
        "selection": _("Question"),
        "program": _("Program"),
        "ern": _("Number of the amount"),
        "was": _("Was"),
        "until": _("Until"),
        "column": _("Column"),
        "dropped": _("Taken away"),
        "verdict": _("What merging does"),
    }


def _of_users() -> Words:
    return {
        "roles": _("Roles"),
        "ended": _("Sign-ins ended"),
        "unlocked": _("Unlocked"),
        "locks": _("Times locked"),
        "browser": _("Browser"),
        "begins_with": _("Begins with"),
        "organisation": _("Organisation"),
    }


def _of_retiring() -> Words:
    return {
        "entries": _("Entries"),
        "looks": _("Months of looks"),
        "changes": _("Months of changes"),
        "through": _("Up to position"),
        "chain": _("Digest of the chain"),
        "entries_since": _("Entries are kept since"),
        "changes_since": _("Changes are kept since"),
    }
