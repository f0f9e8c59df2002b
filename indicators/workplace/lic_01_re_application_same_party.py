"""LIC-01: a new application by the party that was refused, or lost its licence, in the past five years."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_PERMIT_COLUMNS = (
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
)


@indicator(
    code="LIC-01",
    version=3,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Heraanvraag na intrekking/weigering (zelfde partij)",
    name_en="Re-application after refusal/withdrawal",
    rationale_nl="Een partij kreeg een weigering of een intrekking en vraagt opnieuw aan. Het eerdere besluit hoort "
    "dan bij de beoordeling. Een Bibob-conclusie is vijf jaar bruikbaar.",
    rationale_en="A party was refused or lost its licence and applies again. The earlier decision belongs in the "
    "assessment. A Bibob conclusion can be used for five years.",
    ruled_out_nl=(
        "De weigering was alleen formeel: er ontbrak bijvoorbeeld een stuk.",
        "De weigering kwam door de bestemming van het pand.",
        "De houder trok de vergunning zelf in.",
        "Het besluit is vernietigd in bezwaar.",
        "De aanvraag is ouder dan het besluit.",
        "De vergunning is van een heel andere soort.",
        "De eerdere aanvraag is buiten behandeling gesteld.",
        "Een ander bedrijf heeft dezelfde naam.",
        "De nieuwe vergunning is al afgelopen.",
    ),
    ruled_out_en=(
        "The refusal was a matter of form: a document was missing, for instance.",
        "The refusal followed from the zoning of the building.",
        "The holder gave up the licence.",
        "The decision was annulled after an objection.",
        "The application is older than the decision.",
        "The permit is of quite another kind.",
        "The earlier application was set aside undecided.",
        "Another company has the same name.",
        "The new licence has ended already.",
    ),
    innocent_nl=(
        "De reden van het eerdere besluit is intussen weggenomen.",
        "Het bedrijf heeft intussen andere eigenaren of bestuurders.",
        "Er loopt nog bezwaar of beroep tegen het eerdere besluit.",
    ),
    innocent_en=(
        "The reason for the earlier decision has since been removed.",
        "The company has other owners or directors by now.",
        "An objection or appeal against the earlier decision is still pending.",
    ),
    checked_nl=(
        "Het besluit was niet formeel, en het kwam niet door de bestemming van het pand.",
        "Het besluit is niet vernietigd en niet op verzoek van de houder genomen.",
        "Het is dezelfde partij: het nummer is gelijk, niet alleen de naam.",
        "De aanvraag is van na het besluit.",
    ),
    checked_en=(
        "The decision was not formal, nor for the zoning of the building.",
        "The decision was not annulled, nor taken at the request of the holder.",
        "It is the same party: the number is the same, not the name alone.",
        "The application is from after the decision.",
    ),
    decisive={"vergunningen": ("datum_besluit", "datum_aanvraag"), "handelsregister": ("datum_aanvang",)},
    inputs={"vergunningen": _PERMIT_COLUMNS, "handelsregister": columns("record kvk_nummer rsin afgeschermd")},
    needs=("vergunningen",),  # the trade register only adds the RSIN
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
        )
    },
    evidence_nl=(
        "Zaak {eerder_zaaknummer} is op {datum_eerder_besluit} {besluit:word}[ ({grond:word})].[{grond:!} "
        "De grond staat niet in het register.] Daarna, op {datum_aanvraag}, kwam aanvraag {zaaknummer} "
        "voor {zaaktype:word} van dezelfde partij. Het KVK-nummer is {kvk_nummer}[ en was toen "
        "{eerder_kvk_nummer}]. In {window_years} jaar {eerdere_besluiten:=was|waren} er "
        "{eerdere_besluiten:eerder besluit|eerdere besluiten}."
    ),
    evidence_en=(
        "Case {eerder_zaaknummer} was {besluit:word} on {datum_eerder_besluit}[ "
        "({grond:word})].[{grond:!} The ground is not in the register.] After that, on {datum_aanvraag}, "
        "the same party filed application {zaaknummer} for {zaaktype:word}. Its KVK number is "
        "{kvk_nummer}[ and was {eerder_kvk_nummer} then]. In {window_years} years there "
        "{eerdere_besluiten:=was|were} {eerdere_besluiten:earlier decision|earlier decisions}."
    ),
    feedback_risk="high: an earlier decision of the municipality is itself the signal, so that a wrong decision would "
    "return; the window makes it lapse",
    feedback_risk_nl=(
        "hoog: een eerder besluit van de gemeente is zelf het signaal. Een fout besluit zou dus terugkomen. Na de "
        "termijn telt het niet meer."
    ),
)
def re_application_same_party(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per new application, pending or granted; the latest earlier decision is named, all are in record_ids.

    Values: zaaknummer, zaaktype, datum_aanvraag, kvk_nummer; of the latest decision eerder_zaaknummer, eerder_status,
    datum_eerder_besluit, eerder_kvk_nummer (empty where it is the same number); eerdere_besluiten (count).
    """
    start = readings.window_start(as_of, readings.days_of_years(p.window_years))
    earlier = readings.earlier_decisions(t.vergunningen, start).select(
        eerder="record",
        eerder_zaaknummer="zaaknummer",
        eerder_zaaktype="zaaktype",
        eerder_status="status",
        eerder_kvk_nummer="kvk_nummer",
        **readings.decision_taken(),
        **readings.decision_dates("datum_eerder_besluit"),
    )
    applications = readings.new_applications(t.vergunningen, as_of)
    # few have an earlier decision: everything else is looked up from these
    numbers_then = _legal_numbers(t, earlier.select(record="eerder")).select("number", eerder="record", then="source")
    same_party = (
        _legal_numbers(t, applications)
        .join(numbers_then, on="number")
        .group_by("record", "eerder")
        .agg(
            # one KVK number says enough; else the hit rests on the rows that give both numbers one RSIN
            via=pl.concat([pl.col("source"), pl.col("then")])
            .drop_nulls()
            .unique()
            .sort()
            .filter(~pl.col("is_kvk").any())
        )
    )
    return (
        applications.join(same_party, on="record")
        .join(earlier, on="eerder")
        .filter(
            pl.col("datum_aanvraag_min") > pl.col("datum_eerder_besluit_max"), readings.is_related("eerder_zaaktype")
        )
        .sort("datum_eerder_besluit_max", "eerder")
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("address_id", "zaaknummer", "zaaktype", "kvk_nummer", *readings.dated("datum_aanvraag")).first(),
            pl.col("eerder_zaaknummer", "eerder_status", "besluit", "grond", "eerder_kvk_nummer").last(),
            pl.col(readings.dated("datum_eerder_besluit")).last(),
            eerdere_besluiten=pl.len().cast(pl.Int64),
            records=pl.concat_list("eerder", "via").list.explode(keep_nulls=False, empty_as_null=False),
        )
        .with_columns(
            record_ids=pl.concat_list("record", "records"),
            # a number that stayed the same is told once
            eerder_kvk_nummer=pl.when(pl.col("eerder_kvk_nummer").ne_missing(pl.col("kvk_nummer"))).then(
                "eerder_kvk_nummer"
            ),
            window_start=pl.lit(start),
            window_end=pl.lit(as_of),
        )
        .drop("record", "records")
    )


def _legal_numbers(t: Tables, permits: pl.LazyFrame) -> pl.LazyFrame:
    """One row per one of `permits` and number that names its party beyond doubt: the KVK number, and its RSIN.

    Columns `record`, `number`, `is_kvk`, `source`: the row of the trade register that gives the RSIN (null where it is
    shielded: then it is named nowhere).
    """
    with_kvk = t.vergunningen.join(permits, on="record", how="semi").select("record", "kvk_nummer").drop_nulls()
    rsin = (
        t.handelsregister.drop_nulls(["kvk_nummer", "rsin"])
        .join(with_kvk, on="kvk_nummer", how="semi")
        .group_by("kvk_nummer", "rsin")
        .agg(source=pl.col("record").filter(~readings.shielded()).min())
    )
    return pl.concat(
        [
            with_kvk.select(
                "record",
                number=pl.lit("kvk ") + pl.col("kvk_nummer"),
                is_kvk=pl.lit(True),
                source=pl.lit(None, dtype=pl.String),
            ),
            with_kvk.join(rsin, on="kvk_nummer")
            .select("record", "source", number=pl.lit("rsin ") + pl.col("rsin"), is_kvk=pl.lit(False))
            .select("record", "number", "is_kvk", "source"),
        ]
    )
