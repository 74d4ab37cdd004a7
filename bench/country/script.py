"""Kesari in its own script: Latin names of the country written in Arabic letters.

A plain transliteration, letter by letter, with a vowel carried where a word begins with one. The
names are invented; the letters are those Noto Sans Arabic covers.
"""

# ruff: noqa: RUF001  (Arabic letters are meant)

from functools import cache

PAIRS = {
    "kh": "خ", "sh": "ش", "gh": "غ", "th": "ث", "dh": "ذ", "ch": "تش", "ng": "نغ", "ny": "ني",
    "aa": "ا", "ee": "ي", "oo": "و", "ou": "و", "ai": "اي", "au": "او", "ll": "ل", "ss": "س",
    "rr": "ر", "nn": "ن", "tt": "ت", "mm": "م", "dd": "د", "bb": "ب", "kk": "ك", "zz": "ز",
}  # fmt: skip
SINGLE = {
    "a": "ا", "b": "ب", "c": "ك", "d": "د", "e": "ي", "f": "ف", "g": "غ", "h": "ه", "i": "ي",
    "j": "ج", "k": "ك", "l": "ل", "m": "م", "n": "ن", "o": "و", "p": "ب", "q": "ق", "r": "ر",
    "s": "س", "t": "ت", "u": "و", "v": "ف", "w": "و", "x": "كس", "y": "ي", "z": "ز",
}  # fmt: skip
FIRST = {"a": "أ", "e": "إ", "i": "إ", "o": "أو", "u": "أو"}
LAST = {"a": "ا", "e": "ي", "eh": "ه", "ah": "ة"}


BEHIND = {
    "Upper": "العليا", "Lower": "السفلى", "Old": "القديمة", "New": "الجديدة",
    "East": "الشرقية", "West": "الغربية",
}  # fmt: skip
BEFORE = {
    "Bridge": "جسر", "Ford": "مخاضة", "Landing": "مرسى", "Reach": "ضفة", "Island": "جزيرة",
    "Quay": "رصيف", "Market": "سوق", "Wells": "آبار", "Plateau": "هضبة", "Coast": "ساحل",
    "Highlands": "مرتفعات", "Delta": "دلتا", "Port": "ميناء", "River": "نهر", "Mouth": "مصب",
    "school": "مدرسة", "clinic": "عيادة", "market": "سوق", "post": "بريد",
}  # fmt: skip


@cache
def in_kesari(latin: str) -> str:
    """A name in Latin letters, written in the local script; common nouns are translated."""
    words = latin.split(" ")
    front = [BEFORE[word] for word in words if word in BEFORE]
    back = [BEHIND[word] for word in words if word in BEHIND]
    own = [_word(word) for word in words if word not in BEFORE and word not in BEHIND]
    return " ".join(front + own + back)


def _word(word: str) -> str:
    rest, written = word.lower(), ""
    if rest[:1] in FIRST and rest[:2] not in PAIRS:
        written, rest = FIRST[rest[0]], rest[1:]
    while rest:
        if rest in LAST:
            return written + LAST[rest]
        pair = rest[:2] in PAIRS
        written += PAIRS[rest[:2]] if pair else SINGLE.get(rest[0], rest[0])
        rest = rest[2 if pair else 1 :]
    return written
