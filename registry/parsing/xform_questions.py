"""What a form made elsewhere asks: an XForm, or the XLSForm it is made from, or one filled in."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.errors import Invalid
from registry.parsing.filled_forms import Filled, repeats
from registry.parsing.xforms import converted

MOST = 5 << 20  # bytes
UNPACKED = 100 << 20
LONGEST = 200
WORKBOOK = b"PK\x03\x04"
CONTROLS = {"input": "text", "select1": "word", "select": "words", "upload": "file"}
BROKEN = (IndexError, KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile)
"""What pyxform raises of sheets that are none, beside its own fault."""


class FormUnreadable(Invalid):
    """This is neither an XLSForm nor an XForm: {found}; save it as XLSX from where it was made."""


class FormTooLarge(Invalid):
    """A form has at most 5 MB; take the media and long lists out of it."""


class FormWithoutQuestions(Invalid):
    """This form asks nothing that could be read; look whether it is the right file."""


@dataclass(frozen=True)
class Question:
    """One question: its path, its words, its kind, and the choices it offers by their codes."""

    path: str
    label: str
    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormRead:
    """What a form asks; `repeats` are the paths of what is asked several times over.

    `xform` is it as devices fetch it, where it is known as a whole.
    """

    code: str
    version: str
    title: str
    questions: Sequence[Question]
    repeats: Sequence[str] = ()
    xform: bytes | None = None


def form_read(file: bytes) -> FormRead:
    """What an XLSForm, or an XForm, asks.

    Raises:
        FormTooLarge, FormUnreadable, FormWithoutQuestions
    """
    if len(file) > MOST:
        raise FormTooLarge
    xform = _xform_of(file) if file.startswith(WORKBOOK) else file
    try:
        root = fromstring(xform, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as broken:
        raise FormUnreadable(found=type(broken).__name__) from broken
    data = next((each[0] for each in _all(root, "instance") if len(each)), None)
    body = next(_all(root, "body"), None)
    if data is None or body is None:
        raise FormUnreadable(found=_name(root)[:60])
    within = f"/{_name(data)}/"
    questions = list(_questions(root, within))
    if not questions:
        raise FormWithoutQuestions
    title = next((each.text for each in _all(root, "title") if each.text), _name(data))
    turned = [each.get("nodeset", "").removeprefix(within) for each in _all(body, "repeat")]
    code = data.get("id") or _name(data)
    return FormRead(code, data.get("version", ""), title[:LONGEST], questions, turned, xform)


def form_filled(said: Filled) -> FormRead:
    """What a form asks as far as one that was filled in tells it.

    Raises:
        FormWithoutQuestions
    """
    questions = [Question(path, path, "text") for path in said.answers]
    if not questions:
        raise FormWithoutQuestions
    return FormRead(said.form, said.version, said.form[:LONGEST], questions, repeats(said))


def _xform_of(file: bytes) -> bytes:
    """The XForm of a workbook."""
    from pyxform.errors import PyXFormError  # noqa: PLC0415 - as in xforms

    try:
        with zipfile.ZipFile(io.BytesIO(file)) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED:
                raise FormTooLarge
        made = converted(io.BytesIO(file))
    except PyXFormError as broken:
        raise FormUnreadable(found=" ".join(str(broken).split())[:LONGEST]) from broken
    except BROKEN as broken:
        raise FormUnreadable(found=type(broken).__name__) from broken
    xform: str = made.xform
    return xform.encode()


def _questions(root: Element, within: str) -> Iterator[Question]:
    """What is asked, in the order of the form; what it reckons for itself is no question."""
    spoken = _spoken(root)
    lists = _lists(root, spoken)
    types = {each.get("nodeset", ""): each.get("type", "") for each in _all(root, "bind")}
    for control in root.iter():
        kind, ref = CONTROLS.get(_name(control)), control.get("ref", "")
        if kind is None or not ref.startswith(within):
            continue
        label = next((_words(each, spoken) for each in control if _name(each) == "label"), "")
        path = ref.removeprefix(within)
        kind = "geopoint" if types.get(ref) == "geopoint" else kind
        choices = _choices(control, spoken, lists)
        yield Question(path, label[:LONGEST] or path, kind, choices)


def _choices(
    control: Element, spoken: Mapping[str, str], lists: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str]:
    """What a question offers: items of its own, else those of a list."""
    own = [each for each in control if _name(each) == "item"]
    if own:
        return dict(_item(each, spoken) for each in own)
    for each in _all(control, "itemset"):
        listed = each.get("nodeset", "").partition("instance('")[2].partition("'")[0]
        return lists.get(listed, {})
    return {}


def _lists(root: Element, spoken: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The lists of choices by their names."""
    named = [each for each in _all(root, "instance") if each.get("id")]
    return {
        each.get("id", ""): dict(_item(item, spoken) for item in _all(each, "item"))
        for each in named
    }


def _item(item: Element, spoken: Mapping[str, str]) -> tuple[str, str]:
    """The code of a choice, and its words."""
    said = {_name(each): each for each in item}
    code = next((said[name].text or "" for name in ("name", "value") if name in said), "").strip()
    if "itextId" in said:
        return code, spoken.get((said["itextId"].text or "").strip(), code)[:LONGEST]
    return code, (_words(said["label"], spoken) if "label" in said else code)[:LONGEST]


def _spoken(root: Element) -> dict[str, str]:
    """Words by their key, in the first language of the form."""
    first = next(_all(root, "translation"), None)
    if first is None:
        return {}
    values = ((each.get("id", ""), next(_all(each, "value"), None)) for each in first)
    return {key: _plain(value) for key, value in values if value is not None}


def _words(label: Element, spoken: Mapping[str, str]) -> str:
    """What a label says, looked up where it names a key."""
    key = label.get("ref", "").partition("jr:itext('")[2].partition("'")[0]
    return spoken.get(key, "") if key else _plain(label)


def _plain(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


def _all(node: Element, name: str) -> Iterator[Element]:
    return (each for each in node.iter() if _name(each) == name)


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]
