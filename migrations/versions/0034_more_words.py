"""Word lists of land, spellings in further languages, and people found by their group."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ar")

# list: code, labels in the languages above, other spellings
LISTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "tenure": (
        ("owned", "owned|en propriété|en propiedad|ملك", "owner|propriétaire|propietario"),
        ("rented", "rented|loué|alquilado|مستأجر", "tenant|locataire"),
        ("sharecropped", "sharecropped|métayage|aparcería|مزارعة", ""),
        ("customary", "customary|coutumier|consuetudinario|عرفي", ""),
        ("communal", "communal|communal|comunal|مشاع", "community land"),
        ("state", "state land|terre de l'État|tierra fiscal|أرض الدولة", "public"),
        ("lent", "used for free|prêté|prestado|معار", "borrowed"),
        ("informal", "without title|sans titre|sin título|دون سند", "squatted|occupied"),
    ),
    "land_use": (
        ("dwelling", "dwelling|habitation|vivienda|سكن", "homestead|house|residential"),
        ("cropland", "cropland|cultures|cultivos|أرض زراعية", "crops|field|arable"),
        ("paddy", "rice paddy|rizière|arrozal|حقل أرز", "rice"),
        ("orchard", "orchard|verger|huerto|بستان", "plantation|trees"),
        ("pasture", "pasture|pâturage|pasto|مرعى", "grazing|rangeland"),
        ("forest", "forest|forêt|bosque|غابة", "woodland"),
        ("pond", "fish pond|étang|estanque|بركة أسماك", "aquaculture"),
        ("fallow", "fallow|jachère|barbecho|بور", ""),
        ("business", "shop or workshop|commerce ou atelier|comercio o taller|متجر أو ورشة", ""),
        ("other_use", "other use|autre usage|otro uso|استخدام آخر", "other"),
    ),
}
# list, code: other spellings beside those it had, in further languages
SPELLINGS: dict[tuple[str, str], str] = {
    ("sex", "female"): (
        "feminino|weiblich|femmina|kobieta|żeński|k|женский|жен|женщина|ж|жіноча|жінка|kadın|"
        "perempuan|wanita|p|mwanamke|nữ|女|女性|زن"
    ),
    ("sex", "male"): (
        "männlich|maschio|mężczyzna|męski|мужской|муж|мужчина|м|чоловіча|чоловік|ч|erkek|"
        "laki-laki|pria|l|mwanaume|nam|男|男性|مرد"
    ),
    ("relation", "head"): (
        "chefe|chefe de família|chefe do agregado|haushaltsvorstand|capofamiglia|"
        "głowa gospodarstwa|głowa rodziny|глава|глава семьи|глава домохозяйства|"
        "голова домогосподарства|hane reisi|aile reisi|kepala keluarga|kepala rumah tangga|"
        "mkuu wa kaya|chủ hộ|户主|سرپرست خانوار"
    ),
    ("relation", "spouse"): (
        "cônjuge|ehepartner|ehefrau|ehemann|coniuge|moglie|marito|małżonek|żona|mąż|супруг|"
        "супруга|жена|дружина|eş|eşi|istri|suami|mwenzi|vợ|chồng|配偶|妻子|丈夫|همسر"
    ),
    ("relation", "child"): (
        "filho|filha|kind|sohn|tochter|figlio|figlia|dziecko|syn|córka|ребенок|сын|дочь|"
        "дитина|син|донька|çocuk|oğul|anak|mtoto|con|con trai|con gái|子女|儿子|女儿|孩子|فرزند|"
        "پسر|دختر"
    ),
    ("relation", "parent"): (
        "pai|mãe|mutter|vater|genitore|rodzic|matka|ojciec|мать|отец|мати|батько|anne|baba|"
        "orang tua|ibu|ayah|bố|mẹ|父母|父亲|母亲|مادر|پدر"
    ),
    ("relation", "sibling"): (
        "irmão|irmã|bruder|schwester|fratello|sorella|brat|siostra|брат|сестра|kardeş|kakak|"
        "adik|anh|chị|em|兄弟|姐妹|برادر|خواهر"
    ),
    ("relation", "grandparent"): (
        "avô|avó|großmutter|großvater|nonno|nonna|babcia|dziadek|бабушка|дедушка|nenek|kakek|"
        "ông|bà|祖父|祖母"
    ),
    ("relation", "grandchild"): (
        "neto|neta|enkel|enkelin|nipote|wnuk|wnuczka|внук|внучка|torun|cucu|mjukuu|cháu|孙子|"
        "孙女|نوه"
    ),
    ("civil_status", "single"): (
        "solteiro|solteira|ledig|celibe|nubile|kawaler|panna|холост|не замужем|bekar|"
        "belum kawin|độc thân|未婚"
    ),
    ("civil_status", "married"): (
        "verheiratet|sposato|sposata|żonaty|zamężna|женат|замужем|evli|kawin|đã kết hôn|已婚"
    ),
    ("civil_status", "separated"): ("getrennt"),
    ("civil_status", "divorced"): (
        "geschieden|divorziato|rozwiedziony|разведен|разведена|boşanmış|cerai|ly hôn|离婚"
    ),
    ("civil_status", "widowed"): (
        "viúvo|viúva|verwitwet|vedovo|vedova|wdowiec|wdowa|вдова|вдовец|dul|duda|janda|góa|丧偶"
    ),
}


def upgrade() -> None:
    add = sa.text(
        "insert into vocabularies (list, code, labels, synonyms, position)"
        " values (:list, :code, :labels, :synonyms, :position)"
        " on conflict (list, code) do nothing"
    ).bindparams(sa.bindparam("labels", type_=sa.JSON))
    op.execute("alter table vocabularies disable trigger user")
    for name, words in LISTS.items():
        for position, (code, labels, synonyms) in enumerate(words):
            said = {
                "list": name,
                "code": code,
                "labels": dict(zip(LANGUAGES, labels.split("|"), strict=True)),
                "synonyms": [each for each in synonyms.split("|") if each],
                "position": position,
            }
            op.get_bind().execute(add, said)
    spell = sa.text(
        "update vocabularies set synonyms = synonyms || array("
        " select said from unnest(cast(:said as text[])) as said"
        " where said <> all (synonyms))"
        " where list = :list and code = :code"
    )
    for (name, code), spellings in SPELLINGS.items():
        op.get_bind().execute(spell, {"list": name, "code": code, "said": spellings.split("|")})
    op.execute("alter table vocabularies enable trigger user")
    op.create_index("ix_individuals_counted_in", "individuals", ["counted_in"])


def downgrade() -> None:
    op.drop_index("ix_individuals_counted_in", "individuals")
    op.get_bind().execute(
        sa.text("delete from vocabularies where list = any (:lists)"), {"lists": [*LISTS]}
    )
