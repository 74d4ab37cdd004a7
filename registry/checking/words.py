"""What words of cells mean: those of the lists, as files write them, and those a letter away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from registry.parsing.lists import LISTS
from registry.parsing.plain import plain
from registry.parsing.words import fixed_words

LONG_ENOUGH = 5  # letters of a word that one letter may be wrong in


@dataclass(frozen=True)
class Meant:
    """What a cell means: a code, and whether it was `alike` only; or None."""

    code: str | None
    alike: bool = False


UNKNOWN = Meant(None)


@dataclass(frozen=True)
class Words:
    """The words of every list, plainly written, and what they mean."""

    meanings: Mapping[str, Mapping[str, str]]
    _shortened: dict[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def meant(self, name: str, cell: str) -> Meant:
        """What a cell of a list means."""
        said = plain(cell)
        known = self.meanings.get(name, {})
        if said in known:
            return Meant(known[said])
        if len(said) < LONG_ENOUGH:
            return UNKNOWN
        near = {known[word] for word in self._near(name, said)}
        return Meant(near.pop(), alike=True) if len(near) == 1 else UNKNOWN

    def _near(self, name: str, said: str) -> Iterator[str]:
        if name not in self._shortened:
            self._shortened[name] = _by_shortened(self.meanings.get(name, {}))
        there = self._shortened[name]
        found = {word for short in _shorter(said) for word in there.get(short, ())}
        return (word for word in found if _one_apart(word, said))


def of_lists(lists: Iterable[tuple[str, str, str]]) -> Words:
    """Words of (list, word, code); the first meaning of a word holds."""
    meanings: dict[str, dict[str, str]] = {}
    for name, word, code in lists:
        meanings.setdefault(name, {}).setdefault(plain(word), code)
    return Words(meanings)


def own_words() -> Words:
    """The words a registry begins with."""
    return of_lists([*_seeded(), *fixed_words()])


def _seeded() -> Iterator[tuple[str, str, str]]:
    """Codes before labels before synonyms: a word that is several things is the plainest."""
    for name, words in LISTS.items():
        yield from ((name, word.code, word.code) for word in words)
        yield from ((name, label, word.code) for word in words for label in word.labels)
        yield from ((name, other, word.code) for word in words for other in word.synonyms)


def _by_shortened(words: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for word in words:
        for short in _shorter(word) if len(word) >= LONG_ENOUGH else ():
            found.setdefault(short, set()).add(word)
    return {short: frozenset(whole) for short, whole in found.items()}


def _shorter(word: str) -> Iterator[str]:
    """A word, and the word without each of its letters."""
    yield word
    yield from (word[:at] + word[at + 1 :] for at in range(len(word)))


def _one_apart(word: str, other: str) -> bool:
    """Whether one letter was left out, added, changed or put before its neighbour."""
    start = next(
        (at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b),
        min(len(word), len(other)),
    )
    left, right = word[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    )
