"""The words every registry begins with: sex, relations, kinds of identifier and of group."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.table(
    "vocabularies",
    sa.column("list", sa.Text),
    sa.column("code", sa.Text),
    sa.column("labels", JSONB),
    sa.column("synonyms", ARRAY(sa.Text)),
    sa.column("uri", sa.Text),
    sa.column("position", sa.BigInteger),
)
GENDER = "http://hl7.org/fhir/administrative-gender"
LANGUAGES = ("en", "fr", "es", "ar")

# list: (code, labels in the languages above, other spellings, URI)
SEEDS: dict[str, list[tuple[str, str, str, str | None]]] = {
    "sex": [
        (
            "female",
            "female|féminin|femenino|أنثى",
            "f|femme|fille|mujer|woman|girl|w|امرأة",
            GENDER,
        ),
        ("male", "male|masculin|masculino|ذكر", "m|homme|garçon|hombre|man|boy|h|رجل", GENDER),
        ("other", "other|autre|otro|آخر", "o", GENDER),
    ],
    "relation": [
        (
            "head",
            "head of household|chef de ménage|jefe de hogar|رب الأسرة",
            "hoh|self|chef|jefe|jefa",
            None,
        ),
        (
            "spouse",
            "spouse|conjoint|cónyuge|زوج",
            "wife|husband|partner|épouse|époux|esposa|esposo",
            None,
        ),
        ("child", "child|enfant|hijo|ابن", "son|daughter|fils|fille|hija|ابنة", None),
        ("parent", "parent|parent|padre|والد", "mother|father|mère|père|madre|والدة", None),
        (
            "parent_in_law",
            "parent-in-law|beau-parent|suegro|حمو",
            "mother-in-law|father-in-law|suegra",
            None,
        ),
        (
            "grandparent",
            "grandparent|grand-parent|abuelo|جد",
            "grandmother|grandfather|abuela",
            None,
        ),
        ("grandchild", "grandchild|petit-enfant|nieto|حفيد", "grandson|granddaughter|nieta", None),
        (
            "sibling",
            "sibling|frère ou sœur|hermano|أخ",
            "brother|sister|frère|sœur|hermana|أخت",
            None,
        ),
        (
            "child_in_law",
            "child-in-law|gendre ou bru|yerno|صهر",
            "son-in-law|daughter-in-law|nuera",
            None,
        ),
        (
            "other_relative",
            "other relative|autre parent|otro pariente|قريب آخر",
            "relative|uncle|aunt|nephew|niece|cousin",
            None,
        ),
        (
            "not_related",
            "not related|sans lien|sin parentesco|لا قرابة",
            "unrelated|non-relative|friend|lodger|domestic worker",
            None,
        ),
        ("member", "member|membre|miembro|عضو", "other", None),
    ],
    "id_type": [
        (
            "national_id",
            "national ID|carte d'identité nationale|documento nacional de identidad|بطاقة الهوية",
            "nid|national id card|id card|cni|dni|philsys",
            None,
        ),
        (
            "birth_record",
            "birth record|acte de naissance|partida de nacimiento|شهادة ميلاد",
            "birth certificate|birth registration|extrait de naissance",
            None,
        ),
        ("passport", "passport|passeport|pasaporte|جواز سفر", "", None),
        (
            "voter_card",
            "voter card|carte d'électeur|credencial de elector|بطاقة ناخب",
            "voter id|voters id|voter's id",
            None,
        ),
        (
            "refugee_id",
            "refugee ID|carte de réfugié|carné de refugiado|بطاقة لاجئ",
            "unhcr|unhcr id|progres id",
            None,
        ),
        (
            "case_number",
            "case number|numéro de dossier|número de caso|رقم الملف",
            "case id|case|dossier",
            None,
        ),
        ("other_id", "other identifier|autre identifiant|otro documento|معرّف آخر", "other", None),
    ],
    "group_kind": [
        ("household", "household|ménage|hogar|أسرة معيشية", "", None),
        ("family", "family|famille|familia|عائلة", "", None),
        ("farm", "farm|exploitation agricole|explotación agrícola|مزرعة", "", None),
        (
            "association",
            "association|association|asociación|جمعية",
            "cooperative|coopérative",
            None,
        ),
    ],
}


def upgrade() -> None:
    op.bulk_insert(
        WORDS,
        [
            {
                "list": name,
                "code": code,
                "labels": dict(zip(LANGUAGES, labels.split("|"), strict=True)),
                "synonyms": [word for word in synonyms.split("|") if word],
                "uri": uri and f"{uri}#{code}",
                "position": position,
            }
            for name, words in SEEDS.items()
            for position, (code, labels, synonyms, uri) in enumerate(words)
        ],
    )
