"""LIC-09: an application was withdrawn after the integrity questionnaire, and the same party applied again."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_EVENT = "evenement"


@indicator(
    code="LIC-09",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob",),
    name_nl="Teruggetrokken tijdens integriteitstoets, nieuwe aanvraag",
    name_en="Withdrawn during integrity check, re-filed",
    rationale_nl="Een aanvrager kreeg de vragenlijst voor de Bibob-toets en trok de aanvraag in. Later kwam er een "
    "nieuwe aanvraag van dezelfde partij. De toets van toen is niet afgemaakt.",
    rationale_en="An applicant got the questionnaire of the Bibob check and withdrew the application. Later the same "
    "party applied again. The check was never finished.",
    ruled_out_nl=(
        "Er was geen vragenlijst.",
        "De eerste aanvraag werd verleend en pas later ingetrokken.",
        "De gemeente trok de vergunning in.",
        "De nieuwe aanvraag liep al toen de eerste werd ingetrokken.",
        "Er zit te veel tijd tussen.",
        "Alleen de naam is gelijk.",
        "Het besluit over de eerste aanvraag is vernietigd.",
        "De nieuwe aanvraag is zelf geweigerd, ingetrokken of vernietigd.",
        "De vragenlijst is van na het intrekken.",
        "De nieuwe aanvraag is te lang geleden.",
        "Het gaat om een evenement.",
        "De nieuwe vergunning is al afgelopen.",
    ),
    ruled_out_en=(
        "There was no questionnaire.",
        "The first application was granted and withdrawn later only.",
        "The municipality withdrew the licence.",
        "The new application was pending already when the first was withdrawn.",
        "Too much time lies between.",
        "Only the name is the same.",
        "The decision on the first application was annulled.",
        "The new application was itself refused, withdrawn or annulled.",
        "The questionnaire is of after the withdrawal.",
        "The new application is too long ago.",
        "It is about an event.",
        "The new licence has ended already.",
    ),
    innocent_nl=("De bank gaf geen lening.", "Het plan is veranderd.", "De vragenlijst kostte te veel werk."),
    innocent_en=("The bank gave no loan.", "The plan has changed.", "The questionnaire took too much work."),
    checked_nl=(
        "De vragenlijst is van voor het intrekken.",
        "De eerste aanvraag was nog niet verleend.",
        "Het is dezelfde partij, niet alleen dezelfde naam.",
        "Tussen de twee zitten {dagen:span}.",
    ),
    checked_en=(
        "The questionnaire is from before the withdrawal.",
        "The first application had not been granted yet.",
        "It is the same party, not the same name alone.",
        "Between the two lie {dagen:span}.",
    ),
    decisive={"vergunningen": ("datum_besluit", "datum_aanvraag")},
    inputs={
        "vergunningen": (
            "record",
            "zaaknummer",
            "zaaktype",
            "status",
            "vervalreden",
            "bezwaar_uitkomst",
            "kvk_nummer",
            "address_id",
            "bibob_vragenlijst_datum_max",
            *readings.dated("datum_aanvraag"),
            *readings.dated("datum_besluit"),
            "ingangsdatum_max",
            *readings.dated("einddatum"),
        ),
        "partijen": columns("mention record role kind party_id kvk_nummer"),
    },
    params={
        "window_days": Param(
            730,
            "days",
            "later a new plan is more likely than the old one; 24 months are 730 days",
            floor=90,
            ceiling=730,
            label_nl="Dagen tussen intrekken en nieuwe aanvraag, hoogstens",
            label_en="Days between withdrawal and new application, at most",
            reason_nl="later gaat het eerder om een nieuw plan; twee jaar is 730 dagen",
        )
    },
    evidence_nl=(
        "Aanvraag {eerder_zaaknummer} voor {eerder_zaaktype:word} is ingetrokken door de aanvrager, tijdens de "
        "integriteitstoets. Op {datum_aanvraag} kwam aanvraag {zaaknummer} voor {zaaktype:word} van dezelfde partij."
    ),
    evidence_en=(
        "Application {eerder_zaaknummer} for {eerder_zaaktype:word} was withdrawn by the applicant, during the "
        "integrity check. On {datum_aanvraag} the same party filed application {zaaknummer} for {zaaktype:word}."
    ),
    feedback_risk="high: a check by the municipality that was not finished is itself the signal; the window makes it "
    "lapse",
    feedback_risk_nl=(
        "hoog: een toets van de gemeente die niet af kwam is zelf het signaal. Na de termijn telt die niet meer."
    ),
)
def withdrawn_during_integrity_check(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per new application, pending or granted; the latest withdrawal is named, all are in record_ids.

    Values: zaaknummer, zaaktype, datum_aanvraag; of the withdrawn one eerder_zaaknummer, eerder_zaaktype,
    and dagen between, no day of the check. The same party is the same KVK number, or one party by exact, strong or
    confirmed links. The definition asks for no related type; an event is nobody's business to come back to. Windows
    count back from the run: the new application lies within the window, and the withdrawal within as many days before
    it, so that both lapse. Only that there was a questionnaire is read, never what is in it (Bibob Act, article 28).
    """
    withdrawn = t.vergunningen.filter(
        pl.col("status") == "ingetrokken",
        pl.col("vervalreden") == "ingetrokken_belanghebbende",
        pl.col("ingangsdatum_max").is_null(),
        pl.col("bibob_vragenlijst_datum_max") <= readings.decision_date("_min"),
        pl.col("zaaktype") != _EVENT,
        ~readings.annulled(),
    ).select(
        eerder="record",
        eerder_zaaknummer="zaaknummer",
        eerder_zaaktype="zaaktype",
        eerder_kvk="kvk_nummer",
        ended_min=readings.decision_date("_min"),
        ended_max=readings.decision_date("_max"),
    )
    applications = readings.new_applications(t.vergunningen, as_of).filter(
        pl.col("datum_aanvraag_min") >= readings.window_start(as_of, p.window_days), pl.col("zaaktype") != _EVENT
    )
    keys = _keys_of_holders(t)
    tied = (
        keys.join(withdrawn.select(record="eerder"), on="record", how="semi")
        .rename({"record": "eerder", "mention": "earlier_mention"})
        .join(keys, on="holder_key")
        .group_by("record", "eerder")
        .agg(pl.col("mention", "earlier_mention").drop_nulls())
    )
    first = ("address_id", "zaaknummer", "zaaktype", *readings.dated("datum_aanvraag"))
    return (
        applications.join(tied, on="record")
        .join(withdrawn, on="eerder")
        .with_columns(dagen=(pl.col("datum_aanvraag_max") - pl.col("ended_min")).dt.total_days())
        .filter(pl.col("datum_aanvraag_min") > pl.col("ended_max"), pl.col("dagen") <= p.window_days)
        .sort("ended_max", "eerder")
        .group_by("record", maintain_order=True)
        .agg(
            pl.col(first).first(),
            pl.col("eerder_zaaknummer", "eerder_zaaktype", "dagen").last(),
            records=pl.col("eerder"),
            mentions=pl.concat_list("mention", "earlier_mention").list.explode(keep_nulls=False, empty_as_null=False),
        )
        .with_columns(record_ids=pl.concat_list("record", "records"), mentions=pl.col("mentions").list.unique())
        .drop("record", "records")
    )


def _keys_of_holders(t: Tables) -> pl.LazyFrame:
    """One row per permit and what its holder is known by: `record`, `holder_key`, `mention` (null for a number)."""
    numbers = t.vergunningen.filter(pl.col("kvk_nummer").is_not_null()).select(
        "record", holder_key=pl.lit("number:") + pl.col("kvk_nummer"), mention=pl.lit(None, dtype=pl.String)
    )
    holders = t.partijen.filter(pl.col("role") == "houder").join(t.vergunningen, on="record", how="semi")
    parties = holders.select("record", holder_key=pl.lit("party:") + pl.col("party_id"), mention="mention")
    by_number = holders.filter(pl.col("kvk_nummer").is_not_null(), pl.col("kind") == "organisation").select(
        "record", holder_key=pl.lit("number:") + pl.col("kvk_nummer"), mention=pl.lit(None, dtype=pl.String)
    )
    return pl.concat([numbers, parties, by_number]).unique()
