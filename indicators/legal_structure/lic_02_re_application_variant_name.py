"""LIC-02: a new application under another KVK number that resembles, in two ways, a party with an earlier decision."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_PAIR = ("record", "eerder")
#: Words of a family name that the normal form of a person's name leaves out.
_PREFIXES = ("van", "von", "de", "den", "der", "het", "t", "te", "ten", "ter", "el", "al", "la", "le", "di", "da")


@indicator(
    code="LIC-02",
    version=4,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Heraanvraag onder naamsvariant",
    name_en="Re-application under variant name",
    rationale_nl="Een nieuw KVK-nummer of een andere schrijfwijze kan een eerder besluit uit beeld brengen. Twee "
    "overeenkomsten samen maken aannemelijk dat het om dezelfde partij gaat. Dat is nog te toetsen.",
    rationale_en="A new KVK number or another spelling can put an earlier decision out of sight. Two likenesses "
    "together make it plausible that the party is the same. That remains to be checked.",
    ruled_out_nl=(
        "Eén overeenkomst is te weinig.",
        "De houders zijn twee verschillende personen, ook als ze familie zijn of dezelfde naam hebben.",
        "Een naamgenoot heeft een andere geboortedatum.",
        "Een naam zonder geboortedatum wijst geen persoon aan.",
        "Het gaat om een franchise: alleen de handelsnaam is gelijk.",
        "De houder trok de vergunning zelf in.",
        "Het besluit is vernietigd in bezwaar.",
        "Het KVK-nummer is gelijk: dan geldt LIC-01.",
        "De handelsnaam is de eigen naam van de persoon: samen is dat één overeenkomst.",
        "De nieuwe vergunning is al afgelopen.",
    ),
    ruled_out_en=(
        "One likeness is too little.",
        "The holders are two different people, even if they are related or share a name.",
        "A namesake has another birth date.",
        "A name without a birth date does not point to a person.",
        "It is a franchise: only the trade name is equal.",
        "The holder gave up the licence.",
        "The decision was annulled after an objection.",
        "The KVK number is equal: that is LIC-01.",
        "The trade name is the person's own name: together that is one likeness.",
        "The new licence has ended already.",
    ),
    innocent_nl=(
        "Een nieuwe eigenaar nam de zaak met de naam over.",
        "Een familielid zet het bedrijf voort.",
        "De reden van het eerdere besluit is intussen weggenomen.",
    ),
    innocent_en=(
        "A new owner took over the business with its name.",
        "A relative carries on the business.",
        "The reason for the earlier decision has since been removed.",
    ),
    checked_nl=(
        "[{gelijk:?}Meer dan één ding komt overeen.]",
        ("[{persoon_gelijk:?}De persoon heeft dezelfde naam en dezelfde geboortedatum, of hetzelfde nummer.]"),
        "Het besluit is niet vernietigd in bezwaar, en niet op verzoek van de houder genomen.",
        "[KVK-nummer {kvk_nummer} is een ander dan {eerder_kvk_nummer}.]",
    ),
    checked_en=(
        "[{gelijk:?}More than one thing agrees.]",
        "[{persoon_gelijk:?}The person has the same name and birth date, or the same number.]",
        "The decision was not annulled, nor taken at the request of the holder.",
        "[KVK number {kvk_nummer} is another than {eerder_kvk_nummer}.]",
    ),
    decisive={"vergunningen": ("datum_besluit", "datum_aanvraag"), "functionarissen": ("datum_aanvang",)},
    limits_nl=("Telefoonnummers en e-mailadressen staan in geen register en worden niet vergeleken.",),
    limits_en=("Telephone numbers and e-mail addresses are in no register and are not compared.",),
    inputs={
        "vergunningen": (
            "record",
            "zaaknummer",
            "zaaktype",
            "related_types",
            "status",
            "vervalreden",
            "weigeringsgrond",
            "bezwaar_uitkomst",
            "kvk_nummer",
            "address_id",
            *readings.dated("datum_aanvraag"),
            *readings.dated("datum_besluit"),
            *readings.dated("einddatum"),
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("mention record role kind party_id name_normalised"),
        "handelsnamen": columns("record name_key"),
        "gelijkende_namen": columns("left_name_key right_name_key similarity"),
    },
    needs=("vergunningen",),  # the trade register adds owners and directors to the holders
    params={
        "window_years": Param(
            5,
            "years",
            "a Bibob conclusion may be used again for 5 years since 1 October 2022; 5 years are 1826 days",
            floor=1,
            ceiling=5,
            label_nl="Eerdere besluiten uit de laatste",
            label_en="Earlier decisions of the last",
            reason_nl="een oordeel over misbruik mag vijf jaar opnieuw worden gebruikt; vijf jaar is 1826 dagen",
        ),
        "min_likenesses": Param(
            2,
            "of person, name, address",
            "one alone is chance or a franchise",
            floor=2,
            ceiling=3,
            label_nl="Wat gelijk is, minstens",
            label_en="What is alike, at least",
            reason_nl="één alleen is toeval, of een keten van zaken",
        ),
        "min_name_similarity": Param(
            0.95,
            "similarity 0-1",
            "below it a likeness counts only after a person confirmed it",
            floor=0.95,
            ceiling=1,
            label_nl="Gelijkenis van namen, minstens",
            label_en="Similarity of names, at least",
            reason_nl="daaronder telt een gelijkenis pas als een mens die bevestigt",
        ),
    },
    evidence_nl=(
        "Zaak {eerder_zaaknummer} is op {datum_eerder_besluit} {besluit:word}[ ({grond:word})].[{grond:!} "
        "De grond staat niet in het register.] Daarna, op {datum_aanvraag}, kwam aanvraag {zaaknummer} "
        "voor {zaaktype:word}. Het KVK-nummer is nu {kvk_nummer} en was toen {eerder_kvk_nummer}.[ Gelijk "
        "{gelijk:=is|zijn} {gelijk:word}.][{naam_gelijk:?} De handelsnamen lijken sterk op elkaar.] Ga na "
        "of het om dezelfde partij gaat."
    ),
    evidence_en=(
        "Case {eerder_zaaknummer} was {besluit:word} on {datum_eerder_besluit}[ "
        "({grond:word})].[{grond:!} The ground is not in the register.] After that, on {datum_aanvraag}, "
        "application {zaaknummer} for {zaaktype:word} was filed. Its KVK number is {kvk_nummer} now and "
        "was {eerder_kvk_nummer} then.[ The same {gelijk:=is|are} {gelijk:word}.][{naam_gelijk:?} The "
        "trade names are much alike.] See whether it is the same party."
    ),
    feedback_risk="high: an earlier decision of the municipality is itself the signal, so that a wrong decision would "
    "return; the window makes it lapse",
    feedback_risk_nl=(
        "hoog: een eerder besluit van de gemeente is zelf het signaal. Een fout besluit zou dus terugkomen. Na de "
        "termijn telt het niet meer."
    ),
)
def re_application_variant_name(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per new application, pending or granted; the latest earlier decision is named, all are in record_ids.

    Values: zaaknummer, zaaktype, datum_aanvraag, kvk_nummer; of the latest decision eerder_zaaknummer, eerder_status,
    datum_eerder_besluit, eerder_kvk_nummer, persoon_gelijk, naam_gelijk, adres_gelijk; eerdere_besluiten (count).
    A trade name that is the own name of the person whom both cases share adds nothing to the person.
    """
    start = readings.window_start(as_of, readings.days_of_years(p.window_years))
    earlier = readings.earlier_decisions(t.vergunningen, start).with_columns(
        first_day=pl.col("datum_aanvraag_max"),
        last_day=readings.decision_date("_min"),
        **readings.decision_dates("datum_eerder_besluit"),
    )
    applications = readings.new_applications(t.vergunningen, as_of).with_columns(
        first_day=pl.col("datum_aanvraag_max"), last_day=readings.judged_until(as_of)
    )
    persons = _same_person(t, applications, earlier).pipe(readings.computed)
    names = _same_name(t, applications, earlier, p.min_name_similarity).pipe(readings.computed)
    likenesses = pl.concat(
        [
            persons.drop("person_names"),
            names.join(_own_names(persons, names), on=(*_PAIR, "name_key"), how="anti").select(
                *_PAIR, likeness=pl.lit("another name")
            ),
            names.select(*_PAIR, likeness=pl.lit("name")),
            _same_address(applications, earlier),
        ],
        how="diagonal",
    )
    pairs = (
        likenesses.group_by(_PAIR)
        .agg(
            persoon_gelijk=(pl.col("likeness") == "person").any(),
            naam_gelijk=(pl.col("likeness") == "name").any(),
            adres_gelijk=(pl.col("likeness") == "address").any(),
            is_name_of_its_own=(pl.col("likeness") == "another name").any(),
            pair_records=pl.col("records").list.explode(keep_nulls=False, empty_as_null=False),
            pair_mentions=pl.col("mentions").list.explode(keep_nulls=False, empty_as_null=False),
        )
        .filter(pl.sum_horizontal("persoon_gelijk", "is_name_of_its_own", "adres_gelijk") >= p.min_likenesses)
    )
    pairs = pairs.join(_held_by_different_people(t, pairs), on=_PAIR, how="anti")
    return (
        applications.join(pairs, on="record")
        .join(
            earlier.select(
                *readings.dated("datum_eerder_besluit"),
                eerder="record",
                eerder_zaaknummer="zaaknummer",
                eerder_zaaktype="zaaktype",
                eerder_status="status",
                eerder_kvk_nummer="kvk_nummer",
                **readings.decision_taken(),
            ),
            on="eerder",
        )
        .filter(
            pl.col("datum_aanvraag_min") > pl.col("datum_eerder_besluit_max"),
            readings.is_related("eerder_zaaktype"),
            (pl.col("kvk_nummer") != pl.col("eerder_kvk_nummer")).fill_null(True),
        )
        .sort("datum_eerder_besluit_max", "eerder")
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("address_id", "zaaknummer", "zaaktype", "kvk_nummer", *readings.dated("datum_aanvraag")).first(),
            pl.col("eerder_zaaknummer", "eerder_status", "besluit", "grond", "eerder_kvk_nummer").last(),
            pl.col("persoon_gelijk", "naam_gelijk", "adres_gelijk").last(),
            pl.col(readings.dated("datum_eerder_besluit")).last(),
            eerdere_besluiten=pl.len().cast(pl.Int64),
            earlier_records=pl.col("eerder"),
            likeness_records=pl.col("pair_records").list.explode(keep_nulls=False, empty_as_null=False),
            mentions=pl.col("pair_mentions").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
        .with_columns(
            # only what is equal: names that belong together are written differently
            gelijk=pl.concat_list(
                pl.when("persoon_gelijk").then(pl.lit("persoon")), pl.when("adres_gelijk").then(pl.lit("adres"))
            ).list.drop_nulls(),
            record_ids=pl.concat_list("record", "earlier_records", "likeness_records").list.drop_nulls().list.unique(),
            window_start=pl.lit(start),
            window_end=pl.lit(as_of),
        )
        .drop("record", "earlier_records", "likeness_records")
    )


def _same_person(t: Tables, applications: pl.LazyFrame, earlier: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs that share a person: holder, owner or director at the time of each case."""
    people = t.partijen.filter(pl.col("kind") == "person")
    then = _people(t, earlier, people).pipe(readings.computed)
    # few have an earlier decision: only these people are looked for among the applications
    now = _people(t, applications, people.join(then, on="party_id", how="semi"))
    then = then.rename(
        {
            "record": "eerder",
            "mention": "earlier_mention",
            "source": "earlier_source",
            "name_normalised": "earlier_name",
        }
    )
    return now.join(then, on="party_id").select(
        *_PAIR,
        likeness=pl.lit("person"),
        records=pl.concat_list("source", "earlier_source"),
        mentions=pl.concat_list("mention", "earlier_mention"),
        person_names=pl.concat_list("name_normalised", "earlier_name"),
    )


def _people(t: Tables, cases: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """One row per case and one of `people` behind it.

    Columns: `record`, `source` (the record that names them), `mention`, `party_id`, `name_normalised`. Owners and
    directors count if surely in function somewhere between `first_day` and `last_day`.
    """
    holders = (
        people.filter(pl.col("role") == "houder")
        .join(cases, on="record", how="semi")
        .with_columns(source=pl.col("record"))
    )
    functions = t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS))
    officers = (
        cases.select("record", "kvk_nummer", "first_day", "last_day")
        .join(functions.join(cases, on="kvk_nummer", how="semi").rename({"record": "source"}), on="kvk_nummer")
        .filter(
            pl.col("datum_aanvang_max") <= pl.col("last_day"),
            pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= pl.col("first_day")),
        )
        .join(people.rename({"record": "source"}), on="source")
    )
    columns = ("record", "source", "mention", "party_id", "name_normalised")
    return pl.concat([holders.select(columns), officers.select(columns)])


def _same_name(t: Tables, applications: pl.LazyFrame, earlier: pl.LazyFrame, min_similarity: float) -> pl.LazyFrame:
    """Pairs that share a trade or statutory name, or two that resemble each other enough, with the new `name_key`."""
    then = (
        t.handelsnamen.join(earlier, on="record", how="semi")
        .select("name_key", eerder="record")
        .unique()
        .pipe(readings.computed)
    )
    alike = t.gelijkende_namen.filter(pl.col("similarity") >= min_similarity)
    resembling = pl.concat(
        [
            then,
            then.join(alike, left_on="name_key", right_on="left_name_key").select("eerder", name_key="right_name_key"),
            then.join(alike, left_on="name_key", right_on="right_name_key").select("eerder", name_key="left_name_key"),
        ],
        how="diagonal",
    )
    return (
        t.handelsnamen.join(resembling, on="name_key")
        .join(applications, on="record", how="semi")
        .select(*_PAIR, "name_key")
        .unique()
    )


def _own_names(persons: pl.LazyFrame, names: pl.LazyFrame) -> pl.LazyFrame:
    """Those of `names` that are nothing but the name of a person whom the pair shares: `record`, `eerder`, `name_key`.

    A person's name is held as "vries, jan": the trade name "J. de Vries" is that too, and "Café De Vries" is not.
    """
    family = pl.col("person_names").str.split(",").list.first().str.split(" ")
    initials = pl.col("person_names").str.extract_all(r"\b\p{L}")
    words = pl.col("name_key").str.split(" ")
    besides = words.list.set_difference(family).list.set_difference(list(_PREFIXES))
    return (
        persons.select(*_PAIR, "person_names")
        .explode("person_names")
        .drop_nulls("person_names")
        .unique()
        .join(names, on=_PAIR)
        .filter(
            family.list.set_difference(words).list.len() == 0,
            besides.list.eval(pl.element().str.head(1)).list.set_difference(initials).list.len() == 0,
        )
        .select(*_PAIR, "name_key")
        .unique()
    )


def _same_address(applications: pl.LazyFrame, earlier: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs at one object."""
    return (
        applications.select("record", "address_id")
        .join(earlier.select("address_id", eerder="record"), on="address_id")
        .select(*_PAIR, likeness=pl.lit("address"))
    )


def _held_by_different_people(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Those of `pairs` of which both permits are held by a natural person, and not by the same one.

    A person whose birth date is missing is not known to be the same, so such a pair is blocked too.
    """
    holders = t.partijen.filter(pl.col("kind") == "person", pl.col("role") == "houder").select("record", "party_id")
    return (
        pairs.select(_PAIR)
        .join(holders, on="record")
        .join(holders.select(eerder="record", earlier_party="party_id"), on="eerder")
        .group_by(_PAIR)
        .agg(is_shared=(pl.col("party_id") == pl.col("earlier_party")).any())
        .filter(~pl.col("is_shared"))
    )
