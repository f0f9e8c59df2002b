"""The word lists a synthetic municipality is made of: places, streets, people, companies, sentences.

All names are made up or ordinary; none is a real place, person or company. The lists of given and family names are one
mixed bag each: nothing here says, or may ever say, where a name comes from.
"""

from __future__ import annotations

MUNICIPALITY = "Zomerwaard"
PLACES: tuple[str, str] = ("Zomerwaard", "Lage Brink")
#: First four digits of the postcodes of each place, counted upwards from here.
POSTCODE_BASE: tuple[int, int] = (9611, 9671)
#: Letters of a postcode; SA, SD and SS are never issued and cannot arise.
POSTCODE_LETTERS = "ABCEGHJKLMNPRTVWXZ"

STREET_PREFIXES: tuple[str, ...] = (
    "", "", "", "Oude ", "Nieuwe ", "Korte ", "Lange ", "Grote ", "Kleine ", "Hoge ", "Verlengde ", "Eerste ",
    "Tweede ", "Burgemeester ", "Dokter ", "Sint ", "'t ",
)  # fmt: skip
STREET_STEMS: tuple[str, ...] = (
    "Adelaar", "Akker", "Ambacht", "Appel", "Arend", "Baken", "Balsem", "Beek", "Beitel", "Berken", "Bever", "Bies",
    "Bleek", "Bloesem", "Bolder", "Boog", "Braam", "Brouwer", "Buizerd", "Bunder", "Cirkel", "Dam", "Dennen", "Distel",
    "Doorn", "Drift", "Duiker", "Eiken", "Elzen", "Esdoorn", "Fazant", "Fluit", "Fonteyn", "Fuik", "Ganzen", "Gareel",
    "Gerst", "Gilde", "Goudplevier", "Graan", "Griend", "Haver", "Hazel", "Heggen", "Herders", "Hooi", "Hommel",
    "Huif", "IJsvogel", "Jasmijn", "Kamille", "Karper", "Kersen", "Kievit", "Klaver", "Klinker", "Knotwilg", "Koekoek",
    "Koper", "Kreek", "Kuiper", "Kwartel", "Lampen", "Leem", "Leeuwerik", "Lijster", "Linden", "Loods", "Mandel",
    "Meent", "Mees", "Merel", "Molen", "Mosterd", "Nachtegaal", "Oever", "Ooievaar", "Pastorie", "Peppel", "Plataan",
    "Ploeg", "Polder", "Populier", "Raap", "Reiger", "Ridder", "Riet", "Rogge", "Roos", "Schaaf", "Schelp", "Schout",
    "Sleutel", "Sluis", "Smeden", "Spaar", "Specht", "Spiegel", "Sprenkel", "Tarwe", "Terp", "Tichel", "Toren", "Tuin",
    "Uiver", "Valk", "Varen", "Veen", "Viool", "Vlas", "Vlier", "Vlinder", "Voorde", "Waag", "Wagen", "Weide", "Wever",
    "Wiek", "Wilgen", "Zadel", "Zand", "Zeven", "Zilver", "Zwaluw",
)  # fmt: skip
STREET_SUFFIXES: tuple[str, ...] = (
    "straat", "straat", "straat", "laan", "laan", "weg", "weg", "plein", "kade", "dijk", "hof", "pad", "steeg",
    "singel",
    "gracht", "dreef", "plantsoen", "markt",
)  # fmt: skip

GIVEN_NAMES: tuple[str, ...] = (
    "Anna", "Bart", "Cees", "Dirk", "Eva", "Floor", "Gerrit", "Hanneke", "Ilse", "Jan", "Karin", "Loes", "Maarten",
    "Nora", "Otto", "Petra", "Roos", "Sander", "Thomas", "Willem", "Joost", "Marijke", "Ruben", "Sofie", "Tess",
    "Aukje", "Bauke", "Doutzen", "Fokke", "Gjalt", "Hylke", "Ynske", "Jelmer", "Klaske", "Lieuwe", "Minke", "Oane",
    "Reinskje", "Sjoerd", "Tjitske", "Wiebe", "Ahmet", "Ayşe", "Burak", "Cemile", "Deniz", "Elif", "Emre", "Fatma",
    "Gökhan", "Hakan", "İbrahim", "Leyla", "Mehmet", "Nur", "Orhan", "Selin", "Tuğba", "Yusuf", "Zeynep", "Abdel",
    "Amina", "Bilal", "Driss", "Fouad", "Hafsa", "Hicham", "Ikram", "Jamal", "Khadija", "Karima", "Mounir", "Naima",
    "Omar", "Rachid", "Samira", "Soufiane", "Yasmina", "Zakaria", "Agnieszka", "Bartosz", "Dorota", "Ewa", "Grzegorz",
    "Halina", "Jacek", "Katarzyna", "Łukasz", "Magdalena", "Michał", "Paweł", "Renata", "Stanisław", "Tomasz", "Wanda",
    "Zofia", "Anil", "Carmelita", "Dewi", "Farida", "Glenn", "Humphrey", "Indra", "Joyce", "Kenneth", "Lilian",
    "Marlon", "Orlando", "Radjin", "Ruth", "Sharda", "Steven", "Vinod", "Wensley", "Anh", "Bao", "Chi", "Dung", "Hoa",
    "Hung", "Lan", "Linh", "Minh", "Ngoc", "Phuong", "Quang", "Thanh", "Trang", "Tuan", "Adrian", "Bogdan", "Cristina",
    "Dragos", "Elena", "Florin", "Gabriela", "Horia", "Ioana", "Lavinia", "Marius", "Nicolae", "Oana", "Radu",
    "Simona", "Traian", "Viorel",
)  # fmt: skip
#: (infix, family name).
FAMILY_NAMES: tuple[tuple[str, str], ...] = (
    ("", "Aalders"), ("van den", "Akker"), ("", "Bakker"), ("van", "Beek"), ("de", "Boer"), ("", "Bosman"),
    ("ten", "Brink"), ("", "Claassen"), ("van", "Dalen"), ("", "Dekker"), ("van", "Dijk"), ("", "Evers"),
    ("van der", "Geest"), ("de", "Graaf"), ("", "Hendriks"), ("van der", "Heide"), ("", "Hofman"), ("de", "Jong"),
    ("", "Kerkhof"), ("de", "Koning"), ("", "Lammers"), ("van der", "Linden"), ("", "Maas"), ("van der", "Meer"),
    ("", "Nijhuis"), ("", "Oosting"), ("", "Pieters"), ("van", "Rijn"), ("de", "Ruiter"), ("", "Smit"),
    ("", "Teunissen"),
    ("", "Timmer"), ("van", "Vliet"), ("de", "Vries"), ("", "Wagenaar"), ("van der", "Wal"), ("", "Zijlstra"),
    ("", "Algra"), ("", "Bootsma"), ("", "Dijkstra"), ("", "Elgersma"), ("", "Feenstra"), ("", "Galema"),
    ("", "Hiemstra"), ("", "Jorritsma"), ("", "Kuipers"), ("", "Miedema"), ("", "Nauta"), ("", "Postma"),
    ("", "Rypkema"), ("", "Sikkema"), ("", "Tolsma"), ("", "Wiersma"), ("", "Ypma"), ("", "Acar"), ("", "Bulut"),
    ("", "Çelik"), ("", "Demirci"), ("", "Erdem"), ("", "Güneş"), ("", "Işık"), ("", "Karataş"), ("", "Koç"),
    ("", "Özdemir"), ("", "Polat"), ("", "Şahin"), ("", "Taş"), ("", "Uçar"), ("", "Yavuz"), ("", "Amrani"),
    ("", "Bennani"), ("", "Chakir"), ("el", "Fassi"), ("", "Haddou"), ("el", "Hamdaoui"), ("", "Kabbaj"),
    ("", "Lahlou"), ("el", "Mansouri"), ("", "Ouazzani"), ("", "Rahmouni"), ("", "Sebti"), ("", "Tazi"),
    ("", "Yousfi"),
    ("", "Zeroual"), ("", "Adamczyk"), ("", "Borkowski"), ("", "Czarnecki"), ("", "Duda"), ("", "Gajewski"),
    ("", "Jabłoński"), ("", "Kaczmarek"), ("", "Lewandowski"), ("", "Makowski"), ("", "Nowicki"), ("", "Olszewski"),
    ("", "Pawlak"), ("", "Rutkowski"), ("", "Sobczak"), ("", "Urbański"), ("", "Wróbel"), ("", "Zając"),
    ("", "Amatdjais"), ("", "Baldewsingh"), ("", "Codrington"), ("", "Doelwijt"), ("", "Fernandes"), ("", "Gangaram"),
    ("", "Hoogvliets"), ("", "Jhinkoe"), ("", "Karijoprawiro"), ("", "Landveld"), ("", "Mohan"), ("", "Pinas"),
    ("", "Ramlakhan"), ("", "Sabajo"), ("", "Soerodimedjo"), ("", "Tjon"), ("", "Vreden"), ("", "Wongsowikromo"),
    ("", "Bui"), ("", "Dinh"), ("", "Duong"), ("", "Hoang"), ("", "Huynh"), ("", "Lam"), ("", "Ngo"), ("", "Nguyen"),
    ("", "Pham"), ("", "Tran"), ("", "Trinh"), ("", "Truong"), ("", "Vu"), ("", "Avram"), ("", "Barbu"),
    ("", "Ciobanu"),
    ("", "Dobre"), ("", "Enache"), ("", "Fodor"), ("", "Grigorescu"), ("", "Ilie"), ("", "Lupu"), ("", "Munteanu"),
    ("", "Neagu"), ("", "Olteanu"), ("", "Predescu"), ("", "Rusu"), ("", "Stoica"), ("", "Toma"), ("", "Ungureanu"),
    ("", "Vlad"), ("", "Zamfir"),
)  # fmt: skip

NAME_HEADS: tuple[str, ...] = (
    "Abeel", "Akker", "Anker", "Baken", "Beuken", "Bloem", "Boei", "Brem", "Bries", "Carillon", "Dauw", "Dennen",
    "Draak", "Duin", "Eb", "Eik", "Els", "Ether", "Fakkel", "Fjord", "Fonkel", "Garve", "Gems", "Gletsjer", "Goud",
    "Granaat", "Griffioen", "Haard", "Hagel", "Havik", "Helm", "Honing", "IJzer", "Ivoor", "Jade", "Jenever", "Kaap",
    "Karmijn", "Kelp", "Kiezel", "Koraal", "Korf", "Kruid", "Kwarts", "Lantaarn", "Laurier", "Lei", "Loof", "Maan",
    "Magneet", "Marmer", "Merg", "Mist", "Mos", "Munt", "Nectar", "Nevel", "Noten", "Oker", "Olm", "Onyx", "Otter",
    "Palm", "Papaver", "Parel", "Peper", "Pijl", "Pluim", "Prisma", "Raaf", "Regen", "Robijn", "Roer", "Saffier",
    "Schans", "Schaduw", "Sikkel", "Sneeuw", "Spar", "Ster", "Storm", "Struik", "Tamme", "Teun", "Tij", "Topaas",
    "Turf", "Uil", "Vaan", "Veder", "Vijver", "Vuur", "Walnoot", "Water", "Wier", "Wijn", "Wolk", "Zeil", "Zout",
    "Zwaan",
)  # fmt: skip
NAME_TAILS: tuple[str, ...] = (
    "baai", "berg", "boom", "bron", "brug", "burcht", "dal", "drift", "eiland", "erf", "gaard", "geest", "gloed",
    "haven", "heuvel", "hoek", "horst", "huis", "kamer", "klif", "kroon", "land", "licht", "lust", "meer", "molen",
    "nest", "oord", "pad", "plaats", "poort", "punt", "rand", "rots", "schip", "schuur", "sluis", "spoor", "stee",
    "stroom", "tafel", "terp", "toren", "tuin", "vaart", "veld", "venster", "vlakte", "voorde", "waard", "wal",
    "weide",
    "wiel", "woud", "zaal", "zicht", "zijl", "zolder",
)  # fmt: skip

#: Line of business -> (prefixes of trade names, SBI codes of 2008, SBI codes of 2025).
LINES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "horeca": (
        ("Café", "Eetcafé", "Brasserie", "Restaurant", "Lunchroom", "Bistro", "Taverne"),
        ("5610", "56101", "5630"),
        ("56111", "56112", "56300"),
    ),
    "logies": (("Pension", "Hotel", "Logement", "Herberg", "Gasthof"), ("55101", "55201"), ("55100", "55200")),
    "speelhal": (("Speelhal", "Amusementshal", "Spelhuis", "Speelpunt", "Arcade"), ("92009",), ("92000",)),
    "coffeeshop": (("Coffeeshop", "Koffiehuis", "Shop", "Huis", "Salon"), ("5630",), ("56300",)),
    "seks": (("Club", "Privéhuis", "Salon", "Villa", "Residentie"), ("9609",), ("96990",)),
    "escort": (("Bemiddeling", "Gezelschap", "Agentschap", "Contactbureau", "Reservering"), ("9609",), ("96990",)),
    "winkel": (("Winkel", "Atelier", "Boetiek", "Speciaalzaak", "Warenhuis"), ("4711", "4771"), ("47110", "47710")),
    "kapper": (("Kapsalon", "Haarhuis", "Knipsalon", "Kapperij", "Haaratelier"), ("96021",), ("96210",)),
    "bouw": (("Bouwbedrijf", "Klusbedrijf", "Timmerbedrijf", "Schilders", "Stukadoors"), ("4120", "4334"), ("41000",
    "43340")),
    "advies": (("Adviesbureau", "Studio", "Bureau", "Kantoor", "Praktijk"), ("70221", "6201"), ("70200", "62100")),
    "vervoer": (("Taxi", "Koeriers", "Transport", "Vervoer", "Verhuizers"), ("4932", "5320"), ("49330", "53200")),
    "vastgoed": (("Vastgoed", "Verhuur", "Woonbeheer", "Beheer", "Panden"), ("68204",), ("68200",)),
    "uitzend": (("Uitzendbureau", "Personeelsdiensten", "Flexwerk", "Arbeidsbemiddeling",
    "Detachering"), ("7820",), ("78201",)),
    "holding": (("Holding", "Beheermaatschappij", "Groep", "Participaties",
    "Moedermaatschappij"), ("6420",), ("64210",)),
    "stichting": (("Feestcomité", "Cultuurfonds", "Evenementen", "Buurthuis", "Sportdagen"), ("9499",), ("94990",)),
}  # fmt: skip

ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("Parallelweg", "4821", "Overkant"), ("Kerkstraat", "7415", "Verderop"), ("Havenstraat", "3127", "Buitenhaven"),
    ("Stationsplein", "5233", "Elderstad"), ("Industrieweg", "8064", "Achterveen"),
)  # fmt: skip

HOURS: tuple[str, ...] = (
    "ma-do 10:00-01:00; vr-za 10:00-03:00", "ma-zo 11:00-23:00", "di-zo 16:00-01:00", "ma-za 09:00-18:00",
    "ma-zo 12:00-00:00",
)  # fmt: skip

REPORT_TEXTS: tuple[str, ...] = (
    "Muziek staat zo hard dat de ramen trillen. Gaat al weken door.",
    "Vuilniszakken naast de container, meeuwen trekken alles open.",
    "Bezoekers blijven na sluitingstijd voor de deur praten en roken.",
    "Er wonen volgens mij meer mensen dan er kamers zijn, het trapgat staat vol fietsen.",
    "Afzuiging maakt een brommend geluid tot na middernacht.",
    "Woning staat al een jaar leeg, de tuin is verwilderd.",
    "Koffers op de stoep en elke week andere gasten.",
    "Groepje hangt rond bij het portiek en laat blikjes achter.",
    "Terras staat te ver op de stoep, met een kinderwagen kun je er niet langs.",
    "Frituurlucht in de slaapkamer, melding namens de familie {name}.",
    "Graag terugbellen op 06-0{digits}, het gaat om de buren van de familie {name}.",
    "Volgens {name} van hiernaast is het elk weekend raak.",
)

GROUNDS: tuple[str, ...] = ("APV art. 2:28", "Huisvestingswet art. 35", "Gemeentewet art. 174a", "Alcoholwet art. 31")
