"""What was read of the file of a release, and what of it is meant."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from geo.models.readings import Companion, FilePart, ReleaseClass, ReleaseRepair, Role
from geo.models.releases import Release
from geo.products.meaning import ClassOf
from geo.products.normal import Reading
from geo.raster.bands import Choice


class PartUnknown(NotFound):
    """This file has no part {number}; reload the page and choose again."""


def parts_of(session: Session, release_id: int) -> Sequence[FilePart]:
    """The parts of a release's file, in its order."""
    mine = select(FilePart).where(FilePart.release_id == release_id)
    return session.scalars(mine.order_by(FilePart.number)).all()


def part_of(session: Session, release_id: int, number: int) -> FilePart:
    """One part of a release's file.

    Raises:
        PartUnknown
    """
    found = session.scalar(select(FilePart).filter_by(release_id=release_id, number=number))
    if found is None:
        raise PartUnknown(number=number)
    return found


def choice_of(part: FilePart, crs: str | None = None) -> Choice:
    """What leaves this part alone of its file, in the system a person says it has."""
    return Choice(
        crs=crs,
        layer=part.layer,
        variable=part.variable,
        time=part.time if part.band is None else None,
        band=part.band,
        file=part.file,
    )


def choice_made(release: Release) -> Choice:
    """Which part of its file a release is, and what the analyst said of it."""
    return Choice(
        crs=release.crs,
        layer=release.layer_in_file,
        variable=release.variable,
        time=release.time_in_file,
        band=release.band,
        nodata=tuple(release.extra_nodata or ()),
        file=release.file_in_archive,
    )


def reading_of(session: Session, release: Release) -> Reading:
    """How a release is read from its file, by all that is known of its meaning."""
    beside = {
        role: [choice_of(part, None if part.crs else release.crs) for part in parts]
        for role, parts in companions_of(session, release.id).items()
    }
    classes = classes_read(session, release.id)
    return Reading(
        choice=choice_made(release),
        classes=tuple(class_of(one) for one in classes),
        observed=next(iter(beside[Role.OBSERVED]), _layer_named(release)),
        bounded=next(iter(beside[Role.BOUNDED]), None),
        water=next(iter(beside[Role.WATER]), None),
        excluded=next(iter(beside[Role.EXCLUDED]), None),
        value_field=release.value_field,
        tiles=tuple(beside[Role.TILE]),
        water_floods=release.water_floods,
    )


def _layer_named(release: Release) -> Choice | None:
    """The layer of the file that shows what was seen, where it was named and not picked."""
    if release.observed_layer is None or release.observed_sha256 is not None:
        return None
    return Choice(crs=release.crs, layer=release.observed_layer)


def classes_read(session: Session, release_id: int) -> Sequence[ReleaseClass]:
    """What the codes of a release's file mean."""
    mine = select(ReleaseClass).where(ReleaseClass.release_id == release_id)
    return session.scalars(mine.order_by(ReleaseClass.place)).all()


def class_of(one: ReleaseClass) -> ClassOf:
    """A class as files are read by it."""
    return ClassOf(one.code, one.label, one.means, one.value, one.plus)


def companions_of(session: Session, release_id: int) -> dict[Role, list[FilePart]]:
    """The other parts of a release's file that speak of the one that is meant."""
    said = select(Companion.role, FilePart).join(
        FilePart,
        (FilePart.release_id == Companion.release_id) & (FilePart.number == Companion.number),
    )
    found: dict[Role, list[FilePart]] = {role: [] for role in Role}
    mine = said.where(Companion.release_id == release_id).order_by(Companion.number)
    for role, part in session.execute(mine):
        found[role].append(part)
    return found


def repairs_of(session: Session, release_id: int) -> Sequence[ReleaseRepair]:
    """The shapes of a release that were changed, the greatest change first."""
    change = (ReleaseRepair.before_km2 - ReleaseRepair.after_km2).desc()
    mine = select(ReleaseRepair).where(ReleaseRepair.release_id == release_id)
    return session.scalars(mine.order_by(change, ReleaseRepair.feature)).all()
