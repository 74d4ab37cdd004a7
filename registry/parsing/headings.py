"""What files in further languages call their columns, beside English, French, Spanish and Arabic.

By field, of one language after the other: Portuguese, German, Italian, Polish, Russian, Ukrainian,
Turkish, Indonesian, Swahili, Vietnamese, Chinese and Persian.
"""

HOUSEHOLD_CODE = (
    "código do agregado, código da família, número do agregado, haushaltsnummer,"
    " haushaltscode, haushalts id, codice famiglia, id famiglia, kod gospodarstwa,"
    " numer gospodarstwa, id gospodarstwa, код домохозяйства, номер домохозяйства, код семьи,"
    " код домогосподарства, номер домогосподарства, hane kodu, hane no, hane numarası,"
    " kode rumah tangga, nomor kk, no kk, namba ya kaya, mã hộ, mã hộ gia đình, 户编号, 户号,"
    " 家庭编号, کد خانوار, شماره خانوار"
)

ELSEWHERE = {
    "area_pcode": "código da área, código do distrito, gebietscode, gemeindeschlüssel,"
    " codice area, codice istat, kod obszaru, teryt, код района, код территории, код громади,"
    " код території, катоттг, bölge kodu, kode desa, kode wilayah, msimbo wa eneo, mã xã,"
    " mã vùng, 区域代码, 行政区代码, کد منطقه",
    "settlement": "aldeia, povoado, localidade, comunidade, bairro, dorf, siedlung, ortschaft,"
    " villaggio, località, wieś, miejscowość, село, деревня, населенный пункт, посёлок,"
    " населений пункт, köy, mahalle, desa, dusun, kampung, kijiji, thôn, làng, 村, 村庄, 社区,"
    " روستا",
    "longitude": "längengrad, geographische länge, longitudine, długość geograficzna,"
    " długość geogr, долгота, довгота, boylam, bujur, garis bujur, longitudo, kinh độ, 经度,"
    " طول جغرافیایی",
    "latitude": "breitengrad, geographische breite, latitudine, szerokość geograficzna,"
    " szerokość geogr, широта, enlem, lintang, garis lintang, latitudo, vĩ độ, 纬度,"
    " عرض جغرافیایی",
    "accuracy_m": "precisão, genauigkeit, precisione, accuratezza, dokładność, точность,"
    " точність, doğruluk, akurasi, độ chính xác, 精度, دقت",
    "located_on": "data da visita, besuchsdatum, data visita, data della visita, data wizyty,"
    " дата визита, дата посещения, дата візиту, ziyaret tarihi, tanggal kunjungan, 访问日期",
    "size": "tamanho do agregado, tamanho da família, número de pessoas, número de membros,"
    " haushaltsgröße, anzahl personen, personenzahl, numero componenti, componenti,"
    " liczba osób, wielkość gospodarstwa, размер домохозяйства, размер семьи,"
    " количество человек, число членов, розмір домогосподарства, кількість осіб,"
    " hane büyüklüğü, kişi sayısı, hane halkı sayısı, jumlah anggota, jumlah anggota keluarga,"
    " jumlah jiwa, idadi ya watu, ukubwa wa kaya, số người, số nhân khẩu, quy mô hộ, 人数, 人口,"
    " 家庭人数, 户人口, تعداد اعضا, تعداد افراد",
    "address": "endereço, morada, anschrift, straße, indirizzo, adres, ulica, адрес, улица,"
    " адреса, вулиця, alamat, anwani, địa chỉ, 地址, آدرس, نشانی",
    "phone": "telefone, telemóvel, número de telefone, telefon, telefonnummer, handy,"
    " telefono, cellulare, numero di telefono, numer telefonu, телефон, номер телефона,"
    " мобильный телефон, номер телефону, telefon numarası, cep telefonu, telepon,"
    " nomor telepon, no hp, nomor hp, simu, namba ya simu, điện thoại, số điện thoại, 电话,"
    " 电话号码, 手机, 手机号, تلفن, شماره تلفن, موبایل",
    "name": "nome, nome completo, nome do chefe, vollständiger name, nominativo,"
    " nome e cognome, cognome e nome, imię i nazwisko, nazwisko i imię, фио, ф.и.о., имя,"
    " полное имя, піб, ім'я, повне ім'я, ad soyad, adı soyadı, isim, nama, nama lengkap, jina,"
    " jina kamili, họ tên, họ và tên, 姓名, 名字, نام و نام خانوادگی, نام کامل",
    "given_name": "primeiro nome, nome próprio, vorname, nome di battesimo, imię, імена,"
    " nama depan, jina la kwanza",
    "other_names": "nome do meio, zweiter vorname, drugie imię, отчество, по батькові,"
    " ikinci ad, nama tengah, jina la kati",
    "family_name": "sobrenome, apelido, nome de família, nachname, familienname, cognome,"
    " nazwisko, фамилия, прізвище, soyad, soyadı, nama belakang, nama keluarga, jina la ukoo,"
    " 姓, 姓氏, نام خانوادگی",
    "sex": "gênero, geschlecht, sesso, płeć, пол, стать, cinsiyet, jenis kelamin, jinsia,"
    " giới tính, 性别, جنسیت",
    "birth_date": "data de nascimento, nascimento, ano de nascimento, geburtsdatum,"
    " geburtstag, geburtsjahr, data di nascita, anno di nascita, data urodzenia,"
    " rok urodzenia, дата рождения, год рождения, дата народження, рік народження,"
    " doğum tarihi, doğum yılı, tanggal lahir, tgl lahir, tahun lahir, tarehe ya kuzaliwa,"
    " mwaka wa kuzaliwa, ngày sinh, năm sinh, 出生日期, 出生年份, 生日, تاریخ تولد, سال تولد",
    "age": "idade, alter, età, wiek, возраст, вік, yaş, usia, umur, umri, tuổi, 年龄, سن",
    "relation": "parentesco com o chefe, relação com o chefe, grau de parentesco,"
    " verwandtschaft, beziehung zum haushaltsvorstand, grado di parentela, parentela,"
    " pokrewieństwo, родство, степень родства, отношение к главе, спорідненість, yakınlık,"
    " akrabalık, hubungan, hubungan keluarga, uhusiano, quan hệ, quan hệ với chủ hộ, 与户主关系,"
    " 关系, نسبت",
    "id_type": "tipo de documento, ausweisart, tipo documento, rodzaj dokumentu,"
    " тип документа, вид документа, belge türü, jenis dokumen, aina ya kitambulisho,"
    " loại giấy tờ, 证件类型",
    "id_number": "número do documento, cpf, ausweisnummer, codice fiscale, numero documento,"
    " pesel, numer dokumentu, номер документа, номер паспорта, иин, инн, рнокпп, kimlik no,"
    " tc kimlik no, nik, nomor ktp, namba ya kitambulisho, số cmnd, số cccd, 身份证号, 身份证号码,"
    " 证件号码, کد ملی, شماره ملی",
    "disability": "deficiência, behinderung, disabilità, niepełnosprawność, инвалидность,"
    " інвалідність, engelli, engellilik, disabilitas, ulemavu, khuyết tật, 残疾, معلولیت",
    "men": "homens, männer, uomini, mężczyźni, мужчины, чоловіки, erkekler, laki-laki, wanaume",
    "women": "mulheres, frauen, donne, kobiety, женщины, жінки, kadınlar, perempuan, wanawake",
    "boys": "meninos, rapazes, jungen, ragazzi, chłopcy, мальчики, хлопчики, anak laki-laki,"
    " wavulana",
    "girls": "meninas, raparigas, mädchen, ragazze, dziewczęta, девочки, дівчатка,"
    " anak perempuan, wasichana",
    "is_head": "chefe de família, chefe do agregado, haushaltsvorstand, capofamiglia,"
    " głowa gospodarstwa, глава домохозяйства, глава семьи, голова домогосподарства,"
    " hane reisi, kepala keluarga, mkuu wa kaya, chủ hộ, 户主, سرپرست خانوار",
    "civil_status": "estado civil, familienstand, stato civile, stan cywilny,"
    " семейное положение, сімейний стан, medeni durum, status perkawinan, hali ya ndoa,"
    " tình trạng hôn nhân, 婚姻状况, وضعیت تاهل",
}
