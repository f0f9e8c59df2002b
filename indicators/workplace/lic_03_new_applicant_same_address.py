"""LIC-03: soon after a refusal or withdrawal someone else applies at the same place, and something ties the two."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_PAIR = ["record", "eerder"]


@indicator(
    code="LIC-03",
    version=3,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Nieuwe aanvrager op zelfde adres na weigering",
    name_en="New applicant, same address",
    rationale_nl="Kort na een weigering of intrekking vraagt een ander op dit adres opnieuw aan. De twee hebben iets "
    "gemeen: een persoon, een verhuurder of een naam. Het kan dezelfde zaak zijn met een nieuw gezicht.",
    rationale_en="Soon after a refusal or withdrawal someone else applies at this address. The two have something in "
    "common: a person, a lessor or a name. It may be the same business with a new face.",
    ruled_out_nl=(
        "De twee hebben niets gemeen: een plek wordt vaak opnieuw verhuurd.",
        "Een gedeelde persoon heeft dezelfde naam, maar niet dezelfde geboortedatum.",
        "De aanvraag kwam lang na het besluit, of ervoor.",
        "Het besluit is vernietigd in bezwaar.",
        "De weigering was formeel of kwam door de bestemming.",
        "De houder trok de vergunning zelf in.",
        "De aanvraag is op een ander adres.",
        "De aanvrager heeft hetzelfde KVK-nummer (dan geldt LIC-01), of is zelf de houder van toen.",
        "De vergunning is van een heel andere soort.",
        "Een leidinggevende was al weg bij het besluit, of bij de nieuwe aanvraag.",
        "De nieuwe vergunning is al afgelopen.",
        "De aanvrager en de houder van toen kunnen door hun naam één en dezelfde zijn.",
    ),
    ruled_out_en=(
        "The two have nothing in common: a place is often let again.",
        "A shared person has the same name, but not the same birth date.",
        "The application came long after the decision, or before it.",
        "The decision was annulled after an objection.",
        "The refusal was a matter of form or of zoning.",
        "The holder gave up the licence.",
        "The application is at another address.",
        "The applicant has the same KVK number (that is LIC-01), or is the very holder of then.",
        "The permit is of quite another kind.",
        "A manager had left already at the decision, or at the new application.",
        "The new licence has ended already.",
        "The applicant and the holder of then could be the same, by their names.",
    ),
    innocent_nl=(
        "De verhuurder verhuurt gewoon opnieuw, omdat de plek voor dit gebruik is gemaakt.",
        "De nieuwe houder nam de naam of het personeel over.",
        "De reden van het eerdere besluit is intussen weggenomen.",
    ),
    innocent_en=(
        "The lessor simply lets again, because the place was made for this use.",
        "The new holder took over the name or the staff.",
        "The reason for the earlier decision has since been removed.",
    ),
    checked_nl=(
        "Tussen besluit en aanvraag {dagen:=zit|zitten} {dagen:span}.",
        "[{persoon_gelijk:?}De persoon is zeker dezelfde, niet alleen met dezelfde naam.]",
        "Het besluit is niet formeel, niet door de bestemming en niet vernietigd.",
        "De aanvrager is niet de houder van toen.",
    ),
    checked_en=(
        "Between decision and application {dagen:=lies|lie} {dagen:span}.",
        "[{persoon_gelijk:?}The person is surely the same, not the same name alone.]",
        "The decision is not formal, not for the zoning and not annulled.",
        "The applicant is not the holder of then.",
    ),
    decisive={
        "vergunningen": ("datum_besluit", "datum_aanvraag"),
        "leidinggevenden": ("datum_van",),
        "functionarissen": ("datum_aanvang",),
    },
    inputs={
        "vergunningen": (
            "record",
            "key",
            "zaaknummer",
            "zaaktype",
            "related_types",
            "status",
            "vervalreden",
            "weigeringsgrond",
            "bezwaar_uitkomst",
            "kvk_nummer",
            "verhuurder_kvk",
            "address_id",
            *readings.dated("datum_aanvraag"),
            *readings.dated("datum_besluit"),
            *readings.dated("einddatum"),
        ),
        "leidinggevenden": columns("record zaaknummer datum_van_max datum_tot_min"),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("mention record role kind party_id kvk_nummer"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "handelsnamen": columns("record name_key"),
        "gelijkende_namen": columns("left_name_key right_name_key similarity"),
    },
    needs=("vergunningen",),  # lists of managers and the trade register add people; the lessor is in the permit
    params={
        "window_days": Param(
            180,
            "days",
            "later the place has had time to change hands in the ordinary way",
            floor=30,
            ceiling=365,
            label_nl="Dagen tussen besluit en nieuwe aanvraag, hoogstens",
            label_en="Days between decision and new application, at most",
            reason_nl="later kan de zaak gewoon van hand zijn gewisseld",
        ),
        "look_back_days": Param(
            1826,
            "days",
            "an earlier decision counts for 5 years, as in LIC-01; 5 years are 1826 days",
            floor=180,
            ceiling=1826,
            label_nl="Besluiten uit de laatste",
            label_en="Decisions of the last",
            reason_nl="een eerder besluit telt vijf jaar mee, net als bij LIC-01; dat is 1826 dagen",
        ),
        "min_name_similarity": Param(
            0.95,
            "similarity",
            "below it a likeness counts only after a person confirmed it",
            floor=0.95,
            ceiling=1.0,
            label_nl="Gelijkenis van handelsnamen, minstens",
            label_en="Similarity of trade names, at least",
            reason_nl="daaronder telt een gelijkenis pas als een mens die bevestigt",
        ),
    },
    evidence_nl=(
        "Zaak {eerder_zaaknummer} is[ op {datum_eerder_besluit}] {besluit:word}[ "
        "({grond:word})].[{grond:!} De grond staat niet in het register.] Daarna, {dagen:span} later, "
        "kwam op hetzelfde adres aanvraag {zaaknummer} voor {zaaktype:word}. Op papier is de houder een "
        "ander.[ Gelijk {gelijk:=is|zijn} {gelijk:word}.][{naam_gelijk:?} De handelsnamen lijken sterk op "
        "elkaar.]"
    ),
    evidence_en=(
        "Case {eerder_zaaknummer} was {besluit:word}[ on {datum_eerder_besluit}][ "
        "({grond:word})].[{grond:!} The ground is not in the register.] After that, {dagen:span} later, "
        "application {zaaknummer} for {zaaktype:word} was filed at the same address. On paper the holder "
        "is another.[ The same {gelijk:=is|are} {gelijk:word}.][{naam_gelijk:?} The trade names are much "
        "alike.]"
    ),
    feedback_risk="high: an earlier decision of the municipality is itself the signal, so that a wrong decision would "
    "return; the window makes it lapse",
    feedback_risk_nl=(
        "hoog: een eerder besluit van de gemeente is zelf het signaal. Een fout besluit zou dus terugkomen. Na de "
        "termijn telt het niet meer."
    ),
)
def new_applicant_same_address(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per new application, pending or granted; the latest earlier decision is named, all are in record_ids.

    Values: zaaknummer, zaaktype, eerder_zaaknummer, eerder_status, datum_eerder_besluit, dagen between, and what is
    equal: persoon_gelijk, verhuurder_gelijk, naam_gelijk. The definition does not say how old the decision may be, nor
    ask for a related type: read as in LIC-01, which flags fewer. A holder who is, or could be, the same party under
    another number is no new applicant; a company that resembles the earlier one is, and LIC-02 may then say that it is
    the same party all the same. A manager ties two files who was on the list of the earlier one at the decision, and on
    that of the new one at or after the application.
    """
    start = readings.window_start(as_of, p.look_back_days)
    pairs = _pairs(t.vergunningen, as_of, start=start, days=p.window_days)
    # used for every kind of tie: without the cache the plan would hold it again at every use
    pairs = pairs.join(_same_party(t, pairs), on=_PAIR, how="anti").pipe(readings.computed)
    ties = pl.concat([_same_person(t, pairs), _same_lessor(pairs), _same_name(t, pairs, p.min_name_similarity)])
    tied = ties.group_by(_PAIR).agg(
        persoon_gelijk=(pl.col("tie") == "person").any(),
        verhuurder_gelijk=(pl.col("tie") == "lessor").any(),
        naam_gelijk=(pl.col("tie") == "name").any(),
        sources=pl.col("sources").list.explode(keep_nulls=False, empty_as_null=False),
        mentions=pl.col("mentions").list.explode(keep_nulls=False, empty_as_null=False),
    )
    latest = (
        "eerder_zaaknummer",
        "eerder_status",
        "besluit",
        "grond",
        *readings.dated("datum_eerder_besluit"),
        "dagen",
        "persoon_gelijk",
        "verhuurder_gelijk",
        "naam_gelijk",
    )
    return (
        pairs.join(tied, on=_PAIR)
        .sort("decided_max", "eerder")
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("address_id", "zaaknummer", "zaaktype").first(),
            pl.col(latest).last(),
            records=pl.concat_list("eerder", "sources").list.explode(keep_nulls=False, empty_as_null=False),
            mentions=pl.col("mentions").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
        .with_columns(
            # only what is equal: names that belong together are written differently
            gelijk=pl.concat_list(
                pl.when("persoon_gelijk").then(pl.lit("persoon")),
                pl.when("verhuurder_gelijk").then(pl.lit("verhuurder")),
            ).list.drop_nulls(),
            record_ids=pl.concat_list("record", "records"),
        )
        .drop("record", "records")
    )


def _pairs(permits: pl.LazyFrame, as_of: date, *, start: date, days: float) -> pl.LazyFrame:
    """One row per new application and decision shortly before it at the same object: `record`, `eerder` (records)."""
    earlier = readings.earlier_decisions(permits, start).select(
        "address_id",
        eerder="record",
        eerder_key="key",
        eerder_zaaknummer="zaaknummer",
        eerder_zaaktype="zaaktype",
        eerder_status="status",
        eerder_kvk="kvk_nummer",
        eerder_verhuurder="verhuurder_kvk",
        eerder_filed="datum_aanvraag_max",
        **readings.decision_taken(),
        **readings.decision_dates("datum_eerder_besluit"),
        decided_min=readings.decision_date("_min"),
        decided_max=readings.decision_date("_max"),
    )
    applications = readings.new_applications(permits, as_of).with_columns(last_day=readings.judged_until(as_of))
    return (
        applications.join(earlier, on="address_id")
        .with_columns(dagen=(pl.col("datum_aanvraag_max") - pl.col("decided_min")).dt.total_days())
        .filter(
            pl.col("datum_aanvraag_min") > pl.col("decided_max"),
            pl.col("dagen") <= days,
            readings.is_related("eerder_zaaktype"),
            (pl.col("kvk_nummer") != pl.col("eerder_kvk")).fill_null(True),
        )
    )


def _same_party(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Those of `pairs` of which one party holds both, or two that could be one."""
    holders = t.partijen.filter(pl.col("role") == "houder").select("record", "party_id")
    marks = readings.marks_of_parties(holders, t.mogelijk_een_partij).select("record", "mark")
    return (
        pairs.select(_PAIR)
        .join(marks, on="record")
        .join(marks.rename({"record": "eerder"}), on=["eerder", "mark"])
        .select(_PAIR)
        .unique()
    )


def _same_lessor(pairs: pl.LazyFrame) -> pl.LazyFrame:
    none = pl.lit([], dtype=pl.List(pl.String))
    return pairs.filter(pl.col("verhuurder_kvk") == pl.col("eerder_verhuurder")).select(
        *_PAIR, tie=pl.lit("lessor"), sources=none, mentions=none
    )


def _same_name(t: Tables, pairs: pl.LazyFrame, min_similarity: float) -> pl.LazyFrame:
    """Pairs whose files share a trade or statutory name, or two that resemble each other enough."""
    none = pl.lit([], dtype=pl.List(pl.String))
    now = pairs.select(_PAIR).join(t.handelsnamen, on="record").unique()
    then = pairs.select(_PAIR).join(t.handelsnamen, left_on="eerder", right_on="record").unique()
    both = now.join(then, on=_PAIR, suffix="_other").select(
        *_PAIR,
        left_name_key=pl.min_horizontal("name_key", "name_key_other"),
        right_name_key=pl.max_horizontal("name_key", "name_key_other"),
    )
    alike = t.gelijkende_namen.filter(pl.col("similarity") >= min_similarity)
    resembling = both.join(alike, on=["left_name_key", "right_name_key"], how="semi")
    return (
        pl.concat([both.filter(pl.col("left_name_key") == pl.col("right_name_key")), resembling])
        .select(*_PAIR)
        .unique()
        .with_columns(tie=pl.lit("name"), sources=none, mentions=none)
    )


def _same_person(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs that share a person in any professional role: holder, owner or director, or on the list of managers."""
    files = pl.concat(
        [
            pairs.select(
                file="record",
                key="key",
                kvk_nummer="kvk_nummer",
                since="datum_aanvraag_max",
                manages_since="datum_aanvraag_max",
                until="last_day",
            ),
            pairs.select(
                file="eerder",
                key="eerder_key",
                kvk_nummer="eerder_kvk",
                since="eerder_filed",
                manages_since="decided_max",
                until="decided_min",
            ),
        ]
    ).unique()
    people = t.partijen.filter(pl.col("kind") == "person", pl.col("role") != "verhuurder")
    officers = t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS)).rename(
        {"record": "source"}
    )
    sources = pl.concat(
        [
            files.select("file", source="file"),
            files.join(t.leidinggevenden.rename({"record": "source"}), left_on="key", right_on="zaaknummer")
            .filter(
                pl.col("datum_van_max") <= pl.col("until"),
                pl.col("datum_tot_min").is_null() | (pl.col("datum_tot_min") >= pl.col("manages_since")),
            )
            .select("file", "source"),
            files.join(officers, on="kvk_nummer")
            .filter(
                pl.col("datum_aanvang_max") <= pl.col("until"),
                pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= pl.col("since")),
            )
            .select("file", "source"),
        ]
    ).unique()
    named = sources.join(people.select("mention", "party_id", source="record"), on="source").pipe(readings.computed)
    return (
        pairs.select(_PAIR)
        .join(named.rename({"file": "record"}), on="record")
        .join(named.rename({"file": "eerder"}), on=["eerder", "party_id"], suffix="_earlier")
        .select(
            *_PAIR,
            tie=pl.lit("person"),
            sources=pl.concat_list("source", "source_earlier"),
            mentions=pl.concat_list("mention", "mention_earlier"),
        )
    )
