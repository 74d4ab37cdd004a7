"""Pictures of classes: a band of codes with a palette of colours. The colours are to be looked at,
but few codes may be classes after all, if the analyst says what each stands for.
"""

from core.words import _
from geo.archives import listed
from geo.products.meaning import Recognition
from geo.products.parts import Part, PartKind
from geo.products.specimen import Specimen
from geo.raster.open import dataset, readable

PRODUCT = "palette"
MOST = 32  # entries of a palette that a person can go through


def recognise(specimen: Specimen) -> Recognition | None:
    """Know a picture of classes by its palette and the few entries of it that are used."""
    pictures = [part for part in specimen.of.parts if part.kind is PartKind.PICTURE]
    if len(pictures) != 1 or len(specimen.of.parts) != 1:
        return None
    part = pictures[0]
    colours, codes = colours_of(specimen, part), specimen.codes(part)
    if not colours or not 0 < len(codes) <= MOST:
        return None
    used = [f"{code:g} {colours.get(int(code), '')} ({count:,})" for code, count in codes.items()]
    return Recognition(
        product=PRODUCT,
        title=_("Picture of classes"),
        part=part,
        observed_rule="cells",
        says=(_("Say what each colour of its palette means: {colours}.", colours=listed(used)),),
    )


def colours_of(specimen: Specimen, part: Part) -> dict[int, str]:
    """The colour of each entry of a palette, like #0000ff; nothing where there is none."""
    with readable(specimen.path(part)) as found, dataset(found) as source:
        if source.colorinterp[0].name != "palette":
            return {}
        entries = source.colormap(1)
    return {code: "#" + bytes(colour[:3]).hex() for code, colour in entries.items()}
