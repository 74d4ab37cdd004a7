"""What states, kinds and other fixed words of the record are called."""

from app.auth.roles import Role, role_name
from app.place_words import correction_words, list_words
from core.words import _
from registry.changes.kinds import kind_words

Words = dict[str, str]


def fixed_words() -> dict[str, Words]:
    """The words of every field that holds one of a few, by the field's name."""
    return {
        "state": _states(),
        "was": _states(),
        "scope": {"group": _("households and other groups"), "individual": _("people")},
        "type": _types(),
        "role": {role.value: role_name(role) for role in Role},
        "kind": _kinds(),
        "severity": _severities(),
        "delivery": _deliveries(),
        "source": _sources(),
        "direction": {"at_least": _("at least"), "at_most": _("at most")},
        "correction": correction_words(),
        "listed": list_words(),
        "operation": {
            "maximum": _("the worst value"),
            "ever": _("hit at least once"),
            "days": _("how many times it was hit"),
        },
        "change": kind_words(),
        "audience": {"colleagues": _("for colleagues"), "public": _("for everybody")},
        "observed": _observed(),
        "days": {"ymd": _("year first"), "dmy": _("day first"), "mdy": _("month first")},
        "file": {"csv": "CSV", "pdf": "PDF"},
        "format": {"csv": "CSV", "json": "JSON"},
    }


def _states() -> Words:
    return {
        "draft": _("draft"),
        "active": _("active"),
        "ended": _("ended"),
        "cancelled": _("cancelled"),
        **_states_of_people(),
        **_states_of_files(),
        **_states_of_money(),
        "local": _("to be validated near by"),
        "national": _("to be validated for the country"),
        "applied": _("applied"),
        "taken": _("taken in"),
    }


def _states_of_people() -> Words:
    return {
        "exited": _("left"),
        "merged": _("merged"),
        "open": _("to be looked at"),
        "not_duplicate": _("two different ones"),
        "erased": _("erased"),
        "valid": _("valid"),
        "expired": _("expired"),
        "revoked": _("revoked"),
        "enrolled": _("enrolled"),
        "paused": _("paused"),
        "not_eligible": _("not eligible"),
        "duplicated": _("served elsewhere"),
        "non_compliant": _("conditions not met"),
    }


def _states_of_files() -> Words:
    return {
        "alert": _("alert"),
        "recovery": _("recovery"),
        "closed": _("closed"),
        "received": _("received"),
        "asked": _("asks which part is meant, or where it lies"),
        "read": _("read"),
        "confirmed": _("confirmed"),
        "published": _("published"),
        "superseded": _("superseded by a newer one"),
        "withdrawn": _("withdrawn"),
        "refused": _("set aside"),
        "uploaded": _("uploaded"),
        "mapped": _("columns are named"),
        "checked": _("checked"),
        "reviewed": _("reviewed"),
        "frozen": _("frozen"),
    }


def _states_of_money() -> Words:
    return {
        "to_approve": _("to be signed"),
        "approved": _("approved"),
        "distributed": _("handed out"),
        "pending": _("to be signed"),
        "rejected": _("refused"),
        "returned": _("returned"),
        "pending_validation": _("waits"),
        "sent": _("on its way"),
        "redeemed": _("handed over"),
        "partly_redeemed": _("partly handed over"),
        "issued": _("issued"),
        "void": _("void"),
        "sending": _("being sent"),
        "paid": _("paid"),
        "partly_paid": _("partly paid"),
        "failed": _("failed"),
        "in_doubt": _("in doubt"),
        "reconciled": _("reconciled"),
        "reversed": _("reversed"),
    }


def _types() -> Words:
    """Of fields; kinds of identifiers are words of a list."""
    return {
        "text": _("text"),
        "whole": _("whole number"),
        "number": _("number"),
        "flag": _("yes or no"),
        "date": _("date"),
        "word": _("one word of a list"),
        "words": _("several words of a list"),
    }


def _kinds() -> Words:
    return {
        "government": _("government office"),
        "agency": _("agency"),
        "ngo": _("NGO"),
        "group": _("group"),
        "individual": _("person"),
        "households": _("households"),
        "people": _("people"),
        "flood": _("flood"),
        "storm": _("storm"),
        "earthquake": _("earthquake"),
        "drought": _("drought"),
        "other": _("other"),
        "deposit": _("paid in"),
        "commit": _("bound by signature"),
        "release": _("set free"),
    }


def _severities() -> Words:
    return {
        "extreme": _("extreme"),
        "severe": _("severe"),
        "moderate": _("moderate"),
        "minor": _("minor"),
        "unknown": _("not known"),
    }


def _deliveries() -> Words:
    return {
        "cash": _("cash in hand"),
        "bank": _("bank account"),
        "mobile": _("mobile money"),
        "voucher": _("voucher"),
    }


def _sources() -> Words:
    return {
        "gps": _("a point measured there"),
        "building": _("a building on a map"),
        "address": _("an address"),
        "settlement": _("its settlement"),
        "area": _("its area only"),
    }


def _observed() -> Words:
    return {
        "cells": _("every cell with a value"),
        "box": _("all of the file's extent"),
        "layer": _("the shapes of another layer"),
        "country": _("the whole country"),
    }
