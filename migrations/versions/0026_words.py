"""Words as the files of others write them, and a list of civil states."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ar")

# list, code: other spellings beside those it had
SPELLINGS: dict[tuple[str, str], str] = {
    ("sex", "female"): "feminine|fem|féminine|femenina|femmes|hembra|mme|mrs|ms|بنت|إناث",
    ("sex", "male"): "masculine|masc|varón|mr|ولد|ذكور",
    ("sex", "other"): "non-binary|autres|otra",
    ("relation", "head"): (
        "head|household head|hh head|cheffe|cheffe de ménage|chef de famille|"
        "jefa de hogar|jefe de familia|respondent|رب الاسرة"
    ),
    ("relation", "spouse"): "conjointe|mari|femme|marido|pareja|زوجة|spouse/partner",
    ("relation", "child"): (
        "adopted child|son/daughter|fils/fille|hijo/hija|biological child|stepchild|"
        "foster child|enfant adopté|hijo adoptivo|بنت"
    ),
    (
        "relation",
        "parent",
    ): "parent/parentlaw|father/mother|mother/father|père/mère|padre/madre|أب|أم",
    ("relation", "parent_in_law"): "beau-père|belle-mère",
    ("relation", "grandparent"): "جدة|grand-père|grand-mère",
    ("relation", "grandchild"): "حفيدة|petit-fils|petite-fille",
    ("relation", "sibling"): "brother/sister|frère/sœur|hermano/hermana|soeur",
    (
        "relation",
        "child_in_law",
    ): "son/daughterlaw|son/daughter-in-law|gendre|bru|belle-fille|beau-fils",
    (
        "relation",
        "other_relative",
    ): "oncle|tante|neveu|nièce|tío|tía|sobrino|sobrina|primo|prima|قريب",
    ("relation", "not_related"): "househelp|house help|tenant|ami|amigo|no pariente",
    ("relation", "member"): "household member|autre|otro",
    (
        "id_type",
        "national_id",
    ): "cin|cédula|carte d'identité|identity card|national identity card|nin|هوية",
    ("id_type", "birth_record"): "acta de nacimiento",
    ("id_type", "passport"): "جواز",
    ("id_type", "voter_card"): "voters card",
    ("id_type", "refugee_id"): "refugee card",
    ("id_type", "other_id"): "autre|otro",
    ("group_kind", "household"): "hh|foyer",
}
# code: labels in the languages above, other spellings
CIVIL_STATES: dict[str, tuple[str, str]] = {
    "single": ("single|célibataire|soltero|أعزب", "never married|unmarried|soltera|عزباء"),
    "married": ("married|marié|casado|متزوج", "mariée|casada|متزوجة|polygamous"),
    "cohabiting": (
        "living together|union libre|unión libre|مساكنة",
        "cohabiting|concubinage|unión de hecho|in union",
    ),
    "separated": ("separated|séparé|separado|منفصل", "séparée|separada|منفصلة"),
    "divorced": ("divorced|divorcé|divorciado|مطلق", "divorcée|divorciada|مطلقة"),
    "widowed": ("widowed|veuf|viudo|أرمل", "widow|widower|veuve|viuda|أرملة"),
}


def upgrade() -> None:
    """Words of a registry that has changed its lists are only added to."""
    spell = sa.text(
        "update vocabularies set synonyms = synonyms || array("
        " select said from unnest(cast(:said as text[])) as said"
        " where said <> all (synonyms))"
        " where list = :list and code = :code"
    )
    add = sa.text(
        "insert into vocabularies (list, code, labels, synonyms, position)"
        " values ('civil_status', :code, :labels, :synonyms, :position)"
        " on conflict (list, code) do nothing"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON))
    op.execute("alter table vocabularies disable trigger user")
    for (name, code), said in SPELLINGS.items():
        values = {"list": name, "code": code, "said": said.split("|")}
        op.get_bind().execute(spell, values)
    for position, (code, (labels, synonyms)) in enumerate(CIVIL_STATES.items()):
        said_in = dict(zip(LANGUAGES, labels.split("|"), strict=True))
        values = {"code": code, "labels": said_in, "position": position}
        op.get_bind().execute(add, values | {"synonyms": synonyms.split("|")})
    op.execute("alter table vocabularies enable trigger user")


def downgrade() -> None:
    op.execute("delete from vocabularies where list = 'civil_status'")
