"""The words that a tip of a colleague may not hold: what people are, not what was seen at an address. Lists only.

Plain lower-case letters, Dutch and English; `text.py` reads them. A word of `WORDS` counts as it stands, one of
`STEMS` wherever a word begins with it, so that inflections and compounds fall under it, and one of `JOINED` where two
neighbouring words together begin with it. Chosen so that things stay sayable: "zwarte folie", "kale kamer", "men zegt".
"""

from __future__ import annotations

#: The kinds of words, in the order in which they are told: who may be a victim comes first.
VICTIM, ORIGIN, LOOKS, LANGUAGE, BELIEF, STATUS, HEALTH, GENDER, AGE, MONEY, SEX_WORK, VERDICT = (
    "victim", "origin", "looks", "language", "belief", "status", "health", "gender", "age", "money", "sex_work",
    "verdict",
)  # fmt: skip

WORDS: dict[str, str] = {
    # somebody in need is no matter for a form: the page says to stop, and whom to call
    VICTIM: """
        afraid baby babys bang bange bevrijd bleeding captive child children crying dwang exploitation exploited
        exploiting forced gevangen gewond gewonde gewonden huilen huilend huilende injured kind kinderen kindje
        kindjes kleuter kleuters noodkreet passport passports peuter peuters rape raped scared slaaf slave
        slaven slaves toddler toddlers victim victims wounded
    """,
    ORIGIN: """
        africa african africans arab arabs asia asian asians austria austrian austrians belg belgen belgian
        belgians belgie belgisch belgische brit british brits britse britten bulgarian bulgarians china chinese
        czech czechs dane danes danish deen deens deense denen duits duitse duitser duitsers duitsland dutch
        dutchman engeland engels engelse engelsen engelsman english englishman esten estse finnen finnish fins
        finse frankrijk frans franse fransen fransman french frenchman german germans germany ghana greece greek
        greeks griek grieken griekenland grieks griekse gypsies gypsy ier ieren iers ierse india indian indians
        indisch indische irak iran irish italian italianen italians italie italy japanese korea korean koreans
        kosovaar kosovaren kroaat kroaten kroatisch kroatische latina latinas latvia latvian latvians letland
        lets letse letten litouwer litouwers litouws litouwse nederlander nederlanders noor noors noorse noren
        norwegian norwegians oostblok oostblokker oostblokkers oostenrijker oostenrijkers oostenrijks
        oostenrijkse poland pole polen poles polish pools poolse portugal portugees portugese portugezen
        portuguese racial ras rassen roma romania romanian romanians rus rusland russen russia russian russians
        russisch russische schot schotse schotten scot scots scottish serb serbian serbians serbs servier
        serviers servisch servische sinti slavic slavisch slavische slovak slovaks sloveen sloveens sloveense
        slovenen slovenian slovenians slowaak slowaaks slowaakse slowaken spaans spaanse spain spaniard spanish
        spanjaard spanjaarden spanje swede swedes swedish swiss syria syrian syrians syrier syriers syrische
        thai tsjech tsjechen turk turken turkey turkish turks turkse welsh westers westerse zweden zweed zweeds
        zweedse zwitser zwitsers zwitserse
    """,
    LOOKS: """
        baard baarden bald beard blanke blanken blond blonde blondes brunette getint getinte gezet handsome huid
        kleurling kleurlingen kroeshaar lichaam mager magere neger negerin negers roodharig roodharige skin
        skinny snor tanned tatoeage tatoeages tattooed uiterlijk
    """,
    LANGUAGE: "accent accenten dialect dialecten taal talen tolk tolken interpreter language languages",
    BELIEF: """
        atheist boerka buddhist buddhists catholic catholics christen christenen christian christians headscarf
        headscarves hijab hindoe hindoes hindu hindus hoofddoek hoofddoeken hoofddoekje hoofddoekjes imam jew
        jewish jews joden jood joods joodse katholiek katholieken koran moskee mosque niqab sikh sikhs sluier
        sluiers synagoge synagogue tulband tulbanden turban vakbond veil veils
    """,
    STATUS: """
        alien aliens expat expats foreign foreigner foreigners illegalen illegals migrant migranten migrants
        refugee refugees statushouder statushouders visa visum
    """,
    HEALTH: """
        addict addicted addicts adhd aids autisme autistic autistisch autistische beperking beperkingen coughing
        covid dement demente dementie depressed depressief depressieve disability disabled disease dronken drunk
        fever handicap health hiv hoestend hoestende ill illness invalide invaliden junk junkie junkies junks
        koorts kreupel medicatie medication pillen pregnant psychose psychotic psychotisch psychotische rolstoel
        rolstoelen sick soa stoned verward verwarde wheelchair ziek zieke zieken ziekte ziektes zwanger zwangere
    """,
    GENDER: """
        boy boys dame dames daughter daughters dochter dochters echtgenoot echtgenote father female females gay
        gentleman gentlemen girl girls heer heren homo homos husband jongeman jongemannen jongen jongens
        juffrouw kerel kerels ladies lady lesbian lesbians lesbisch lesbische male males man mannelijk
        mannelijke mannen meid meiden meisje meisjes meneer mevrouw mijnheer moeder moeders mother son sons
        travestiet travestieten vader vaders vrouw vrouwelijk vrouwelijke vrouwen vrouwtje vrouwtjes wife woman
        women zonen zoon
    """,
    AGE: """
        elderly jongeren leeftijd leeftijden minors ouderen puber pubers teen teenager teenagers teens tiener
        tieners youngster youngsters
    """,
    MONEY: "benefits bijstand debt debts salaris salary schulden toeslagen uitkering uitkeringen welfare",
    SEX_WORK: """
        bordeel bordelen brothel brothels callgirl callgirls escort escorts hoer hoeren hooker hookers pimp
        pimps pooier pooiers seks sex
    """,
    VERDICT: """
        boef boeven dader daders illegaal illegal illegale louche maffia mafia malafide misdaad misdadig
        misdadige perpetrator perpetrators shady suspect suspects suspicious
    """,
}

STEMS: dict[str, str] = {
    VICTIM: """
        abuse bedreig blackmail bruise chantage coerc enslav gechanteer gedwongen gegijzel gijzel hostage
        identiteitsbew kidnap minderjarig mishandel ontvoer opgesloten paspoort slachtoffer slaverni suicid
        terrifi threat traffick uitbuit uitgebuit uitgehonger underage vastgehouden verkracht zelfmoord
    """,
    ORIGIN: """
        afghaan afghan afkomst afrika albane albani algeri algerij allochto american amerika angol antilli arabi
        argentij argentin armeen armeni australi autochto azerbei aziaa aziat azie bangladesh belaru bolivi
        bosni brazili buitenland bulgaar bulgar cambod cameroon canad chile chili chinees chinez colombia
        columbia congole croati cuba dominica ecuador egypt eritre estland estoni ethiopi ethnic etnic etnisch
        europeaan european europees europese exotic exotisch filipi gambia gastarbei geboorteland georgia
        georgie georgisch ghana ghane guatemal guinea guinee hait herkomst honduras hongaar hongar hungar
        indiaan indias indier indones iraak iraaks iraan irake iraki irani iraqi israel italiaan jamaica japan
        jemen joegosl jordaan jordan kaapverd kameroe kazach kazakh kenia kenya koerd koreaan kosov kurd landgeno latino
        lebane liban liberi libie libisch libya lithuan litouw macedon malaysi maleis maroc marok mexica mexico
        migratieachtergr moldav moldov mongol mongool montenegr moroc mozambi nationalit nationaliteit
        nederlands nepal nigeria oegand oekra oezbe oosters oosteurop pakist palest paraguay peruaan peruvi
        philippin roeme romani rwand saoedi scandinav senegal siberi singapor slovaki sloveni slowaki somal
        srilank staatsburg sudan surina taiwan tamil tanzan thailand thais tibet togol tsjechi tsjechisch
        tsjetsj tunes tunis turkij uganda uitheems ukrain urugua uzbek venezol venezue vietnam zaire zambi
        zigeun zimbabw zuidamerik
    """,
    LOOKS: """
        donkergetint getatoe haarkleur huidkleur huidskleur lichaamsbouw lichtgetint negroid schaarsgekleed skincolo
    """,
    LANGUAGE: "anderstal engelstal franstal moedertaal taalbarri turkstal",
    BELIEF: "boeddhis christelij gelovig godsdienst hindoeis islam moslim muslim protestan religi salafi vakbondsl",
    STATUS: """
        arbeidsmigr asiel asylum immigr inburger ongedocumenteerd seizoenarbei seizoensarbei uitgeproced
        undocumented verblijfsdoc verblijfsrecht verblijfsstat verblijfstit verblijfsverg vluchteling
        vreemdeling
    """,
    HEALTH: """
        alcoholis alcoholverslaa drugsverslaa gehandicap gezondheid medicijn psychiatr psychisch verslaaf
        verslavi verstandelijk verwonding zwakbegaa zwangerschap
    """,
    GENDER: "biseks heteroseks homoseks jongedame lesbienne transgender transseks",
    AGE: "bejaard leeftijds",
    MONEY: "armoed bijstands salariss schuldenl schuldhulp uitkerings",
    SEX_WORK: "hoerer prostit sekswerk sekshuis sexhuis sexwerk sexwork",
    VERDICT: "crimine drugsdeal mensenhandel mensensmok verdacht verdenk witwas",
}

JOINED: dict[str, str] = {
    VICTIM: "blauweplek blueeye blackeye lockedin lockedup",
    ORIGIN: "noordafrik oosteurop easterneurop zuidamerik zuidafrik southamerica latijnsamerik",
    LOOKS: "donkerehuid zwartehuid lichtehuid schaarsgekleed lichtgetint donkergetint zwartepersoon donkerepersoon "
    "zwartemensen donkeremensen blackpeople blackperson donkertype",
    LANGUAGE: "gebrokennederlands gebrekkignederlands",
    HEALTH: "mentalhealth mentallyill",
}

#: Words that begin like one of the above and mean something else.
HARMLESS = "poolshoogte ziekenhuis thread threads threaded"

#: What comes after one of these is taken for a name, with a capital or without.
TITLES = "meneer mevrouw mijnheer dhr mw mevr mej heer juffrouw mr mrs ms dr drs prof genaamd named"

#: Between a first name and a surname.
PARTICLES = "van de der den ten ter te het 't el al la le du von bin ben"

#: With a capital and yet no name: days, months, feasts, services.
NO_NAMES = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei juni
    juli augustus oktober kerst kerstmis pasen pinksteren koningsdag easter christmas whatsapp
"""
