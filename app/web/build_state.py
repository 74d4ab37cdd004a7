"""Where somebody is in building a filter: its rows, its text, and the texts it had before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.web.building import Built, sent, written
from app.web.drawn_rows import drawn
from core.cql import Terms

MOST_STEPS = 20  # that can be undone
LONGEST = 65_536  # signs of what can be undone


@dataclass(frozen=True)
class State:
    """A filter that is being built; `built` is None where rows cannot say it. `before` are its
    former texts, the last one last."""

    built: Built | None
    written: str
    before: Sequence[str] = ()

    @property
    def trail(self) -> str:
        """The former texts, as a form carries them along."""
        return json.dumps(self.before)


def opened(text: str, terms: Terms) -> State:
    """A written filter, as rows where there are rows that say it."""
    return State(drawn(text, terms), text.strip())


def rebuilt(form: Mapping[str, str], terms: Terms) -> State:
    """What a form says after what its button asks for: another row, a text that was written, or
    the filter as it was a step before."""
    before, now, do = _before(form), form.get("now", ""), form.get("do", "")
    if do == "undo" and before:
        state = opened(before[-1], terms)
        return State(state.built, state.written, before[:-1])
    if do == "read":
        built, text = drawn(form.get("written", ""), terms), form.get("written", "").strip()
    else:
        built = sent(form, terms)
        text = written(built, terms)
    return State(built, text, _after(before, now, text) if "now" in form else before)


def _after(before: Sequence[str], now: str, text: str) -> Sequence[str]:
    return before if text == now else [*before, now][-MOST_STEPS:]


def _before(form: Mapping[str, str]) -> list[str]:
    """The former texts a form carries; none where somebody wrote something else there."""
    carried = form.get("before", "")
    try:
        said = json.loads(carried) if len(carried) <= LONGEST else []
    except ValueError:
        return []
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
