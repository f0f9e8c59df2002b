"""The short text of a signal: what was seen can be said, who somebody is cannot."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.base.word_lists import read_lists, read_word_lists
from screening.casework.texts.text_problems import KINDS, TO_PERSON, about_people, clean_text, text_problems
from screening.casework.texts.tokens import plain_word
from screening.store.schema.tips import MAX_TEXT
from tests.casework.texts.measure import HARMLESS, STOP, held_out, measured, tuned_on

NAMES = read_word_lists("screening.casework.texts", "words.yaml")
MEANINGS = read_lists("screening.casework.texts", "meanings.yaml")["categories"]

SAYABLE = """
Matrassen in de bedrijfsruimte gezien, door het raam aan de straat.
Veel mensen gaan kort naar binnen. Ook na middernacht.
De ramen zijn afgeplakt met zwarte folie.
Naam op de bel is sinds 3 weken anders.
Om 22.30 uur brandde er licht in alle kamers.
Gezien op 12-11-2026 om 23:15, bezoek op 14-11-2026.
Bordje OPEN hangt er, deur is op slot.
Alleen contant betalen; geen prijslijst aan de muur.
Poolshoogte genomen: er stonden tien bedden in de kelder.
Men zegt dat het pand leeg staat. In kamer 4 staan stapelbedden.
I saw mattresses in the shop. On Monday the door was locked.
Exploitatievergunning hing niet aan de muur.
Het restaurant is gesloten, maar er wordt geleverd tussen 5.00 en 6.00 uur.
Busje brengt elke ochtend rond 6 uur zo'n 8 mensen en haalt ze om 18 uur op.
Postcode 1234 AB, nummer 12 achter. Zelfde ingang als 1234AB 14.
Dwangsom loopt nog. Er zat een nieuw slot op de poort.
Kale kamer, vier bedden, pallets in de gang, naast het ziekenhuis.
Er staan 120 dozen en 24 kratten.
Tussen 20.00 en 23.00 telde ik 35 bezoekers.
De biljartpool is weg; let op de losse bedrading.
"De winkel is open", staat er. Binnen: geen voorraad.
Exploitant zei: “Wij zijn dicht.” Er was toch licht.
Op 3 jan was het rustig; op 12 jan. niet.
Mark the spot: roos op de deur, joy on the sign.
Polished floor, no customers, no stock - blinds down all day.
""".strip().splitlines()


@pytest.mark.parametrize("text", SAYABLE)
def test_what_was_seen_can_be_said(text: str) -> None:
    assert text_problems(text) == []


NOT_SAYABLE = [
    ("name", ["Jan Jansen woont hier", "ik sprak met Ahmed"]),
    ("name", ["gesproken met meneer jansen", "eigenaar is J. de Vries"]),
    ("name", ["De bewoner heet Piet", "mevr. el Idrissi deed open"]),
    ("name", ["dr de wit", "iemand genaamd kees", "van JAN BOS"]),
    ("name", ["Er was iemand, Fatima, bij de deur", "A.B. van den Berg staat op de bel", "bij De Vries"]),
    ("name", ["jan de vries woont daar", "mohammed deed open", "piet", "bij Zoë", "van der meer"]),
    ("capitals", ["JAN DE VRIES WOONT HIER EN SLAAPT ER OVERDAG"]),
    ("script", ["иван живёт здесь", "gezien bij Ελένη"]),
    ("number", ["bel 06-12345678", "06 12 34 56 78", "+31 6 1234 5678"]),
    ("number", ["0201234567", "06.12.34.56.78", "0031612345678"]),
    ("number", ["nummer 999990019", "9999.90.019", "99 99 90 019", "NL02 ABNA 0123456789", "９９９９９００１９"]),
    ("online", ["mail x@y.nl", "zie www.kamers.nl", "naam apenstaartje site"]),
    ("online", ["@kamer_12", "https://a.b/c", "kamers.com"]),
    ("plate", ["kenteken 12-AB-34", "busje XX-99-99", "AB12CD stond er"]),
    ("plate", ["bus B-MW 1234", "GB-123-X", "1-ABC-23", "AB 12 CD"]),
    ("origin", ["er werken Polen", "poolse bus", "roemeens"]),
    ("origin", ["vietnamezen", "oost-europeaan", "Oost Europees", "thaise"]),
    ("origin", ["buitenlandse bus", "Bulgaren", "spreken geen Nederlands"]),
    ("origin", ["zwarte mensen", "met accent", "een andere taal", "gebroken nederlands"]),
    ("origin", ["Oekraïners", "Eastern European", "Romanians"]),
    ("looks", ["donkere huid", "schaars gekleed", "blonde"]),
    ("belief", ["hoofddoek", "moslims", "gelovige buren"]),
    ("status", ["arbeidsmigranten", "asielzoekers", "illegalen", "without visa"]),
    ("health", ["verward", "psychisch", "ziek", "verslaafden", "mentally ill", "on medication"]),
    ("gender", ["vrouwen", "two girls", "een man", "mevrouw", "jongens"]),
    ("looks", ["bejaarden", "tieners", "van middelbare leeftijd"]),
    ("money", ["uitkering", "heeft schulden", "bijstandsmoeder"]),
    ("sex_work", ["prostitutie", "prostituee", "escorts", "lijkt een bordeel"]),
    ("verdict", ["verdachte auto", "criminelen", "witwassen", "mensenhandel"]),
    ("control", ["slachtoffer", "wordt gedwongen", "iemand deed het woord", "mocht niet naar buiten"]),
    ("papers", ["paspoorten in een la", "hield de papieren", "de papieren lagen bij de baas", "haar ID-kaart"]),
    ("harm", ["blauwe plekken", "bang", "iemand huilt", "durfde niet op te kijken"]),
    ("family", ["kinderen in huis", "met haar zus"]),
    ("pregnancy", ["zwanger", "in verwachting"]),
    ("registration", ["acht mensen volgens de BRP", "staat niet ingeschreven", "in Suwinet"]),
    ("reporter", ["de buurvrouw vertelde het", "ik woon er zelf naast", "de melder wil anoniem blijven"]),
    ("person", ["ze mag er wonen", "zij staat bij de deur", "iemand begreep er niets van"]),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOT_SAYABLE for text in texts])
def test_who_somebody_is_cannot_be_said(kind: str, text: str) -> None:
    assert kind in [problem.kind for problem in text_problems(text)]
    assert kind in [problem.kind for problem in text_problems(f"De deur stond open, {text}.")]


PEOPLES = """
afghaanse albanezen algerijnse amerikaan angolees antilliaan arabisch argentijnse armeense aziatisch belgische
bosnische braziliaanse brits bulgaarse bulgaren canadees chileense chinees chinezen colombiaan congolees cubaanse
deense dominicaanse duitser ecuadoriaan egyptisch engelse eritrees estse ethiopische filipijnse finse franse gambiaan
georgisch ghanees griekse guinees haïtiaan hongaarse hongaren ierse indiase indonesisch iraakse iraanse israëlisch
italianen jamaicaan japanner jordaans kaapverdiaan kameroens kazach keniaans koerdisch koreaan kosovaar kroatisch
letse libanees liberiaan libisch litouwse macedonisch maleisisch marokkaanse marokkanen mexicaans moldavisch mongools
nederlandse nepalees nigeriaanse noorse oekraïense oezbeeks oostenrijks pakistaanse palestijns peruaans poolse polen
portugese roemeense roemenen russische russen senegalees servische slowaakse slowaken sloveense somalisch spaanse
sudanees surinaamse syrische taiwanees tamil thaise thailander tibetaans tsjechische tunesisch turkse oegandees
venezolaanse vietnamese vietnamezen zweedse zwitserse latina afrikaanse albanian american arab armenian asian austrian
belarusian bolivian brazilian british bulgarian canadian chinese colombian croatian cuban czech danish dominican dutch
egyptian eritrean estonian ethiopian filipino finnish french georgian german ghanaian greek hungarian indian
indonesian iranian iraqi irish italian japanese kazakh kenyan korean kurdish latvian lebanese libyan lithuanian
macedonian mexican moldovan moroccan nepalese nigerian norwegian pakistani peruvian polish portuguese romanian russian
scottish serbian slovak slovenian somali spanish sudanese swedish syrian thai tunisian turkish ugandan ukrainian uzbek
venezuelan vietnamese zimbabwean european african
"""


@pytest.mark.parametrize("word", PEOPLES.split())
def test_no_people_of_the_world_is_named(word: str) -> None:
    for text in (word, word.capitalize(), f"er staat een {word} bus", f"{word}-achtig"):
        assert "origin" in [problem.kind for problem in text_problems(text)]


@pytest.mark.parametrize("kind", list(MEANINGS))
def test_every_word_of_the_lists_bites(kind: str) -> None:
    """By itself, or with the letters that its star stands for."""
    for word in MEANINGS[kind]["words"].split():
        plain = word.removesuffix("*")
        for form in () if plain.startswith(("<", "*")) else (plain, f"{plain}xq") if word.endswith("*") else (plain,):
            assert kind in [problem.kind for problem in text_problems(f"de bel, {form}")], form


@pytest.mark.parametrize("text", ["Kees was er.", "De deur is dicht. Fatima deed open.", "- Piotr stond er"])
def test_a_first_name_hides_at_no_beginning_of_a_sentence(text: str) -> None:
    assert "name" in [problem.kind for problem in text_problems(text)]


def test_every_first_name_bites_and_is_a_plain_word() -> None:
    names = NAMES.words("first_names")
    assert [name for name in names if plain_word(name) != name] == []
    assert len(names) == len(set(names))
    assert [name for name in names if "name" not in [one.kind for one in text_problems(f"gezien: {name}")]] == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("De gevel heet Café De Kroon. Alles dicht.", []),
        ("Achterin is illegaal verbouwd; er was prostitutie vergund.", []),
        ("Jan deed open", ["name"]),
        ("Dhr. Qoster en B. van Dijk deden open", ["name", "name"]),
        ("De Poolse bewoner is ziek", ["origin", "health"]),
        ("Twee vrouwen", ["gender"]),
        ("Betaald op nl91 rabo 0417164309", ["number"]),
        ("De deur ging open op 12 juli 2025 14:30", []),
        ("een kind huilend", ["harm", "family"]),
        ("Volgens de exploitant staan er vier mensen ingeschreven", []),
    ],
)
def test_a_text_about_a_building_is_about_nobody(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in about_people(text)] == kinds


def test_who_may_be_a_victim_is_told_first() -> None:
    assert next(one.kind for one in text_problems("JAN JANSEN DE POOL IS SLACHTOFFER")) == "control"
    assert KINDS[0] == "control"
    assert set(KINDS[: len(TO_PERSON)]) == TO_PERSON


def test_a_text_that_is_too_long_is_told() -> None:
    assert text_problems("a " * 149 + "bc") == []
    assert [one.kind for one in text_problems("ab " * 101)] == ["length"]
    assert MAX_TEXT == 300
    # a paste without end holds up nobody else: nothing but its beginning is read
    started = time.process_time()
    assert "length" in [problem.kind for problem in text_problems("a-" * 4_000)]
    assert time.process_time() - started < 20  # measured: 0.5; a minute and a half where all of it is read


def test_invisible_signs_hide_nothing() -> None:
    assert "number" in [one.kind for one in text_problems("06\u200b1234\u200b5678")]
    assert "origin" in [one.kind for one in text_problems("po\u00adlen")]
    assert "origin" in [one.kind for one in text_problems("pólen")]
    assert clean_text("a\u202eb\x00 c\n\td") == "ab c d"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_judged_and_the_tidy_one_alike(text: str) -> None:
    found = text_problems(text)
    assert text_problems(clean_text(text)) == found
    assert clean_text(clean_text(text)) == clean_text(text)
    assert all(one.kind in KINDS and len(one.fragment) <= 40 for one in found)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["0612345678", "999990019", "0201234567"]),
    st.lists(st.sampled_from(["", " ", "-", "."]), min_size=10),
)
def test_a_number_is_found_whatever_stands_between_its_digits(digits: str, gaps: list[str]) -> None:
    text = "".join(digit + gap for digit, gap in zip(digits, gaps, strict=False))
    if len(text.replace(" ", "").replace("-", "").replace(".", "")) == len(digits):
        assert "number" in [one.kind for one in text_problems(f"bel {text} even")]


#: The texts that the check is measured on, with the hash that they had before it was made better: whoever wrote them
#: never saw it, and nobody tunes on them. Own texts to tune on stand beside them.
HELD_OUT = {
    "held_out_1_stop.yaml": "44e29e06249119ddb0116ed5883e74a3fdd3081857707c759d7fca1ab6ee3866",
    "held_out_1_harmless.yaml": "b2072c5753277c75a1ddb91d9cf244f2bb6d94c40eb48f19d90f09b6dcab89ea",
    "held_out_2_stop.yaml": "fdb11ff050b5099104f52087743e2e923bd272835b2e60d6c8e0fffafab8a791",
    "held_out_2_harmless.yaml": "4098cbf4eb886373be0dab8a9cbe61fa4b6ff15c723eb51c65c50e6e54bbe84b",
}


@pytest.mark.parametrize(("name", "digest"), HELD_OUT.items())
def test_the_texts_to_measure_on_are_those_that_were_written_before(name: str, digest: str) -> None:
    assert hashlib.sha256(Path(__file__).with_name(name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(("kind", "floor"), [(STOP, 0.98), (HARMLESS, 0.97)])
def test_the_own_texts_get_the_right_answer(kind: str, floor: float) -> None:
    whole, _ = measured(kind, tuned_on(kind))
    assert whole.texts >= 300
    assert whole.right >= floor * whole.texts, str(whole)


@pytest.mark.parametrize(
    ("part", "kind", "floor"), [(1, STOP, 92), (1, HARMLESS, 90), (2, STOP, 95), (2, HARMLESS, 90)]
)
def test_texts_that_nobody_tuned_on_get_the_right_answer_as_often_as_was_measured(
    part: int, kind: str, floor: int
) -> None:
    """The goal is 95 and 90: `python -m tests.casework.texts.measure` tells the shares with their intervals."""
    whole, _ = measured(kind, held_out(kind, part))
    assert whole.right >= floor, str(whole)
