"""What the platform is called and looks like, for papers and files that leave it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """A name, a logo as PNG where there is one, and the accent as red, green, blue of 0 to 255."""

    name: str = "Highground"
    logo: bytes | None = None
    accent: tuple[int, int, int] = (91, 45, 190)
