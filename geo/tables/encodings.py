"""In which encoding a text is written: by its mark, by its bytes, or by what reads best.

Of the code pages that can be read at all, the one wins whose words are known and look like words: a
wrong one puts capitals and signs inside words, or mixes scripts in them.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from geo.tables.refusals import EncodingUnknown, EncodingWrong, NotATable

CHUNK = 1 << 20
SAMPLE = 1 << 17  # bytes of lines with letters beyond ASCII that are looked at
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PAGES = (
    *("cp1252", "cp1250", "cp1254", "cp1251", "cp1253", "cp1256", "cp850", "mac_roman"),
    *("koi8_r", "cp866", "iso8859_2", "cp852", "gb18030", "shift_jis"),
)
# fmt: off
COMMON = {  # the letters most of a text is made of
    "LATIN": "éèàçñóíáúêôâîëïöüäãõœæøåßÉÀÇÑÓÍÁÚÊÔÖÜÄÅØłąęśżźćńŁŚŻčšžřěůťďňőűČŠŽışğİŞĞ",
    "CYRILLIC": "оеаинтсрвлкмдпуяыьгзбйчОАСКМНПБГДТ",
    "GREEK": "αοιετσνηρπκμλςάόίέήύώΑΟΙΕΤΣΝΚΜΠΓΔ",
    "ARABIC": "اليمنروتهبةدسعحفكأقجطصىخشئ",
}
# fmt: on
SIGNS = "“”\u2018\u2019\u2013—…°«»€ º·\u00a0‰™©®²³"
SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
BEYOND = re.compile(rb"[\x80-\xff]")
WORDS = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\s,;|\t\"]*")
HEADING = re.compile(r"[^\W\d_][\w' /-]{2,}")  # letters at least, no signs of drawings
FIRST_HAN, LAST_HAN = (0xB0A1, 0xD7F9)  # the commoner half of the Chinese characters of GB 2312
MANY = 3  # sound letters of UTF-8 to a broken one
KNOWN = 3.0  # what a known heading or word counts for, in letters


def encoding_of(path: Path, name: str, known: Callable[[str], bool], said: str = "") -> str:
    """The encoding of a text file; `said` is one a person names.

    Raises NotATable for bytes that are no text, EncodingUnknown for a name nobody knows,
    EncodingWrong where the file cannot be read by it.
    """
    if said:
        return _named(said, path, name)
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
    if marked:
        return marked
    if b"\0" in start:
        return _wide(start, name)
    letters = _letters(path, name)
    return "utf-8" if letters is None else _read_best(letters, known)


def _named(said: str, path: Path, name: str) -> str:
    try:
        with path.open(encoding=said, errors="replace") as file:
            file.read(SAMPLE)
    except LookupError:
        raise EncodingUnknown(encoding=said) from None
    except UnicodeError:
        raise EncodingWrong(encoding=said, name=name) from None
    return said


def _wide(start: bytes, name: str) -> str:
    """UTF-16 without a mark: the empty bytes of its letters stand on one side."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) < 0.3 * len(start) / 2 or min(even, odd) > 0.1 * max(even, odd):
        raise NotATable(name=name)
    return "utf-16-le" if odd > even else "utf-16-be"


def _letters(path: Path, name: str) -> bytes | None:
    """Lines with letters beyond ASCII; None where all of the file is UTF-8. Raises NotATable."""
    decoder, sound, lines = codecs.getincrementaldecoder("utf-8")(), True, bytearray()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            if b"\0" in chunk:
                raise NotATable(name=name)
            sound = sound and _decodes(decoder, chunk)
            if len(lines) < SAMPLE:
                beyond = [line for line in chunk.splitlines() if not line.isascii()]
                lines += b"\n".join(beyond)[:SAMPLE] + b"\n"
    return None if sound and _decodes(decoder, b"", final=True) else bytes(lines)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _read_best(letters: bytes, known: Callable[[str], bool]) -> str:
    """UTF-8 with a few broken letters, or the code page in which the lines read best."""
    sound = SEQUENCE.findall(letters)
    broken = len(BEYOND.findall(letters)) - sum(map(len, sound))
    if len(sound) > MANY * broken:
        return "utf-8"
    scores = {page: _score(letters, page, known) for page in PAGES}
    return max(PAGES, key=lambda page: scores[page])


def _score(letters: bytes, page: str, known: Callable[[str], bool]) -> float:
    """How well lines read in a code page, from a letter like any other word's to none."""
    text = letters.decode(page, "replace")
    words = WORDS.findall(text)
    cells = {cell.strip(' "') for cell in re.split(r"[,;|\t\n]", text) if not cell.isascii()}
    told = sum(bool(HEADING.fullmatch(cell)) and known(cell) for cell in cells)
    return sum(map(_look, words)) / (len(words) or 1) + KNOWN * told / (len(cells) or 1)


def _look(word: str) -> float:
    """How much the letters of a word beyond ASCII look as if they belonged there, up to 1."""
    strange = [letter for letter in word if letter > "\x7f"]
    looks = sum(_looks_like(letter, word) for letter in strange) / len(strange)
    return looks - _is_mixed(word) - _is_shouted(word)


def _looks_like(letter: str, word: str) -> float:
    if letter == "\ufffd" or "\x80" <= letter <= "\x9f":
        return -2
    if not letter.isalpha():
        return 0.8 if letter in SIGNS else 0
    script = _script(letter)
    if script == "CJK":
        return _is_common_han(letter)
    return 1 if letter in COMMON.get(script, "") else 0.3


def _is_common_han(letter: str) -> float:
    written = letter.encode("gb18030")
    return 0.9 if FIRST_HAN <= int.from_bytes(written[:2], "big") <= LAST_HAN else -0.5


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _is_mixed(word: str) -> float:
    """Whether a word has letters of two scripts, or is of hardly anything but accented Latin."""
    letters = [letter for letter in word if letter.isalpha()]
    scripts = {_script(letter) for letter in letters}
    if len(scripts - {"HIRAGANA", "KATAKANA", "CJK"}) + ("CJK" in scripts) > 1:
        return 1
    accented = sum(letter > "\x7f" for letter in letters)
    return float(scripts == {"LATIN"} and len(letters) > 1 and accented > len(letters) / 2)


def _is_shouted(word: str) -> float:
    """Whether a capital beyond ASCII stands behind a small letter."""
    return float(any(a.islower() and b.isupper() and b > "\x7f" for a, b in pairwise(word)))
