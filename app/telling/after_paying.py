"""What acts after a payment are called: answers of providers, and what is told of them."""

from core.words import _

Words = dict[str, str]


def acts_after_paying() -> Words:
    """What is done with the answers of providers."""
    return {
        "reconciliations.upload": _("Brought in a provider's answers"),
        "reconciliations.map": _("Said what the columns of a provider's file hold"),
        "reconciliations.check": _("Held a provider's file against the orders"),
        "reconciliations.teach": _("Said what a provider's words mean"),
        "reconciliations.apply": _("Let a provider's answers count"),
        "reconciliations.discard": _("Discarded a provider's file"),
    }


def subjects_after_paying() -> Words:
    """What those acts are about, by table, in the singular."""
    return {"reconciliations": _("File of a provider")}


def names_after_paying() -> Words:
    """The figures of those acts."""
    return {
        "provider": _("Provider"),
        "paid": _("Paid"),
        "partly_paid": _("Paid in part"),
        "failed": _("Failed"),
        "reversed": _("Reversed"),
        "digest": _("SHA-256 of the file"),
        "words": _("Words explained"),
    }
