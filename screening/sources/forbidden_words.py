"""The words that give a forbidden column away, by what such a column would hold. Lists only; firewall.py reads them.

Written in plain lower-case letters without anything between them: `landvanherkomst` is `land_van_herkomst` too.
"""

from __future__ import annotations

#: A header is forbidden when one of its words, or neighbouring words joined, is one of these.
WORDS: dict[str, str] = {
    "nationality, origin or descent": """
        achtergrondland afkomst afstamming allochtonen allochtoon autochtoon bevolkingsgroep birthcity
        birthcountry birthplace birthtown bornin buitenlandsebank burgerschap citizenship cityofbirth
        countryofbirth countryofincorporation countryoforigin cuisine descent foreignbank gbland gebland
        geblnd geboortegemeente geboortestad geborenin geborente gebplaats gebplts generatieherkomst herkomst
        herkomstgroep herkomstgroepering herkomstland keukentype landgeboorte landherkomst landrechtspersoon
        landvanherkomst landvannationaliteit landvanvestiging natcode nation nationalities nietwesters
        origingroup plaatsgeboorte placeofbirth racial ras rassen roots soortkeuken staatsburger townofbirth
        typekeuken vestigingsland westers
    """,
    "skin colour or looks": """
        complexion huidkleur huidskleur huidtype signalement skincolor skincolour skintone
    """,
    "residence status": """
        asiel asielzoeker asylum immigrant immigratie immigrationstatus indnummer refugee residencepermit
        residencestatus residency residencytitle statushouder verblijfscode visum visumnummer vluchteling vnr
        vnummer vreemdeling vreemdelingen vreemdelingnr werkvergunningpersoon workpermit
    """,
    "gender": """
        aanhef dhrmevr dhrmw gender genderidentiteit gesl geslacht geslachtcode heerofmevrouw manvrouw mvx
        salutation sekse sexe vrouwman
    """,
    "age, family or pregnancy": """
        aantalkinderen agegroup alleenstaand alleenstaandeouder burgerlijkestaat burgstaat children
        civilstatus family familysize gehuwd gezin gezinsleden gezinssamenstelling gezinssituatie
        huwelijkestaat huwelijksestaat kinderen kindertal leeftijd leeftijdscategorie leeftijdsgroep
        leeftijdsklasse maritalstatus pregnant zwanger
    """,
    "language": """
        contacttaal interpreter language languagecode languages moedertaal mothertongue nativelanguage
        preferredlanguage spokenlanguage spreektaal spreektalen taal taalcode taalniveau taalvaardigheid talen
        talenkennis thuistaal tolk tolknodig tolktaal voertaal voorkeurstaal voorkeurtaal
    """,
    "religion or belief": """
        denominatie denomination faith geloof geloofsrichting gezindte godsdienst kerkelijkegezindte
        kerkgenootschap levensbeschouwing levensovertuiging moskee overtuiging religie religieus religion
        religious
    """,
    "political opinion or union": """
        politicalopinion politicalparty politiek politiekegezindheid politiekepartij politiekevoorkeur
        tradeunion unionmember vakbond vakvereniging
    """,
    "sexual orientation": """
        geaardheid lhbti seksuelegeaardheid seksuelegerichtheid seksuelevoorkeur sexualorientation
        sexualpreference sexuelegeaardheid
    """,
    "health": """
        aandoening arbeidsongeschikt beperkinginrechtshandeling curatele diagnose diagnosis disability
        disabled gehandicapt gezondheid ggz handicap health healthstatus hiv hulpbehoevend illness
        invaliditeit lvb medical medicatie medication medisch ondercuratele psychisch verslaafd verslaving wlz
        wmo ziek ziekte ziektebeeld zorgbehoefte zorgindicatie zorgvraag
    """,
    "benefits or income": """
        aow bbz benefit benefits bijstand bijstandsnorm brutoloon elektriciteitsverbruik energieverbruik
        energyusage gasverbruik huurtoeslag income inkomen inkomens inkomenscategorie inkomensklasse ioaw ioaz
        jaarinkomen kinderbijslag kinderopvangtoeslag kindgebondenbudget nettoinkomen participatiewet pgb
        pwuitkering salaris salary socialassistance socialewerkvoorziening stroomverbruik toeslag toeslagen
        uitkering vermogenstoets wage wajong wao waterusage waterverbruik welfare wia woz wozbedrag wozwaarde
        wwuitkering ziektewet zorgtoeslag
    """,
    "debts": """
        arrears belastingschuld betalingsachterstand betalingsachterstanden bkr bkrregistratie debt debts
        deurwaarder huurachterstand indebted loonbeslag minnelijketraject schuld schuldbedrag schulden
        schuldenaar schuldenlast wsnp
    """,
    "BSN, A-number or another personal number": """
        administratienummer anr anummer anummerpersoon bsn bsnnr bsnnummer bsnr burgerservicenr
        burgerservicenummer citizenservicenumber fiscaalnummer idbewijs idbewijsnummer idcard iddocument
        identiteitsbewijs identiteitsdocument identiteitskaart identitycard inpanummer inpbsn legitimatie
        legitimatiebewijs legitimatienummer nationalid nationalidentificationnumber paspoort paspoortnr
        paspoortnummer passport passportnumber personalnumber persoonsnr persoonsnummer rijbewijs rijbewijsnr
        rijbewijsnummer socialsecuritynumber sofi sofinr sofinummer ssn
    """,
    "bank account or number plate": """
        bankaccount bankaccountnumber banknr bankrekening bankrekeningnummer iban ibannummer kenteken
        kentekennr licenceplate licenseplate numberplate rekeningnr rekeningnummer voertuigkenteken
    """,
    "criminal record, police or Bibob content": """
        antecedent antecedenten bibobadvies bibobconclusie bibobdossier bibobinhoud bibobonderzoek
        bibobrapport bibobtekst bibobtoelichting bvh criminalrecord detentie justitiegegevens
        justitieledocumentatie mma mmamelding mmatekst politiegegevens politieinformatie politiemutatie
        politiemutaties politierapport politieregistratie recidive strafblad suspect verdacht verdachte
        verdachten veroordeeld veroordeling veroordelingen
    """,
    "sex workers": """
        artiestennaam dames escortdame escortdames hoer hostesses ladies masseuse masseuses prostituee
        prostituees prostitute prostitutes sekswerker sekswerkers sekswerkster sekswerksters sexwerker
        sexwerkers sexworker sexworkers stagename werknaam workname
    """,
    "resident names": """
        bewoner bewonernaam bewonernamen bewoners bewonersnaam bewonersnamen gezinshoofd hoofdbewoner
        huisgenoot huisgenoten huishouden huurder huurders huurdersnaam ingeschrevene ingeschrevenen
        ingezetene inwoner inwonernaam inwoners kamerbewoner medebewoner occupant occupants resident
        residentname residentnames tenantname residents tenants
    """,
    "area as a feature": """
        aandachtswijk achterstandswijk armoede corporatiebezit krachtwijk kwetsbarewijk probleemwijk
    """,
}

#: Short or ambiguous words: forbidden only as the whole header.
WHOLE: dict[str, str] = {
    "nationality, origin or descent": "ethn etn nat natie origin race tribe volk",
    "skin colour or looks": "uiterlijk",
    "residence status": "verblijf visa",
    "gender": "applicantsex holdersex mv seks sex sexcode sexhouder",
    "age, family or pregnancy": "age kids kind",
    "language": "dialect lang",
    "health": "soa zorg",
    "benefits or income": "loon ww",
    "BSN, A-number or another personal number": "tin",
    "resident names": "tenant tenants",
}

#: Enough wherever they stand, also inside a compound that is written as one word.
STEMS: dict[str, str] = {
    "nationality, origin or descent": """
        birthplace countryofbirth ethnic ethnisch etnic etnisch geboorteland geboorteplaats herkomstland
        landvanherkomst migratieachtergrond nationalit placeofbirth staatsburgerschap
    """,
    "skin colour or looks": "huidskleur skincolo",
    "residence status": """
        immigrationstat inburgering residencepermit residencestatus verblijfsdocument verblijfsgrond
        verblijfsrecht verblijfsstatus verblijfstatus verblijfstitel verblijfsvergunning verblijftitel
        vreemdelingennum
    """,
    "gender": "gender geslacht",
    "age, family or pregnancy": "burgerlijkestaat pregnan zwangerschap",
    "language": "moedertaal nativelanguage preferredlanguage voorkeurstaal",
    "religion or belief": "geloofsovertuig godsdienst levensovertuig religi",
    "political opinion or union": "politicalopinion politiekevoorkeur vakbondslid",
    "sexual orientation": "seksuelegeaard seksuelegericht sexualorientation",
    "health": "arbeidsongeschikt diagnos gezondheid medisch psychisch ziektebeeld",
    "benefits or income": "bijstands huurtoeslag inkomen kinderopvangtoeslag uitkering wozwaarde zorgtoeslag",
    "debts": "betalingsachterst huurachterst schuldenlast schuldhulp schuldsaner",
    "BSN, A-number or another personal number": """
        burgerservice identiteitsbewijs identiteitskaart inpanummer inpbsn legitimatiebewijs paspoortn
        passportn rijbewijsn socialsecurity sofinummer
    """,
    "bank account or number plate": "bankrekening kenteken licenseplate",
    "criminal record, police or Bibob content": """
        antecedent criminalrecord justitieledoc strafblad strafrechtelijk
    """,
    "sex workers": "prostituee sekswerker sekswerkster sexwerker sexworker",
    "resident names": "bewonerna bewonersna inwonerna",
}

#: What holds one of the above and means something else: a surname, a purpose or an object of the BAG, the age that an
#: establishment asks for, a count that a letting permit is about, the channel by which a report came in.
HARMLESS = """
    aantalbewoners bewonersaantal bronherkomst gegevensherkomst geslachtnaam geslachtsnaam gezondheidszorgfunctie
    herkomstbron herkomstgegevens herkomstmelding leeftijdsgrens maxaantalbewoners maxbewoners
    maximumaantalbewoners meldingherkomst minimumleeftijd verblijfsadres verblijfsobject
"""

#: The same, for whole headers.
HARMLESS_WHOLE = """
    logiesverblijf nachtverblijf verblijfadres verblijfsruimte
"""

#: Words about people that no column is called by, but that a word list on the use of premises may not hold.
PEOPLE: dict[str, str] = {
    "people": """
        boy boys dame dames girl girls heer heren jongedame jongedames jongen jongens juffrouw kerel kerels klant
        klanten lady lui man mannen meid meiden meisje meisjes men meneer mens mensen mevrouw people persoon personen
        tiener tieners volk vrouw vrouwen vrouwtje vrouwtjes woman women
    """,
    "looks": """
        blank blanke blanken blond blonde bruine donkere getint getinte gekleurd gekleurde gesluierd gesluierde
        hoofddoek hoofddoekje hoofddoekjes kleurling kleurlingen lichtgetint lichtgetinte neger negers negerin sluier
        zwarte
    """,
    "nationality, origin or descent": """
        arbeidsmigrant arbeidsmigranten asielzoekers belg belgen buitenlander buitenlanders buitenlands buitenlandse
        deen denen duitser duitsers exotisch exotische expat expats fin finnen fransman gastarbeider gastarbeiders
        kroaten let letten migrant migranten nederlander nederlanders noor noren oostblok oostblokker oostblokkers
        oosters oosterse roma serven sinti slowaak slowaken sloveen slovenen spanjaard turk turken uitheems
        uitheemse zigeuner zigeuners zweed zweden
    """,
    "language": """
        accent anderstalig anderstalige dialect duits duitse engels engelse engelstalig frans franse gebrekkig
        nederlands nederlandse nederlandstalig spaans spaanse
    """,
}

#: How words for peoples and parts of the world begin.
ORIGIN_STEMS = """
    afghaan afghan afrikaan afrikan albane albani american amerikaan antilli arabi arabisch armeen armeni asian aziat
    braziliaan brazili bulgaar bulgari chine colombiaan congole egypt eritre ethiopi europeaan filipi ghane griek
    hongaar hongar indiaan indiase indier indones iraaks iraki iraan iranier islam italiaan japan joegosl joods jood
    kaapverd koerd kosov kroatisch latijnsamerik letland litou macedon marokka moldav moslim nigeri oekra oosteurop
    pakist palest polen polish pools romeen roemeen roemen russ senegal servier servisch slowaaks sloveens somal sudan
    surina syri tamil thai tsjech tunes turks turkij vietnam zuidamerik
"""

#: Whoever reports a nuisance.
REPORTERS = """
    anoniememelder complainant informant klager klagers melder melders reporter reporters tipgever tipgevers
"""

#: What may be said of a reporter: a token, replaced by an HMAC at intake, and of what kind the reporter is.
REPORTER_HARMLESS = """
    anoniem hash pseudoniem pseudonym rol soort token type
"""

#: Among nuisance reports the reporter's; of a sex establishment the numbers under which services are offered.
TELEPHONE = """
    gsm mobiel mobielnummer mobile phone phonenumber tel telefoon telefoonnr telefoonnummer telefoonnummers telnr
"""

#: Among nuisance reports the reporter's.
CONTACT = """
    achternaam contactgegevens email emailadres firstname lastname mail mailadres surname voornaam voornamen
"""

#: Of a sex establishment: who works there, how many, when, and what is advertised.
SEX_TRADE = """
    aantaldames aantalheren aantalwerkzamepersonen ads advertentie advertentienummer advertenties advertentietekst
    advertisement afbeelding dienstrooster escorts foto fotos heren medewerker medewerkers modellen personeel
    photo photos rooster schedule werknemer werknemers werkrooster werkschema werkzamepersonen
"""
