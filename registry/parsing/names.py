"""Names as they are searched by: written in Latin letters, and their bones.

Whoever writes a name of a registrant writes both (`searchable`). Bones are what is left of a word
when its vowels are gone: scripts that write no vowels and people who spell by ear agree on them.
"""

import re
from dataclasses import dataclass

from anyascii import anyascii

WITHIN_A_WORD = re.compile(r"['`\u02b0-\u02ff\u2018\u2019]")  # O'Brien and OBrien are one word
OUTSIDE_WORDS = re.compile(r"[^a-z0-9]+")
OUTSIDE_LATIN = re.compile(r"[^\u0001-\u024f\u1e00-\u1eff]")
"""A letter of another script than the Latin one."""
RUNS = re.compile(r"(.)\1+")
SILENT = re.compile(r"(?<=.)[wy]|[aeiou]")  # w and y within a word stand for vowels
ARTICLES = ("al", "el")
ALIKE = (  # what is written one way or the other, the longer first
    ("ph", "f"),
    ("kh", "h"),
    ("ch", "h"),
    ("ck", "k"),
    ("x", "h"),
    ("q", "k"),
    ("c", "k"),
    ("v", "w"),
    ("j", "y"),
)


@dataclass(frozen=True)
class Searchable:
    """What the names of one registrant are searched by."""

    names: str
    bones: tuple[str, ...]


def searchable(name: str, name_local: str | None) -> Searchable:
    """What a registrant of these names is searched by."""
    written = f"{name} {name_local or ''}"
    return Searchable(romanised(written), bones(written))


def romanised(name: str) -> str:
    """A name of any script in small Latin letters, its words divided by single blanks."""
    latin = WITHIN_A_WORD.sub("", anyascii(WITHIN_A_WORD.sub("", name))).lower()
    return OUTSIDE_WORDS.sub(" ", latin).strip()


def bones(name: str) -> tuple[str, ...]:
    """The bones of a name's words, in their order in the alphabet, each once."""
    words = romanised(name).split()
    said = [word for word in words if word not in ARTICLES] or words
    return tuple(sorted({_bones_of(word) for word in said}))


def _bones_of(word: str) -> str:
    """The bones of one word; one of vowels alone stays whole.

    A letter is heard once, also where vowels stood between: Mamadou is written with two m in Arabic
    as well, but with nothing in between.
    """
    heard = word
    for written, sounds in ALIKE:
        heard = heard.replace(written, sounds)
    heard = SILENT.sub("", RUNS.sub(r"\1", heard))
    heard = heard.removesuffix("h") if len(heard) > 1 else heard
    return RUNS.sub(r"\1", heard) or word
