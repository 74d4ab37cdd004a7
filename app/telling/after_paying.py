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
        "messages.write": _("Wrote what people are told"),
        "messages.queue": _("Put people into the outbox"),
        "messages.file": _("Took messages along as a file"),
        "messages.settle": _("Said what became of messages in doubt"),
        "verifications.draw": _("Drew whom to ask whether they received it"),
        "verifications.record": _("Wrote down what somebody received"),
        "verifications.settle": _("Settled an answer that differed"),
        "verifications.close": _("Closed a sample"),
    }


def subjects_after_paying() -> Words:
    """What those acts are about, by table, in the singular."""
    return {"reconciliations": _("File of a provider"), "verifications": _("Sample of the paid")}


def pages_after_paying() -> Words:
    """The pages and files of them that show people."""
    return {
        "verifications.show": _("Answers that differ"),
        "verifications.team": _("Households of a walk"),
        "verifications.listed": _("File of a sample"),
        "messages.letters": _("Messages as a file"),
    }


def names_after_paying() -> Words:
    """The figures of those acts."""
    return {
        "provider": _("Provider"),
        "paid": _("Paid"),
        "partly_paid": _("Paid in part"),
        "failed": _("Failed"),
        "reversed": _("Reversed"),
        "confirmed": _("Paid, as the provider had said"),
        "population": _("Of how many"),
        "drawn": _("Drawn"),
        "seed": _("Seed"),
        "occasion": _("Occasion"),
        "messages": _("Messages"),
        "answer": _("Answer"),
        "digest": _("SHA-256 of the file"),
        "words": _("Words explained"),
    }
