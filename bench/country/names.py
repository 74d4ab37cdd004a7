"""Given names and family names of Kesara, in both scripts. Invented people; names of many lands."""

from .script import in_kesari

WOMEN = {
    "Amina": "أمينة", "Neema": "نعيمة", "Zuri": "زوري", "Halima": "حليمة", "Lena": "لينا",
    "Rana": "رنا", "Dara": "دارا", "Salma": "سلمى", "Nadira": "نادرة", "Mira": "ميرا",
    "Samira": "سميرة", "Yara": "يارا", "Leila": "ليلى", "Farida": "فريدة", "Hana": "هناء",
    "Maryam": "مريم", "Zahra": "زهراء", "Nura": "نورة", "Asha": "عائشة", "Rima": "ريما",
    "Safiya": "صفية", "Khadija": "خديجة", "Jamila": "جميلة", "Sana": "سناء", "Dina": "دينا",
    "Latifa": "لطيفة", "Munira": "منيرة", "Rukia": "رقية", "Shirin": "شيرين", "Tala": "تالا",
    "Wafa": "وفاء", "Yasmin": "ياسمين", "Zeina": "زينة", "Badra": "بدرة", "Ghada": "غادة",
    "Ines": "إيناس", "Karima": "كريمة", "Lubna": "لبنى", "Malika": "مليكة", "Nawal": "نوال",
    "Rasha": "رشا", "Sabah": "صباح", "Thuraya": "ثريا", "Warda": "وردة", "Aziza": "عزيزة",
    "Basma": "بسمة", "Hajar": "هاجر", "Iman": "إيمان", "Jana": "جنى", "Kamila": "كاملة",
}  # fmt: skip
MEN = {
    "Sefu": "سيف", "Idris": "إدريس", "Tomas": "توماس", "Oto": "أوتو", "Omar": "عمر",
    "Karim": "كريم", "Salim": "سالم", "Nadir": "نادر", "Tariq": "طارق", "Yusuf": "يوسف",
    "Ibrahim": "إبراهيم", "Ismail": "إسماعيل", "Hamid": "حميد", "Jamal": "جمال", "Rashid": "رشيد",
    "Bilal": "بلال", "Faris": "فارس", "Hasan": "حسن", "Husni": "حسني", "Khalid": "خالد",
    "Mahdi": "مهدي", "Musa": "موسى", "Nabil": "نبيل", "Qasim": "قاسم", "Rafiq": "رفيق",
    "Sami": "سامي", "Talib": "طالب", "Walid": "وليد", "Yahya": "يحيى", "Zayd": "زيد",
    "Adil": "عادل", "Bashir": "بشير", "Dawud": "داود", "Fuad": "فؤاد", "Ghassan": "غسان",
    "Harun": "هارون", "Isa": "عيسى", "Jabir": "جابر", "Latif": "لطيف", "Munir": "منير",
    "Nasir": "ناصر", "Rida": "رضا", "Sadiq": "صادق", "Taha": "طه", "Usman": "عثمان",
    "Wasim": "وسيم", "Yunus": "يونس", "Zaki": "زكي", "Anwar": "أنور", "Hashim": "هاشم",
}  # fmt: skip
FAMILIES = (
    *("Doro", "Sen", "Marr", "Ode", "Kesh", "Velin", "Aro", "Tamur", "Bakeri", "Sollen", "Nadar"),
    *("Oruni", "Halwen", "Teskari", "Belani", "Ardeni", "Kivali", "Renkar", "Lomari", "Temarin"),
    *("Sabrani", "Dorrin", "Mirelan", "Udani", "Vashir", "Kelmani", "Anuri", "Pellar", "Tosseri"),
    *("Gavori", "Ilmari", "Bonar", "Haddeli", "Ruvan", "Varesh", "Kaldin", "Tirwen", "Osani"),
    *("Yessar", "Amaroi", "Paluni", "Keruni", "Ovalin", "Lenaro", "Sumari", "Deltani", "Markai"),
    *("Barun", "Chelo", "Dassan", "Eruki", "Fenor", "Gamari", "Hosker", "Imbari", "Jalor"),
    *("Kondar", "Lashari", "Mosani", "Nembar", "Olvari", "Pasher", "Quori", "Rendali", "Shavel"),
    *("Tolmar", "Urani", "Voskar", "Wendari", "Yolani", "Zabiri", "Ashkan", "Brenal", "Corvan"),
    *("Dunari", "Elvar", "Farosh", "Gendal", "Horani", "Ishvar", "Jorani", "Kazmir", "Lundar"),
    *("Madari", "Norvani", "Ostari", "Perulan", "Rashaan", "Sirvan", "Tarkani", "Ulmari"),
)

WOMEN_LATIN, WOMEN_LOCAL = tuple(WOMEN), tuple(WOMEN.values())
MEN_LATIN, MEN_LOCAL = tuple(MEN), tuple(MEN.values())
FAMILIES_LOCAL = tuple(in_kesari(family) for family in FAMILIES)
