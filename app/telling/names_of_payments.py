"""What the fields of providers and plans, and the figures of payments, are called."""

from core.words import _

Words = dict[str, str]


def of_payments() -> Words:
    """The columns of providers and of payment plans."""
    return {
        "mechanism": _("How it pays"),
        "connector": _("How orders reach it"),
        "account": _("Account that pays"),
        "columns": _("Columns of its file"),
        "batch_size": _("Orders in a batch, at most"),
        "most": _("Most it pays at once"),
        "wait": _("Seconds a call may last"),
        "fsp_id": _("Provider"),
        "within_id": _("Only in the area"),
        "by_area": _("A batch for each area"),
    }


def of_payment_figures() -> Words:
    """What acts of payment note."""
    return {
        "fsp": _("Provider"),
        "left_out": _("Left out"),
        "came": _("The provider has it"),
        "new_secret": _("New secret"),
        "answers": _("Answers"),
        "issued": _("Wait to be sent"),
        "sent": _("With the provider"),
        "paid": _("Paid"),
        "partly_paid": _("Partly paid"),
        "failed": _("Failed"),
        "in_doubt": _("In doubt"),
        "reversed": _("Came back"),
    }
