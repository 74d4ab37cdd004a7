"""Names that people write in several languages: fields `label-en`, `label-fr` of a form."""

from werkzeug.datastructures import MultiDict

from app.deciding.languages import language_called
from app.request import db
from core.country import country
from core.words import SOURCE, spoken_languages
from registry.queries.vocabularies import tags_written


def languages() -> list[tuple[str, str]]:
    """The languages names are written in, by their tag: those the country offers, its first one
    first, and then those in which words of lists came."""
    at = country()
    tags = dict.fromkeys([SOURCE, at.language, *at.languages, *tags_written(db())])
    return [(tag, language_called(tag)) for tag in tags]


def languages_read() -> list[tuple[str, str]]:
    """The languages people may read in: of those the country offers, the ones that are spoken."""
    offered = country().languages
    return [(tag, name) for tag, name in spoken_languages() if tag in offered or tag == SOURCE]


def by_language(form: MultiDict[str, str], name: str) -> dict[str, str]:
    """What a form says by language tag; what is empty is left out."""
    said = {tag: form.get(f"{name}-{tag}", "").strip() for tag, _language in languages()}
    return {tag: text for tag, text in said.items() if text}
