"""Invented names of villages, of which no two are alike."""

import numpy as np

FRONT = (
    *("Ab", "Ak", "Al", "Am", "An", "Ar", "As", "Ba", "Be", "Bi", "Bo", "Cha", "Da", "De", "Di"),
    *("Do", "Du", "El", "En", "Ga", "Ge", "Go", "Ha", "He", "Ho", "Ik", "Il", "Im", "Is", "Ja"),
    *("Je", "Ka", "Ke", "Ki", "Ko", "Ku", "La", "Le", "Li", "Lo", "Lu", "Ma", "Me", "Mi", "Mo"),
    *("Mu", "Na", "Ne", "Ni", "No", "Ol", "Om", "On", "Or", "Os", "Pa", "Pe", "Po", "Ra", "Re"),
    *("Ri", "Ro", "Ru", "Sa", "Se", "Sha", "She", "So", "Su", "Ta", "Te", "Ti", "To", "Tu", "Ul"),
    *("Ur", "Va", "Ve", "Vi", "Wa", "We", "Ya", "Ye", "Yo", "Za", "Ze", "Zi", "Zu"),
)
MIDDLE = (
    *("", "", "", "da", "de", "do", "ga", "go", "ka", "ke", "la", "le", "li", "lo", "ma", "mi"),
    *("mo", "na", "ne", "ni", "no", "ra", "re", "ri", "ro", "sa", "si", "ta", "te", "va", "ve"),
)
BACK = (
    *("ba", "bel", "dan", "den", "dir", "dor", "gan", "gar", "kal", "kan", "ket", "la", "lan"),
    *("lei", "lim", "lo", "lun", "mar", "mel", "min", "mor", "na", "nar", "net", "nur", "ra"),
    *("ran", "rel", "ri", "ro", "san", "sel", "si", "sko", "su", "tal", "tan", "tel", "ti"),
    *("tor", "va", "van", "vel", "vo", "yan", "ze"),
)
BEFORE = ("Upper ", "Lower ", "Old ", "New ", "East ", "West ")
AFTER = (" Bridge", " Ford", " Landing", " Reach", " Island", " Quay", " Market", " Wells")


def place_names(count: int, taken: set[str], rng: np.random.Generator) -> list[str]:
    """So many names, none of them in `taken`, none twice."""
    names: list[str] = []
    used = set(taken)
    while len(names) < count:
        name = _name(rng)
        if name not in used:
            used.add(name)
            names.append(name)
    return names


def _name(rng: np.random.Generator) -> str:
    stem = "".join(str(rng.choice(part)) for part in (FRONT, MIDDLE, BACK))
    dressed = rng.random()
    if dressed < 0.06:
        return str(rng.choice(BEFORE)) + stem
    return stem + str(rng.choice(AFTER)) if dressed < 0.16 else stem
