"""What the fields of households and people are called, and of what is written down beside."""

from core.words import _

Words = dict[str, str]


def of_people() -> Words:
    return {
        "name_local": _("Name in the local script"),
        "merged_into_id": _("Merged into"),
        "location_id": _("Place"),
        "settlement": _("Settlement"),
        "address": _("Address"),
        "phone": _("Phone"),
        "stated_size": _("Stated size"),
        "is_partial": _("List of members incomplete"),
        "sex": _("Sex"),
        "birth_date": _("Birth date"),
        "birth_date_exact": _("Whether the birth date is exact"),
        "has_disability": _("Disability"),
        "group_id": _("Household"),
        "member_id": _("Member"),
        "registrant_id": _("Household or person"),
        "type": _("Kind of identifier"),
        "value": _("Identifier"),
        "key": _("Identifier"),
        "issued_on": _("Issued on"),
        "expires_on": _("Good until"),
    }


def of_fields() -> Words:
    return {
        "scope": _("Of whom"),
        "section_id": _("Section"),
        "word_list": _("Word list"),
        "labels": _("Names by language"),
        "hints": _("How to answer"),
        "required": _("Has to be filled in"),
        "least": _("At least"),
        "most": _("At most"),
        "pattern": _("Pattern"),
        "needs": _("Who may ask for it"),
        "computed": _("How it is reckoned"),
        "names": _("Terms withheld"),
        "withheld": _("Terms withheld"),
        "version": _("Version"),
        "base": _("Base"),
        "made_by": _("Written by"),
        "activated_by": _("Put in force by"),
        "model_id": _("Score"),
        "term_id": _("Part of a score"),
        "place": _("Place"),
        "label": _("Name"),
        "expression": _("How it is reckoned"),
        "weight": _("Weight"),
        "word": _("Word"),
        "at_least": _("At least"),
        "below": _("Below"),
        "points": _("Points"),
        "scored": _("Households with a score"),
        "fields": _("Fields"),
    }


def beside_people() -> Words:
    """What is written down beside people: names in parts, ties, contacts, accounts, documents."""
    return {
        "family_name": _("Family name"),
        "given_name": _("Given name"),
        "other_names": _("Other names"),
        "civil_status": _("Civil status"),
        "education": _("Education"),
        "occupation": _("Occupation"),
        "registered_on": _("Registered on"),
        "exited_on": _("Left the registry on"),
        "exit_reason": _("Why they left the registry"),
        "is_principal": _("Receives for the household"),
        "is_alternate": _("Stands in for who receives"),
        "is_caretaker": _("Takes care of them"),
        "plot_id": _("Plot"),
        "tenure": _("How land is held"),
        "use": _("What land is used for"),
        "crop": _("Crop"),
        "from_day": _("Held since"),
        "note": _("Remark"),
        "from_id": _("Who"),
        "to_id": _("To whom"),
        "region": _("Country"),
        "is_main": _("The main one"),
        "messages": _("Wants messages there"),
        "provider": _("Bank or company"),
        "holder": _("In the name of"),
        "tag": _("Tag"),
        "sha256": _("Digest of the file"),
        "bytes": _("Bytes"),
        "media": _("Kind of file"),
        "removed_because": _("Why it was removed"),
        "pattern": _("What it looks like"),
        "example": _("Example"),
        "check_digit": _("How it is checked"),
        "registrant_kind": _("Whose it is"),
        "months_valid": _("Good for so many months"),
        **_of_visits(),
    }


def _of_visits() -> Words:
    """What visits, consent and the rules of keeping say."""
    return {
        "visit_id": _("Visit"),
        "on_day": _("On"),
        "valid_until": _("Holds until"),
        "field": _("Question"),
        "text": _("Answer"),
        "day": _("Answer"),
        "flag": _("Answer"),
        "basis": _("Why it may be used"),
        "given_on": _("Given on"),
        "given_by": _("Given by"),
        "how": _("How it was given"),
        "until": _("Good until"),
        "withdrawn_on": _("Taken back on"),
        "because": _("Why"),
        "what": _("What it is about"),
        "after_months": _("After so many months"),
        "does": _("What becomes of it"),
        "source_number": _("Number of the complaint"),
        "taken_by": _("Taken up by"),
        "local_by": _("Validated near by, by"),
        "national_by": _("Validated for the country, by"),
        "applied_by": _("Applied by"),
        "needs_local": _("Is validated near by"),
        "needs_national": _("Is validated for the country"),
        "documents": _("Documents it rests on"),
    }
