"""What a file of registrants can say: its fields, and the headings they are known by."""

from dataclasses import dataclass

from core.words import _
from registry.parsing.headings import ELSEWHERE, HOUSEHOLD_CODE


@dataclass(frozen=True)
class Field:
    """One thing that can be said of a row; `headings` are other names files give its column."""

    name: str
    headings: str  # in English, French, Spanish and Arabic
    required: bool = False
    example: str = ""
    is_day: bool = False
    elsewhere: str = ""  # in further languages, where they are not those of ELSEWHERE
    label: str = ""  # what a field of an installation's own is called

    @property
    def known_as(self) -> list[str]:
        """All names files give its column."""
        others = self.elsewhere or ELSEWHERE.get(self.name, "")
        return [*self.headings.split(","), *filter(None, others.split(","))]


HOUSEHOLDS = (
    Field(
        "code",
        "household code, household id, hh id, hhid, hh code, household number, hh number, case id,"
        " code ménage, id ménage, numéro ménage, código hogar, id hogar, رقم الأسرة, رمز الأسرة,"
        " householdid, household no, hh no, code du ménage, n° ménage, numéro du ménage,"
        " código del hogar, número de hogar, id del hogar, رقم الاسرة",
        required=True,
        example="HH-00001",
        elsewhere=HOUSEHOLD_CODE,
    ),
    Field(
        "area_pcode",
        "pcode, p-code, admin code, adm code, adm4 pcode, adm3 pcode, admin4pcode, admin3pcode,"
        " area code, psgc, barangay code, admin2pcode, adm2 pcode, adm1 pcode, adm3pcode,"
        " code pcode, code zone, código área, رمز المنطقة",
        example="KS030412",
    ),
    Field(
        "settlement",
        "village, community, sitio, purok, neighbourhood, hamlet, localité, quartier, localidad,"
        " nom du village, pueblo, barrio,"
        " aldea, comunidad, القرية",
        example="Lower Quay",
    ),
    Field(
        "longitude",
        "lon, lng, long, x, gps longitude, longitud, خط الطول, long dd, lon dd, coord x, x coord,"
        " coordonnée x, coordenada x, point x, pos x, easting, gps lon, gps long, gps lng",
        example="121.73183",
    ),
    Field(
        "latitude",
        "lat, y, gps latitude, latitud, خط العرض, lat dd, coord y, y coord, coordonnée y,"
        " coordenada y, point y, pos y, northing, gps lat",
        example="17.61226",
    ),
    Field(
        "accuracy_m",
        "accuracy, gps accuracy, precision, précision, precisión, hdop, الدقة",
        example="6",
    ),
    Field(
        "location_source",
        "source, point source, coordinate source, source of location, fuente, المصدر",
        example="gps",
    ),
    Field(
        "located_on",
        "located at, gps date, date of visit, visit date, survey date, date, fecha, تاريخ",
        example="2026-06-02",
        is_day=True,
    ),
    Field(
        "size",
        "household size, hh size, hhsize, members, number of members, family size, taille,"
        " taille du ménage, tamaño, tamaño del hogar, عدد الأفراد, hsize, hh members,"
        " size of household, nombre de personnes, nombre de membres, número de personas,"
        " número de miembros, عدد أفراد الأسرة, حجم الأسرة",
        example="6",
    ),
    Field("roster", "roster state, member list, liste des membres, lista", example="complete"),
    Field("address", "street, adresse, dirección, العنوان", example="12 River Street"),
    Field(
        "phone",
        "phone number, telephone, mobile, contact number, téléphone, teléfono, celular, الهاتف,"
        " tel, mobile number, numéro de téléphone, número de teléfono, رقم الهاتف",
        example="+63 900 000 0000",
    ),
)

PEOPLE = (
    Field(
        "code",
        "person code, person id, individual id, member id, member code, code personne,"
        " código persona, رقم الفرد",
        required=True,
        example="P-000001",
    ),
    Field(
        "household_code",
        "household id, hh id, hhid, hh code, household, household number, code ménage, id ménage,"
        " código hogar, id hogar, رقم الأسرة, رمز الأسرة, householdid, household no, hh no",
        required=True,
        example="HH-00001",
        elsewhere=HOUSEHOLD_CODE,
    ),
    Field(
        "name",
        "full name, person name, member name, nom, nom complet, nombre, nombre completo, الاسم,"
        " beneficiary name, head name, name of head, household head name, nom et prénom,"
        " nom et prénoms, noms, nom du chef de ménage, nombre y apellido, nombres y apellidos,"
        " nombre del jefe de hogar, الاسم الكامل",
        required=True,
        example="Amina Doro",
    ),
    Field(
        "name_local",
        "local name, name in local script, native name, nom local, nombre local, الاسم المحلي",
        example="أمينة دورو",
    ),
    Field(
        "sex",
        "gender, sexe, genre, sexo, género, الجنس, sex of head, sexe du chef, النوع",
        example="female",
    ),
    Field(
        "birth_date",
        "date of birth, dob, birthdate, birthday, date de naissance, fecha de nacimiento,"
        " year of birth, تاريخ الميلاد, née le, né le, date naissance, année de naissance,"
        " año de nacimiento, fecha nacimiento, birth year, تاريخ الولادة",
        example="1992-03-14",
        is_day=True,
    ),
    Field(
        "birth_date_exact",
        "exact birth date, dob exact, birth date known, date exacte, fecha exacta",
        example="yes",
    ),
    Field(
        "relation",
        "relationship, relation to head, relationship to head, role, lien, lien avec le chef,"
        " parentesco, relación, صلة القرابة, relate, relat, lien de parenté,"
        " lien avec le chef de ménage, parentesco con el jefe, relation to household head",
        example="head",
    ),
    Field(
        "id_type",
        "document type, id kind, type of id, type de pièce, tipo de documento, نوع الوثيقة",
        example="national ID",
    ),
    Field(
        "id_number",
        "document number, id no, identity number, national id, numéro de pièce,"
        " número de documento, رقم الوثيقة, documentid, id number, national id number, document id,"
        " numéro d'identité, cédula, dni, cni, رقم الهوية",
        example="1234-5678-9012",
    ),
    Field(
        "disability",
        "disabled, has disability, pwd, handicap, discapacidad, الإعاقة",
        example="no",
    ),
)


def field_name(name: str) -> str:
    """What a field is called, in the reader's language."""
    return {
        "code": _("Code"),
        "area_pcode": _("P-code of the area"),
        "settlement": _("Settlement"),
        "longitude": _("Longitude"),
        "latitude": _("Latitude"),
        "accuracy_m": _("Accuracy in metres"),
        "location_source": _("How the place is known"),
        "located_on": _("Day the place was measured"),
        "size": _("Stated size"),
        "roster": _("Whether all members are listed"),
        "address": _("Address"),
        "phone": _("Phone"),
        "household_code": _("Code of the household"),
        "name": _("Name"),
        "name_local": _("Name in the local script"),
        "sex": _("Sex"),
        "birth_date": _("Birth date"),
        "birth_date_exact": _("Whether the birth date is exact"),
        "relation": _("Relation to the head"),
        "id_type": _("Kind of identifier"),
        "id_number": _("Identifier"),
        "disability": _("Disability"),
    }[name]
