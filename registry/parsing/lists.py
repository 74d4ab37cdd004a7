"""The words every registry begins with, in four languages and as files are known to write them.

Who runs a registry may add words and relabel them; a check of a file that has no registry behind it
goes by these.
"""

from dataclasses import dataclass

LANGUAGES = ("en", "fr", "es", "ar")


@dataclass(frozen=True)
class Word:
    """One word of a list: its code, its labels in LANGUAGES, and other spellings."""

    code: str
    labels: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


def _words(*lines: str) -> tuple[Word, ...]:
    """Words of lines such as `code: en|fr|es|ar: synonym|synonym`."""
    parts = [[part.strip() for part in line.split(":")] for line in lines]
    return tuple(
        Word(code, tuple(labels.split("|")), tuple(filter(None, synonyms.split("|"))))
        for code, labels, synonyms in parts
    )


LISTS: dict[str, tuple[Word, ...]] = {
    "sex": _words(
        "female: female|féminin|femenino|أنثى: f|femme|fille|mujer|woman|girl|w|امرأة|feminine|fem"
        "|féminine|femenina|femmes|hembra|mme|mrs|ms|بنت|إناث"
        "|feminino|weiblich|femmina|kobieta|żeński|k|женский|жен|женщина|ж|жіноча|жінка|kadın"
        "|perempuan|wanita|p|mwanamke|nữ|女|女性|زن",
        "male: male|masculin|masculino|ذكر: m|homme|garçon|hombre|man|boy|h|رجل|masculine|masc"
        "|varón|mr|ولد|ذكور"
        "|männlich|maschio|mężczyzna|męski|мужской|муж|мужчина|м|чоловіча|чоловік|ч|erkek"
        "|laki-laki|pria|l|mwanaume|nam|男|男性|مرد",
        "other: other|autre|otro|آخر: o|non-binary|autres|otra",
    ),
    "relation": _words(
        "head: head of household|chef de ménage|jefe de hogar|رب الأسرة: hoh|self|chef|jefe|jefa"
        "|head|household head|hh head|cheffe|cheffe de ménage|chef de famille|jefa de hogar"
        "|jefe de familia|respondent|رب الاسرة"
        "|chefe|chefe de família|chefe do agregado|haushaltsvorstand|capofamiglia"
        "|głowa gospodarstwa|głowa rodziny|глава|глава семьи|глава домохозяйства"
        "|голова домогосподарства|hane reisi|aile reisi|kepala keluarga|kepala rumah tangga"
        "|mkuu wa kaya|chủ hộ|户主|سرپرست خانوار",
        "spouse: spouse|conjoint|cónyuge|زوج: wife|husband|partner|épouse|époux|esposa|esposo"
        "|conjointe|mari|femme|marido|pareja|زوجة|spouse/partner"
        "|cônjuge|ehepartner|ehefrau|ehemann|coniuge|moglie|marito|małżonek|żona|mąż|супруг"
        "|супруга|жена|дружина|eş|eşi|istri|suami|mwenzi|vợ|chồng|配偶|妻子|丈夫|همسر",
        "child: child|enfant|hijo|ابن: son|daughter|fils|fille|hija|ابنة|adopted child"
        "|son/daughter|fils/fille|hijo/hija|biological child|stepchild|foster child"
        "|enfant adopté|hijo adoptivo|بنت"
        "|filho|filha|kind|sohn|tochter|figlio|figlia|dziecko|syn|córka|ребенок|сын|дочь|дитина"
        "|син|донька|çocuk|oğul|anak|mtoto|con|con trai|con gái|子女|儿子|女儿|孩子|فرزند"
        "|پسر|دختر",
        "parent: parent|parent|padre|والد: mother|father|mère|père|madre|والدة|parent/parentlaw"
        "|father/mother|mother/father|père/mère|padre/madre|أب|أم"
        "|pai|mãe|mutter|vater|genitore|rodzic|matka|ojciec|мать|отец|мати|батько|anne|baba"
        "|orang tua|ibu|ayah|bố|mẹ|父母|父亲|母亲|مادر|پدر",
        "parent_in_law: parent-in-law|beau-parent|suegro|حمو: mother-in-law|father-in-law|suegra"
        "|beau-père|belle-mère",
        "grandparent: grandparent|grand-parent|abuelo|جد: grandmother|grandfather|abuela|جدة"
        "|grand-père|grand-mère"
        "|avô|avó|großmutter|großvater|nonno|nonna|babcia|dziadek|бабушка|дедушка|nenek|kakek"
        "|ông|bà|祖父|祖母",
        "grandchild: grandchild|petit-enfant|nieto|حفيد: grandson|granddaughter|nieta|حفيدة"
        "|petit-fils|petite-fille"
        "|neto|neta|enkel|enkelin|nipote|wnuk|wnuczka|внук|внучка|torun|cucu|mjukuu|cháu|孙子|孙女"
        "|نوه",
        "sibling: sibling|frère ou sœur|hermano|أخ: brother|sister|frère|sœur|hermana|أخت"
        "|brother/sister|frère/sœur|hermano/hermana|soeur"
        "|irmão|irmã|bruder|schwester|fratello|sorella|brat|siostra|брат|сестра|kardeş|kakak"
        "|adik|anh|chị|em|兄弟|姐妹|برادر|خواهر",
        "child_in_law: child-in-law|gendre ou bru|yerno|صهر: son-in-law|daughter-in-law|nuera"
        "|son/daughterlaw|son/daughter-in-law|gendre|bru|belle-fille|beau-fils",
        "other_relative: other relative|autre parent|otro pariente|قريب آخر: relative|uncle|aunt"
        "|nephew|niece|cousin|oncle|tante|neveu|nièce|tío|tía|sobrino|sobrina|primo|prima|قريب",
        "not_related: not related|sans lien|sin parentesco|لا قرابة: unrelated|non-relative|friend"
        "|lodger|domestic worker|househelp|house help|tenant|ami|amigo|no pariente",
        "member: member|membre|miembro|عضو: other|household member|autre|otro",
    ),
    "id_type": _words(
        "national_id: national ID|carte d'identité nationale|documento nacional de identidad"
        "|بطاقة الهوية: nid|national id card|id card|cni|dni|philsys|cin|cédula|carte d'identité"
        "|identity card|national identity card|nin|هوية",
        "birth_record: birth record|acte de naissance|partida de nacimiento|شهادة ميلاد"
        ": birth certificate|birth registration|extrait de naissance|acta de nacimiento",
        "passport: passport|passeport|pasaporte|جواز سفر: جواز",
        "voter_card: voter card|carte d'électeur|credencial de elector|بطاقة ناخب: voter id"
        "|voters id|voter's id|voters card",
        "refugee_id: refugee ID|carte de réfugié|carné de refugiado|بطاقة لاجئ: unhcr|unhcr id"
        "|progres id|refugee card",
        "case_number: case number|numéro de dossier|número de caso|رقم الملف: case id|case|dossier",
        "other_id: other identifier|autre identifiant|otro documento|معرّف آخر: other|autre|otro",
    ),
    "group_kind": _words(
        "household: household|ménage|hogar|أسرة معيشية: hh|foyer",
        "family: family|famille|familia|عائلة:",
        "farm: farm|exploitation agricole|explotación agrícola|مزرعة:",
        "association: association|association|asociación|جمعية: cooperative|coopérative",
    ),
    "civil_status": _words(
        "single: single|célibataire|soltero|أعزب: never married|unmarried|soltera|عزباء"
        "|solteiro|solteira|ledig|celibe|nubile|kawaler|panna|холост|не замужем|bekar"
        "|belum kawin|độc thân|未婚",
        "married: married|marié|casado|متزوج: mariée|casada|متزوجة|polygamous"
        "|verheiratet|sposato|sposata|żonaty|zamężna|женат|замужем|evli|kawin|đã kết hôn|已婚",
        "cohabiting: living together|union libre|unión libre|مساكنة: cohabiting|concubinage"
        "|unión de hecho|in union",
        "separated: separated|séparé|separado|منفصل: séparée|separada|منفصلة|getrennt",
        "divorced: divorced|divorcé|divorciado|مطلق: divorcée|divorciada|مطلقة"
        "|geschieden|divorziato|rozwiedziony|разведен|разведена|boşanmış|cerai|ly hôn|离婚",
        "widowed: widowed|veuf|viudo|أرمل: widow|widower|veuve|viuda|أرملة"
        "|viúvo|viúva|verwitwet|vedovo|vedova|wdowiec|wdowa|вдова|вдовец|dul|duda|janda|góa|丧偶",
    ),
    "tenure": _words(
        "owned: owned|en propriété|en propiedad|ملك: owner|propriétaire|propietario",
        "rented: rented|loué|alquilado|مستأجر: tenant|locataire",
        "sharecropped: sharecropped|métayage|aparcería|مزارعة:",
        "customary: customary|coutumier|consuetudinario|عرفي:",
        "communal: communal|communal|comunal|مشاع: community land",
        "state: state land|terre de l'État|tierra fiscal|أرض الدولة: public",
        "lent: used for free|prêté|prestado|معار: borrowed",
        "informal: without title|sans titre|sin título|دون سند: squatted|occupied",
    ),
    "land_use": _words(
        "dwelling: dwelling|habitation|vivienda|سكن: homestead|house|residential",
        "cropland: cropland|cultures|cultivos|أرض زراعية: crops|field|arable",
        "paddy: rice paddy|rizière|arrozal|حقل أرز: rice",
        "orchard: orchard|verger|huerto|بستان: plantation|trees",
        "pasture: pasture|pâturage|pasto|مرعى: grazing|rangeland",
        "forest: forest|forêt|bosque|غابة: woodland",
        "pond: fish pond|étang|estanque|بركة أسماك: aquaculture",
        "fallow: fallow|jachère|barbecho|بور:",
        "business: shop or workshop|commerce ou atelier|comercio o taller|متجر أو ورشة:",
        "other_use: other use|autre usage|otro uso|استخدام آخر: other",
    ),
}
