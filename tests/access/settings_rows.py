"""The rows of settings, and of the lists and rules that are found there."""

from app.auth.permissions import May as Roof
from registry.permissions import May as Registry
from tests.access.rows import NOTHING, PLAIN, WORD, WORDS, Row, needs

SETTINGS = needs(Roof.WRITE_SETTINGS)
KEEPING = needs(Registry.WRITE_RETENTION)
TERMS = needs(Registry.WITHHOLD_TERMS)
SECTION, RULE = {"section": "settings_section"}, {"rule_id": "user_id"}

SETTINGS_GETS: dict[str, Row] = {
    "brand.logo": Row(shows=NOTHING, about={"sha256": "sha256"}),
    "brand.sheet": Row(shows=NOTHING, about={"version": "code"}),
    "identifier_types.index": Row(WORDS, PLAIN),
    "retention.index": Row(KEEPING),
    "settings.index": Row(SETTINGS),
    "settings.show": Row(SETTINGS, about=SECTION),
    "terms.index": Row(TERMS),
    "vocabularies.index": Row(shows=PLAIN),
    "vocabularies.show": Row(WORDS, PLAIN, WORD),
}
SETTINGS_POSTS: dict[str, Row] = {
    "identifier_types.change": Row(WORDS, about={"code": "kind"}),
    "retention.end": Row(KEEPING, about=RULE),
    "retention.start": Row(KEEPING, about=RULE),
    "retention.write": Row(KEEPING),
    "settings.change": Row(SETTINGS, about=SECTION),
    "terms.offer": Row(TERMS),
    "vocabularies.change": Row(WORDS, about=WORD),
    "vocabularies.create": Row(WORDS),
    "vocabularies.turn": Row(WORDS, about=WORD),
}
