"""The texts of messages: what may stand in them in braces, and filling it in."""

import re
from collections.abc import Mapping

from core.errors import Invalid

PLACEHOLDERS = ("name", "amount", "program", "cycle", "where", "when")
LONGEST = 480  # letters: three parts of a text message
IN_BRACES = re.compile(r"\{([^{}]*)\}")


class TextEmpty(Invalid):
    """A message says something; write its text."""


class TextTooLong(Invalid):
    """The text has {length} letters; {most} is the most that is sent. Make it shorter."""


class PlaceholderUnknown(Invalid):
    """Nothing is filled in for {placeholder}; known are {known}."""


def checked(text: str) -> str:
    """A text as it may be sent.

    Raises:
        TextEmpty, TextTooLong, PlaceholderUnknown
    """
    said = text.strip()
    if not said:
        raise TextEmpty
    if len(said) > LONGEST:
        raise TextTooLong(length=len(said), most=LONGEST)
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for name in IN_BRACES.findall(said):
        if name not in PLACEHOLDERS:
            raise PlaceholderUnknown(placeholder=f"{{{name}}}", known=known)
    if re.search(r"[{}]", IN_BRACES.sub("", said)):
        raise PlaceholderUnknown(placeholder="{", known=known)
    return said


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with what is known of somebody in the place of its braces; once, not again in it."""
    return IN_BRACES.sub(lambda found: values.get(found[1], ""), text)


def needs(text: str) -> set[str]:
    """What a text says in braces."""
    return set(IN_BRACES.findall(text))
