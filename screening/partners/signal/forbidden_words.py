"""The words that give away a field that may never leave. Lists only; forbidden.py reads them.

A list of its own beside that of the intake: what is read and what is sent are refused apart, so that a hole in one is
no hole in both.
"""

from __future__ import annotations

import re

#: Kind -> stems: a name that holds one, written in plain lower-case letters, is forbidden.
STEMS: dict[str, str] = {
    "nationaliteit of herkomst": """achtergrondland afkomst afstamm allocht autocht birthcity birthcountry birthplace
        birthtown buitenlandsebank burgerschap citizenship countryof cuisine ethni etnic etnis foreignbank gbland
        gebland geblnd geboortegemeente geboorteland geboorteplaats geboortestad geborenin geborente gebplaats gebplts
        herkomst keukentype landgeboorte landrechtspersoon landvan migratieachtergrond natcode nationalit nietwesters
        ofbirth origingroup plaatsgeboorte placeofbirth racial soortkeuken staatsburger typekeuken vestigingsland
        bevolkingsgroep""",
    "huidskleur of uiterlijk": "complexion huidkleur huidskleur huidtype pasfoto signalement skincolo skintone",
    "verblijfsstatus": """asiel asylum immigra inburgering indnummer refugee residency residencepermit residencestatus
        statushouder verblijfscode verblijfsdocument verblijfsgrond verblijfsrecht verblijfsstatus verblijfstatus
        verblijfstitel verblijfsvergunning verblijftitel visum vluchteling vreemdeling werkvergunningpersoon
        workpermit""",
    "geslacht": """applicantsex dhrmevr dhrmw gender geslacht heerofmevrouw holdersex manvrouw sekse sexcode sexhouder
        vrouwman""",
    "leeftijd of gezin": """agegroup alleenstaand burgerlijkestaat burgstaat civilstatus familysize gezin huishouden
        huwelijk kinderen kindertal leeftijd maritalstatus pregnan zwanger""",
    "taal": """contacttaal language moedertaal mothertongue spreektaal spreektalen taalcode taalniveau taalvaardig
        talenkennis thuistaal tolknodig tolktaal voertaal voorkeurstaal voorkeurtaal""",
    "religie of overtuiging": """denominat geloof gezindte godsdienst kerkelijk kerkgenoot levensbeschouw levensovertuig
        politicalopinion politicalparty politieke religi tradeunion unionmember vakbond vakverenig""",
    "seksuele gerichtheid": "lhbti seksuelegeaard seksuelegericht seksuelevoorkeur sexualorient sexualprefer"
    " sexuelegeaard",
    "gezondheid": """aandoening arbeidsongeschikt curatele diagnos disab gezondheid handicap health hulpbehoev illness
        invaliditeit medical medicat medisch psychisch rechtshandeling verslaafd verslaving ziektebeeld zorgbehoefte
        zorgindicatie zorgvraag""",
    "uitkering of inkomen": """benefit bijstand brutoloon elektriciteitsverbruik energieverbruik energyusage gasverbruik
        income inkomen kinderbijslag kindgebonden participatiewet salaris salary socialassistance socialewerk
        stroomverbruik toeslag uitkering vermogenstoets wajong waterusage waterverbruik welfare wozbedrag wozwaarde
        ziektewet""",
    "schulden": """arrears betalingsachterst debt deurwaarder huurachterst loonbeslag minnelijketraject schuld""",
    "persoonsnummer": """administratienummer bsnnr bsnnummer bsnr burgerservice citizenservice fiscaalnummer idbewijs
        idcard iddocument identiteitsbewijs identiteitsdoc identiteitskaart identitycard inpanummer inpbsn legitimatie
        nationalid paspoort passport personalnumber persoonsnr persoonsnummer rijbewijs socialsecurity sofinum""",
    "bankrekening of kenteken": """bankaccount bankrekening ibannummer kenteken licenceplate licenseplate numberplate
        rekeningnummer""",
    "strafrecht, politie of Bibob-inhoud": """antecedent bibobadvies bibobconclusie bibobdossier bibobinhoud
        bibobonderzoek bibobrapport bibobtekst bibobtoelichting criminalrecord detentie justitiegegevens justitiele
        mmamelding mmatekst politiegegeven politieinformatie politiemutatie politierapport politieregistratie recidiv
        strafblad strafrechtelijk verdacht veroordeel veroordeling""",
    "melder": "klagernaam meldernaam meldertoken naammelder reporter tipgever",
    "sekswerkers": """artiestennaam escortdame hostess masseuse prostitue prostitut sekswerker sekswerkster sexwerker
        sexworker stagename werknaam workname""",
    "bewoners": """bewonerna bewonersna gezinshoofd hoofdbewoner huisgeno huurderna huurdersna ingezeten inwoner
        kamerbewoner medebewoner naambewoner occupant residentname residents tenant""",
    "buurt als kenmerk": """aandachtswijk achterstandswijk armoede corporatiebezit krachtwijk kwetsbarewijk
        probleemwijk""",
}
#: Too short or too common to be looked for inside a name: forbidden as a whole name or as one of its words.
WORDS: dict[str, str] = {
    "nationaliteit of herkomst": """bornin descent ethn etn nat natie nation origin race ras rassen roots tribe volk
        westers""",
    "huidskleur of uiterlijk": "uiterlijk",
    "verblijfsstatus": "verblijf visa vnr vnummer",
    "geslacht": "aanhef gesl mv mvx salutation seks sex sexe",
    "leeftijd of gezin": "age children family gehuwd kids kind",
    "taal": "dialect interpreter lang taal talen tolk",
    "religie of overtuiging": "faith moskee overtuiging politiek",
    "seksuele gerichtheid": "geaardheid",
    "gezondheid": "ggz hiv lvb soa wlz wmo ziek ziekte zorg",
    "uitkering of inkomen": "aow bbz ioaw ioaz loon pgb wage wao wia woz ww",
    "schulden": "bkr bkrregistratie indebted wsnp",
    "persoonsnummer": "anr anummer anummerpersoon bsn sofi sofinr ssn tin",
    "bankrekening of kenteken": "banknr iban rekeningnr",
    "strafrecht, politie of Bibob-inhoud": "bvh mma suspect",
    "melder": "klager klagers melder melders",
    "sekswerkers": "dames hoer ladies",
    "bewoners": "bewoner bewoners huurder huurders ingeschrevene ingeschrevenen resident",
}
#: What holds one of the above and means something else: a count that a rule compares, a function of the BAG.
HARMLESS = frozenset({"aantalbewoners", "aantalmelders", "maxbewoners", "melders", "minreporters"})
#: Parts of words that hold a stem by accident: left out before it is looked for.
BY_ACCIDENT = re.compile(
    "aantalinwoners|afkomstig|geloofwaardig|geslachtsnaam|gezondheidszorgfunctie|inkomend|inwoneraantal|leeftijdsgrens|"
    "minimumleeftijd|onschuldig|verschuldigd"
)
#: Words that no sentence of a signal says: it describes a deviation at an address and accuses no one.
NEVER_SAID: dict[str, str] = {
    "een beschuldiging": r"verdacht\w*|dader\w*|crimine\w+|misdadig\w*|mensenhandelaar\w*|uitbuiter\w*|katvanger",
    "een slachtoffer": r"slachtoffer\w*",
    "een sekswerker": r"sekswerk(?:er|ster)\w*|prostituees?|hoer\w*",
    "nationaliteit of herkomst": r"nationaliteit\w*|etniciteit|allochto\w+|buitenlander\w*|"
    r"(?:roemeen|bulgaar|pool|hongaar|nigeria|vietname|chine|thai|marokk|turk|syri|eritre|albane)"
    r"(?:s|se|en|zen|ze|es|ns|nse|aan|aans|aanse)",
    "gezondheid": r"verslaafd\w*|psychiatr\w*|zwanger\w*|hiv",
}
