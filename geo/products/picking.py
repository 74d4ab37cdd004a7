"""Which part of a file is meant: the one that was picked, recognised, or the only one there is."""

from dataclasses import replace
from pathlib import Path

from core.errors import Invalid
from core.words import _, joined
from geo.archives import listed
from geo.products.meaning import Recognition
from geo.products.parts import Inventory, Part, PartKind
from geo.products.recognition import recognise
from geo.raster.bands import Choice

SAID = ("file", "layer", "variable", "time", "band")
ALONG = (PartKind.LINES, PartKind.POINTS)


class PartNotChosen(Invalid):
    """{name} holds {count} parts ({parts}); choose the one that is meant."""


class NoSuchPart(Invalid):
    """{name} has no such part; it has {parts}."""


class PartUnusable(Invalid):
    """{says}"""


class NothingUsable(Invalid):
    """{name} holds nothing that can be a hazard: {says}"""


def meant(of: Inventory, found: Recognition | None, choice: Choice) -> Part:
    """The part that is meant, by what was picked of it, else by its product, else the only one.

    Raises PartNotChosen, NoSuchPart, PartUnusable, NothingUsable.
    """
    if any(getattr(choice, name) is not None for name in SAID):
        return _usable(_picked(of, choice), found)
    if found is not None and found.part is not None:
        return _usable(found.part, found)
    if len(of.hazards) == 1:
        return of.hazards[0]
    if of.hazards:
        raise PartNotChosen(name=of.name, count=len(of.hazards), parts=_titles(of.hazards))
    says = dict.fromkeys(_why(part) for part in of.parts)
    raise PartUnusable(says=joined(says))


def recognised(path: Path, of: Inventory, part: Part, found: Recognition | None) -> Recognition:
    """What the family of a product says of the part that is meant; nothing but its name where none
    knows it.

    Where a file holds several parts of a product, the picked one is looked at by itself; what the
    others say of where the product could see stays. Raises what `recognise` raises.
    """
    if found is not None and found.part == part:
        return found
    alone = recognise(path, replace(of, parts=(part,)))
    if alone is None or alone.part != part:
        return Recognition(product="", title="", part=part)
    if found is None or found.product != alone.product:
        return alone
    beside = {name: getattr(found, name) for name in ("observed", "bounded", "water", "excluded")}
    rule = found.observed_rule or alone.observed_rule
    return replace(alone, observed_rule=rule, **beside)


def _picked(of: Inventory, choice: Choice) -> Part:
    fitting = [part for part in of.parts if _fits(part, choice)]
    if not fitting:
        raise NoSuchPart(name=of.name, parts=_titles(of.parts))
    if len(fitting) > 1:
        raise PartNotChosen(name=of.name, count=len(fitting), parts=_titles(fitting))
    part = fitting[0]
    return replace(part, band=choice.band) if part.kind is PartKind.PICTURE else part


def _fits(part: Part, choice: Choice) -> bool:
    named = {part.layer, part.file, part.title, part.variable}
    told = {"file": part.file, "variable": part.variable, "time": part.time}
    fits = all(getattr(choice, name) in (None, held) for name, held in told.items())
    fits = fits and (choice.layer is None or choice.layer in named)
    one_band = choice.band is not None and part.kind is not PartKind.PICTURE
    return fits and (not one_band or choice.band == (part.band or 1))


def _usable(part: Part, found: Recognition | None) -> Part:
    """The part, unless nothing can be made of it. Raises PartUnusable."""
    if part.kind is PartKind.PICTURE and (found is None or found.part != part):
        raise PartUnusable(says=part.says)
    if part.kind in ALONG and found is not None and found.part == part and found.says:
        raise PartUnusable(says=found.says[0])
    if part.kind in (*ALONG, PartKind.DOCUMENT, PartKind.UNREADABLE):
        raise PartUnusable(says=_why(part))
    return part


def _why(part: Part) -> str:
    """Why a part is no hazard, and what it is good for."""
    if part.kind is PartKind.POINTS:
        return _(
            "{title} holds points: where things stand, not how far a hazard reaches; load it as a "
            "layer for context, and ask for polygons or a grid.",
            title=part.title,
        )
    if part.kind is PartKind.LINES:
        return _(
            "{title} holds lines: where something runs, not how far a hazard reaches; load it as a "
            "layer for context, and ask for polygons or a grid.",
            title=part.title,
        )
    return part.says or _("{title} holds nothing that can be shown.", title=part.title)


def _titles(parts: tuple[Part, ...] | list[Part]) -> str:
    return listed([part.title for part in parts])
