"""Refusals: everything the platform can say no to, each with one sentence for the person."""

from core.words import _


class Refusal(Exception):
    """Something was refused.

    Base of all expected errors. A subclass is one case; the first paragraph of its docstring is its
    sentence, in which `{names}` are filled from the details given.
    """

    status = 500

    def __init__(self, message: str = "", **details: object) -> None:
        self.message = message or _(self.sentence(), **details)
        self.details = details
        super().__init__(self.message)

    @classmethod
    def sentence(cls) -> str:
        """The untranslated sentence of this case, on one line."""
        paragraph = (cls.__doc__ or "").strip().split("\n\n")[0]
        return " ".join(paragraph.split())

    @property
    def code(self) -> str:
        return type(self).__name__


class NotFound(Refusal):
    """We could not find that; it may have been moved, or you may not see it."""

    status = 404


class Forbidden(Refusal):
    """You may not do that; ask an administrator for the role if it is part of your work."""

    status = 403


class Invalid(Refusal):
    """Some of what was sent cannot be used; correct it and send it again."""

    status = 422


class Conflict(Refusal):
    """This no longer fits what is stored; reload the page and try again."""

    status = 409
