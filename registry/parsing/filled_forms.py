"""What a form that was filled in on a device says (ODK XForms, Kobo's and Collect's alike).

Answers are named by their path below the root, such as `home/stated_size`; what is asked several
times over, a repeat, has rows of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.errors import Invalid
from registry.parsing.xforms import MOST

OF_THE_FORM = frozenset({"meta", "formhub", "__version__", "start", "end", "deviceid", "today"})
"""Nodes that tell of the form and the device, not of anybody."""


class SubmissionUnreadable(Invalid):
    """This is no filled-in form: {found}; send it again from the device."""


class SubmissionNumberless(Invalid):
    """The form has no instanceID, so that it cannot be told from others; send it from a device."""


@dataclass(frozen=True)
class Filled:
    """A filled-in form: which one, its number, what it corrects, and its answers by path."""

    form: str
    version: str
    instance_id: str
    corrects: str
    answers: Mapping[str, str]
    root: Element = field(repr=False)

    def rows(self, path: str) -> Sequence[Mapping[str, str]]:
        """The answers of each turn of a repeat, by their paths below it."""
        nodes = [self.root]
        for step in path.split("/"):
            nodes = [each for node in nodes for each in node if _name(each) == step]
        return [dict(_leaves(each)) for each in nodes]


def filled(xml: bytes) -> Filled:
    """What a form that was sent says.

    Raises:
        SubmissionUnreadable, SubmissionNumberless
    """
    if len(xml) > MOST:
        raise SubmissionUnreadable(found="10 MB")
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as broken:
        raise SubmissionUnreadable(found=type(broken).__name__) from broken
    meta = {_name(each): (each.text or "").strip() for each in _child(root, "meta")}
    number = meta.get("instanceID") or root.get("instanceID", "")
    if not number:
        raise SubmissionNumberless
    return Filled(
        form=root.get("id", _name(root)),
        version=root.get("version", ""),
        instance_id=number,
        corrects=meta.get("deprecatedID", ""),
        answers=_first(_leaves(root)),
        root=root,
    )


def repeats(said: Filled) -> list[str]:
    """The paths of what stands there more than once: repeats, where two turns were filled in."""
    found: dict[str, None] = {}
    for path, node in _nodes(said.root):
        names = [_name(each) for each in node if len(each)]
        found |= dict.fromkeys(f"{path}{name}" for name in names if names.count(name) > 1)
    return [*found]


def _leaves(node: Element, above: str = "") -> Iterator[tuple[str, str]]:
    """The answers below a node by their paths, those left out that are empty."""
    for each in node:
        name = _name(each)
        if not above and name in OF_THE_FORM:
            continue
        if len(each):
            yield from _leaves(each, f"{above}{name}/")
        elif text := (each.text or "").strip():
            yield above + name, text


def _nodes(node: Element, above: str = "") -> Iterator[tuple[str, Element]]:
    yield above, node
    for each in node:
        if len(each) and _name(each) not in OF_THE_FORM:
            yield from _nodes(each, f"{above}{_name(each)}/")


def _first(leaves: Iterator[tuple[str, str]]) -> dict[str, str]:
    """By path what was answered first."""
    told: dict[str, str] = {}
    for path, text in leaves:
        told.setdefault(path, text)
    return told


def _child(node: Element, name: str) -> Sequence[Element]:
    return next(([*each] for each in node if _name(each) == name), [])


def _name(node: Element) -> str:
    """The name of a node without its namespace."""
    return str(node.tag).rpartition("}")[2]
