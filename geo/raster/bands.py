"""Which band of a raster is meant: by its number, its name or its time; never guessed."""

from dataclasses import dataclass
from typing import Any

from core.errors import Invalid
from geo.archives import listed

DEGREES = {
    "north": {"degrees_north", "degree_north", "degrees_n", "degree_n"},
    "east": {"degrees_east", "degree_east", "degrees_e", "degree_e"},
}


class SeveralBands(Invalid):
    """{name} holds several bands ({bands}); choose one as its band."""


class SeveralTimes(Invalid):
    """{name} holds several times ({times}); choose one as its time."""


class NoSuchBand(Invalid):
    """{name} has no band {band}; it has {bands}."""


class NoSuchTime(Invalid):
    """{name} holds nothing for the time {time}; it has {times}."""


class NoTimes(Invalid):
    """{name} does not say any time; leave the time out, or choose a band."""


class NoSuchVariable(Invalid):
    """{name} has no variable {variable}; it has {variables}."""


class Picture(Invalid):
    """{name} is a picture ({colours}), not values; ask for the data behind it, or name the band
    if one holds values or classes after all."""


@dataclass(frozen=True)
class Choice:
    """What an analyst says of a file where it does not speak for itself.

    `file` is a path inside an archive; `layer` may name a file of an archive too, where no other is
    called so.
    """

    crs: str | None = None
    layer: str | None = None
    variable: str | None = None
    time: str | None = None
    band: int | None = None
    nodata: tuple[float, ...] = ()
    file: str | None = None


@dataclass(frozen=True)
class Band:
    """One band: its number from 1, its name, and the time it holds for (ISO 8601 if it can be)."""

    number: int
    name: str = ""
    time: str = ""
    stored_time: str = ""

    def holds_for(self, wanted: str) -> bool:
        """Whether a time, or a part of one like `1999-03`, means this band."""
        asked = wanted.strip().replace(" ", "T").removesuffix("Z")
        rest = self.time.removeprefix(asked)
        return asked == self.stored_time or (
            self.time.startswith(asked) and (not rest or rest[0] in "-T:.")
        )

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.number), self.name, self.time) if part)


def chosen_band(name: str, dataset: Any, choice: Choice) -> Band:
    """The one band of an open data set that a choice leaves.

    Raises SeveralBands, SeveralTimes, NoSuchBand, NoSuchTime, NoTimes, NoSuchVariable, Picture.
    """
    bands = bands_of(dataset)
    if choice.band is not None:
        return _by_number(name, bands, choice)
    refuse_picture(name, dataset)
    if choice.variable is not None:
        bands = _by_name(name, bands, choice.variable)
    if choice.time is not None:
        bands = _by_time(name, bands, choice.time)
    if len(bands) == 1:
        return bands[0]
    if len({band.time for band in bands if band.time}) > 1:
        raise SeveralTimes(name=name, times=listed([band.time for band in bands]))
    raise SeveralBands(name=name, bands=listed([str(band) for band in bands]))


def refuse_picture(name: str, dataset: Any) -> None:
    """Raise Picture for colours to look at: red, green and blue, or a palette."""
    colours = [interpretation.name for interpretation in dataset.colorinterp]
    if {"red", "green", "blue"} <= set(colours):
        numbered = [f"{number} {colour}" for number, colour in enumerate(colours, start=1)]
        raise Picture(name=name, colours=", ".join(numbered))
    if "palette" in colours:
        raise Picture(name=name, colours="a palette of colours")


def bands_of(dataset: Any) -> list[Band]:
    """The bands of an open data set that hold values, in their order."""
    return [_band(dataset, n) for n in dataset.indexes if holds_values(dataset, n)]


def holds_values(dataset: Any, number: int) -> bool:
    """Whether a band holds values, and not how opaque the cells of others are."""
    return bool(dataset.colorinterp[number - 1].name != "alpha")


def says_degrees(tags: dict[str, str]) -> bool:
    """Whether a netCDF file itself calls its coordinates degrees north and degrees east."""
    units = {value.lower() for key, value in tags.items() if key.endswith("#units")}
    return all(units & names for names in DEGREES.values())


def _by_number(name: str, bands: list[Band], choice: Choice) -> Band:
    numbered = [band for band in bands if band.number == choice.band]
    if not numbered:
        raise NoSuchBand(name=name, band=choice.band, bands=listed([str(band) for band in bands]))
    if choice.time is not None:
        return _by_time(name, numbered, choice.time)[0]
    return numbered[0]


def _by_name(name: str, bands: list[Band], wanted: str) -> list[Band]:
    named = [band for band in bands if band.name.lower() == wanted.lower()]
    if not named:
        names = listed([band.name or str(band.number) for band in bands])
        raise NoSuchVariable(name=name, variable=wanted, variables=names)
    return named


def _by_time(name: str, bands: list[Band], wanted: str) -> list[Band]:
    if not any(band.time for band in bands):
        raise NoTimes(name=name)
    timed = [band for band in bands if band.holds_for(wanted)]
    if not timed:
        raise NoSuchTime(name=name, time=wanted, times=listed([band.time for band in bands]))
    return timed


def _band(dataset: Any, number: int) -> Band:
    tags = dataset.tags(number)
    stored, time = _netcdf_time(dataset.tags(), tags)
    if "GRIB_VALID_TIME" in tags:
        stored, time = _grib_time(tags["GRIB_VALID_TIME"])
    described = dataset.descriptions[number - 1] or ""
    name = tags.get("GRIB_ELEMENT") or described or _other_dimensions(tags)
    if not time and described[:4].isdigit() and described[4:5] == "-":
        time = stored = described.replace(" ", "T")
    return Band(number, name, time, stored)


def _netcdf_time(about: dict[str, str], tags: dict[str, str]) -> tuple[str, str]:
    """A band's time as stored and in ISO 8601, from the units its dimension declares."""
    import cftime

    for key, stored in tags.items():
        dimension = key.removeprefix("NETCDF_DIM_")
        units = about.get(f"{dimension}#units", "")
        if dimension == key or " since " not in units:
            continue
        calendar = about.get(f"{dimension}#calendar", "standard")
        try:
            return stored, cftime.num2date(float(stored), units, calendar).isoformat()
        except (ValueError, OverflowError):
            return stored, stored
    return "", ""


def _grib_time(tag: str) -> tuple[str, str]:
    import cftime

    seconds = tag.split(maxsplit=1)[0]
    return seconds, cftime.num2date(int(seconds), "seconds since 1970-01-01").isoformat()


def _other_dimensions(tags: dict[str, str]) -> str:
    dimensions = {k.removeprefix("NETCDF_DIM_"): v for k, v in tags.items() if "NETCDF_DIM_" in k}
    return " ".join(f"{key}={value}" for key, value in dimensions.items() if key != "time")
