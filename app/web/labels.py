"""Names that people write in several languages: fields `label-en`, `label-fr` of a form."""

from babel import Locale
from werkzeug.datastructures import MultiDict

from app.request import db
from core.words import spoken_languages
from registry.queries.vocabularies import tags_written


def languages() -> list[tuple[str, str]]:
    """The languages names are written in, by their tag: those people read in, and those in which
    words of lists are written."""
    read = dict(spoken_languages())
    more = (tag for tag in tags_written(db()) if tag not in read)
    return [*read.items(), *((tag, _name(tag)) for tag in more)]


def by_language(form: MultiDict[str, str], name: str) -> dict[str, str]:
    """What a form says by language tag; what is empty is left out."""
    said = {tag: form.get(f"{name}-{tag}", "").strip() for tag, _language in languages()}
    return {tag: text for tag, text in said.items() if text}


def _name(tag: str) -> str:
    """What a language calls itself."""
    return str(Locale.parse(tag, sep="-").get_display_name(tag) or tag)
