"""E-mail addresses, as they are kept and compared."""

from core.errors import Invalid


class EmailWrong(Invalid):
    """{email} is not an e-mail address; write one such as name@example.org."""


def as_kept(email: str) -> str:
    """The address in lower case.

    Raises:
        EmailWrong
    """
    local, at, host = email.strip().lower().partition("@")
    if not (local and at and host) or " " in email.strip():
        raise EmailWrong(email=email.strip())
    return f"{local}@{host}"
