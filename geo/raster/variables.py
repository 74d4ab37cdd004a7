"""Which variable of a file with several (netCDF, HDF5, pages of a TIFF) is meant; never guessed."""

from collections.abc import Callable
from typing import Any

from core.errors import Invalid
from geo.archives import listed
from geo.raster.bands import NoSuchVariable


class SeveralVariables(Invalid):
    """{name} holds several variables ({variables}); choose one as its variable."""


class NoGrid(Invalid):
    """{name} holds no grid of values; ask for it as GeoTIFF or netCDF."""


def chosen_variable(
    name: str, dataset: Any, wanted: str | None, open_again: Callable[[str], Any]
) -> str | None:
    """What GDAL calls the wanted variable of an open data set; None if it is open already.

    Coordinates and bounds of time that netCDF keeps as variables are not offered, but may be named.
    Raises SeveralVariables, NoSuchVariable, NoGrid.
    """
    parts = _parts(dataset)
    if not parts:
        if dataset.count == 0:
            raise NoGrid(name=name)
        return None
    if wanted is not None:
        meant = [gdal_name for part, gdal_name in parts.items() if _means(wanted, part)]
        if not meant:
            raise NoSuchVariable(name=name, variable=wanted, variables=listed(parts))
        return meant[0]
    found = offered(dataset, open_again)
    if len(found) > 1:
        raise SeveralVariables(name=name, variables=listed(found))
    return next(iter(found.values()))


def offered(dataset: Any, open_again: Callable[[str], Any]) -> dict[str, str]:
    """The variables of an open data set that hold values, and what GDAL calls each."""
    parts = _parts(dataset)
    return _values_only(parts, open_again) if len(parts) > 1 else parts


def path_of(dataset: Any) -> str | None:
    """The path of an open variable through the groups of its file, where GDAL's name tells."""
    name: str = dataset.name
    return _name_of(name) if name.startswith("NETCDF:") else None


def only_variable(dataset: Any, number: int) -> str | None:
    """The netCDF variable a band belongs to, where the file says."""
    name: str | None = dataset.tags(number).get("NETCDF_VARNAME")
    return name


def _parts(dataset: Any) -> dict[str, str]:
    return {_name_of(part): part for part in dataset.subdatasets}


def _name_of(part: str) -> str:
    """The variable in a GDAL name: the last word, or the page of `GTIFF_DIR:2:file`."""
    words = part.split(":")
    return words[1] if words[0] == "GTIFF_DIR" else words[-1].strip('"').lstrip("/")


def _means(wanted: str, name: str) -> bool:
    return wanted.strip("/").lower() in (name.lower(), name.lower().rsplit("/", 1)[-1])


def _values_only(parts: dict[str, str], open_again: Callable[[str], Any]) -> dict[str, str]:
    """The parts that no other part calls its coordinates or bounds."""
    called: set[str] = set()
    for part in parts.values():
        with open_again(part) as dataset:
            tags = dataset.tags()
        for key, value in tags.items():
            if key.rsplit("#", 1)[-1] in ("bounds", "coordinates", "climatology"):
                called.update(value.split())
    return {name: part for name, part in parts.items() if name not in called} or parts
