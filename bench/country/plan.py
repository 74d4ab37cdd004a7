"""What a hand drew of Kesara before any dice fell: its rivers' courses, its provinces and towns."""

from dataclasses import dataclass

import numpy as np

from .frame import Floats

COUNTRY = "Kesara"
RIVER = "Oru"


@dataclass(frozen=True)
class Course:
    """A river's drawn course in unit coordinates, from its source down."""

    name: str
    points: Floats
    inflow: float  # drained abroad, as a share of the square


def _course(name: str, inflow: float, *points: tuple[float, float]) -> Course:
    return Course(name, np.array(points), inflow)


BORDER = np.array(
    [
        *((0.035, 0.02), (0.022, 0.16), (0.05, 0.27), (0.028, 0.36), (0.045, 0.47), (0.018, 0.55)),
        *(
            (0.055, 0.64),
            (0.062, 0.735),
            (0.095, 0.80),
            (0.085, 0.89),
            (0.14, 0.935),
            (0.22, 0.905),
        ),
        *(
            (0.285, 0.93),
            (0.335, 0.885),
            (0.385, 0.90),
            (0.43, 0.955),
            (0.52, 0.965),
            (0.575, 0.935),
        ),
        *((0.665, 0.965), (0.73, 0.93), (0.80, 0.945), (0.865, 0.885), (0.93, 0.87), (0.955, 0.80)),
        *(
            (0.985, 0.735),
            (0.965, 0.66),
            (0.915, 0.595),
            (0.925, 0.525),
            (0.965, 0.46),
            (0.985, 0.37),
        ),
        *((0.95, 0.30), (0.972, 0.20), (0.958, 0.02)),
    ]
)

COURSES = (
    _course(
        *(RIVER, 0.55),
        *((0.645, 1.0), (0.60, 0.93), (0.578, 0.85), (0.548, 0.77), (0.528, 0.70)),
        *((0.497, 0.625), (0.478, 0.56), (0.425, 0.495), (0.405, 0.43), (0.42, 0.36)),
        *((0.436, 0.30), (0.426, 0.235), (0.43, 0.17), (0.42, 0.06)),
    ),
    _course(
        *("Bel", 0.05),
        *((0.10, 0.92), (0.17, 0.77), (0.245, 0.68), (0.298, 0.60), (0.292, 0.50)),
        *((0.315, 0.41), (0.37, 0.375), (0.42, 0.36)),
    ),
    _course(
        *("Arda", 0.04),
        *((0.90, 0.88), (0.80, 0.78), (0.73, 0.69), (0.665, 0.62), (0.60, 0.56)),
        *((0.555, 0.47), (0.51, 0.40), (0.465, 0.335), (0.436, 0.30)),
    ),
    _course(
        *("Orun", 0.0),
        *((0.08, 0.63), (0.145, 0.53), (0.165, 0.44), (0.20, 0.34), (0.20, 0.25), (0.19, 0.06)),
    ),
    _course(
        *("Sabra", 0.0),
        *((0.93, 0.64), (0.845, 0.55), (0.80, 0.44), (0.725, 0.37), (0.70, 0.25), (0.69, 0.06)),
    ),
)

DELTA_ARMS = (  # where each leaves the river or arm it parts from, then on to the sea
    ("West Mouth", ((0.434, 0.292), (0.412, 0.255), (0.372, 0.19), (0.335, 0.06))),
    ("Lene Mouth", ((0.437, 0.280), (0.462, 0.245), (0.500, 0.185), (0.532, 0.06))),
    ("Reed Mouth", ((0.398, 0.232), (0.398, 0.19), (0.390, 0.14), (0.382, 0.05))),
    ("Salt Mouth", ((0.428, 0.205), (0.450, 0.175), (0.466, 0.13), (0.472, 0.05))),
)

PROVINCES = {
    "KS01": "Upper Oru",
    "KS02": "Orun Plateau",
    "KS03": "Lower Oru",
    "KS04": "Gavo Coast",
    "KS05": "Mirel Highlands",
    "KS06": "Sabra",
}


@dataclass(frozen=True)
class District:
    """A named district and where its town stands, in unit coordinates."""

    code: str
    name: str
    town: str
    u: float
    v: float
    rank: int  # 3 a city, 2 a town, 1 a small town


DISTRICTS = (
    District("KS0101", "Anuri", "Anuri", 0.572, 0.850, 1),
    District("KS0102", "Lomi", "Lomi", 0.392, 0.735, 2),
    District("KS0103", "Pell", "Pell", 0.265, 0.830, 1),
    District("KS0104", "Kaldi", "Kaldi", 0.440, 0.875, 1),
    District("KS0105", "Tirwe", "Tirwe", 0.655, 0.745, 1),
    District("KS0106", "Osane", "Osane", 0.532, 0.722, 1),
    District("KS0201", "Orun", "Orun", 0.160, 0.500, 2),
    District("KS0202", "Renka", "Renka", 0.115, 0.690, 1),
    District("KS0203", "Kivali", "Kivali", 0.304, 0.600, 2),
    District("KS0204", "Varesh", "Varesh", 0.150, 0.845, 1),
    District("KS0205", "Hadeli", "Hadeli", 0.240, 0.690, 1),
    District("KS0206", "Ruvani", "Ruvani", 0.075, 0.565, 1),
    District("KS0301", "Namuri", "Namuri", 0.428, 0.505, 3),
    District("KS0302", "Belan", "Belan", 0.309, 0.420, 2),
    District("KS0303", "Ardo", "Ardo", 0.512, 0.412, 2),
    District("KS0304", "Suma Delta", "Suma", 0.431, 0.240, 2),
    District("KS0305", "Tesko", "Tesko", 0.496, 0.618, 2),
    District("KS0306", "Port Lene", "Lene", 0.527, 0.168, 3),
    District("KS0401", "Gavo", "Gavo", 0.078, 0.330, 2),
    District("KS0402", "Halwe", "Halwe", 0.203, 0.248, 2),
    District("KS0403", "Ilmar", "Ilmar", 0.100, 0.195, 1),
    District("KS0404", "Teluse", "Teluse", 0.300, 0.205, 1),
    District("KS0405", "Bonari", "Bonari", 0.205, 0.365, 1),
    District("KS0501", "Mirel", "Mirel", 0.726, 0.685, 2),
    District("KS0502", "Temar", "Temar", 0.604, 0.560, 1),
    District("KS0503", "Vash", "Vash", 0.850, 0.620, 1),
    District("KS0504", "Toss", "Toss", 0.730, 0.850, 1),
    District("KS0505", "Kerun", "Kerun", 0.850, 0.790, 1),
    District("KS0506", "Ovala", "Ovala", 0.925, 0.700, 1),
    District("KS0601", "Sabra", "Sabra", 0.660, 0.370, 1),
    District("KS0602", "Udo", "Udo", 0.800, 0.432, 2),
    District("KS0603", "Kelm", "Kelm", 0.915, 0.220, 1),
    District("KS0604", "Dorrin", "Dorrin", 0.703, 0.185, 2),
    District("KS0605", "Palune", "Palune", 0.612, 0.250, 1),
    District("KS0606", "Yessa", "Yessa", 0.815, 0.270, 1),
    District("KS0607", "Amaro", "Amaro", 0.925, 0.410, 1),
)


def taken(codes: tuple[str, ...]) -> list[District]:
    """The districts of these codes; all of them when none is named."""
    return [district for district in DISTRICTS if not codes or district.code in codes]
