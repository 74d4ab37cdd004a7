"""Words of cells that mean one of a fixed few things, in the languages files come in."""

YES_NO = {
    "yes": "yes y true 1 oui o vrai sí si s verdadero نعم sim ja tak да так evet ya ndiyo có 是"
    " بله",
    "no": "no n false 0 non faux falso لا não nein nie нет ні hayır tidak hapana không 否 خیر",
}
ROSTER = {
    "complete": "complete full whole yes y true 1 complet complète oui completo completa sí كاملة",
    "partial": "partial incomplete no n false 0 partiel partielle non parcial incompleto جزئية",
}
SOURCE = {
    "gps": "gps gnss phone device measured terrain campo",
    "building": "building footprint rooftop bâtiment edificio مبنى",
    "address": "address geocoded adresse dirección عنوان",
    "settlement": "settlement village community centroid localité localidad قرية",
    "area": "area admin administrative zone área منطقة",
}
FIXED = {"yes_no": YES_NO, "roster": ROSTER, "location_source": SOURCE}


def fixed_words() -> list[tuple[str, str, str]]:
    """List, word in lower case, and what it means."""
    return [
        (name, word, code)
        for name, words in FIXED.items()
        for code, spellings in words.items()
        for word in dict.fromkeys(spellings.split())
    ]
