"""LIC-06: the company at the address is not that of the licence holder."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="LIC-06",
    version=1,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="vergunningen",
    name_nl="Vergunninghouder ≠ exploitant",
    name_en="Holder differs from operator",
    rationale_nl=(
        "Een vergunning geldt voor één houder en één plek. Zij gaat niet vanzelf over op een ander. Staat op het adres "
        "alleen een ander bedrijf ingeschreven, dan is niet duidelijk wie de zaak drijft."
    ),
    rationale_en=(
        "A licence is for one holder and one place. It does not pass to someone else by itself. If only another "
        "company is registered at the address, it is not clear who runs the business."
    ),
    ruled_out_nl=(
        "De houder heeft zelf een vestiging op het adres.",
        "De exploitant hoort bij dezelfde groep als de houder of zet diens onderneming voort.",
        "De houder is zelf eigenaar, vennoot of bestuurder van de exploitant.",
        "Het andere bedrijf op het adres werkt in een andere branche.",
    ),
    ruled_out_en=(
        "The holder has an establishment of their own at the address.",
        "The operator belongs to the same group as the holder or continues the holder's company.",
        "The holder is owner, partner or director of the operator.",
        "The other company at the address is in another line of business.",
    ),
    innocent_nl=(
        "De zaak wordt verkocht en de nieuwe aanvraag komt nog.",
        "De houder heeft zijn inschrijving bij de KVK nog niet bijgewerkt.",
        "De houder huurt een ander bedrijf in voor de dagelijkse leiding en heeft dat gemeld.",
    ),
    innocent_en=(
        "The business is being sold and the new application is still to come.",
        "The holder has not brought the entry in the trade register up to date yet.",
        "The holder hires another company for the daily management and has reported that.",
    ),
    inputs={
        "vergunningen": columns(
            "record zaaknummer zaaktype address_id status ingangsdatum_max einddatum_min bezwaar_uitkomst kvk_nummer"
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer address_id sbi_codes datum_aanvang_min datum_aanvang_max "
            "datum_einde_min datum_einde_max afgeschermd"
        ),
        "functionarissen": columns("record kvk_nummer functie datum_einde_max"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("vergunningen", "handelsregister", "functionarissen"),
    params={
        "grace_days": Param(
            60,
            "days",
            "a sale and a new application take some time",
            floor=30,
            label_nl="Dagen sinds de exploitant begon, meer dan",
            label_en="Days since the operator began, more than",
            reason_nl="een verkoop en een nieuwe aanvraag kosten tijd",
        )
    },
    evidence_nl=(
        "Vergunning {zaaknummer} ({zaaktype}) is geldig op {as_of}. Op het adres heeft de houder geen actieve "
        "vestiging. Wel actief in dezelfde branche, met een ander KVK-nummer: vestiging {vestigingen} (KVK "
        "{kvk_exploitant}), sinds {datum_aanvang_exploitant}. Dat is {dagen_sinds_aanvang} dagen en meer dan "
        "{grace_days} dagen."
    ),
    evidence_en=(
        "Licence {zaaknummer} ({zaaktype}) is valid on {as_of}. The holder has no active establishment at the address. "
        "Active in the same line, under another KVK number: establishment {vestigingen} (KVK {kvk_exploitant}), since "
        "{datum_aanvang_exploitant}. That is {dagen_sinds_aanvang} days and more than {grace_days} days."
    ),
)
def holder_differs_from_operator(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid location-bound licence without its holder: zaaknummer, vestigingen, kvk_exploitant, days."""
    licences = (
        t.vergunningen.filter(
            readings.valid_licence(as_of),
            pl.col("zaaktype").is_in(readings.LOCATION_BOUND),
            pl.col("address_id").is_not_null(),
        )
        .with_columns(line=readings.line_of())
        .filter(pl.col("line").is_not_null())
        .select("record", "zaaknummer", "zaaktype", "address_id", "line", "kvk_nummer")
    )
    establishments = t.handelsregister.join(licences, on="address_id", how="semi")
    operators = (
        establishments.filter(readings.active(as_of), ~readings.shielded())
        .select(
            "address_id",
            "vestigingsnummer",
            "datum_aanvang_min",
            "datum_aanvang_max",
            "kvk_nummer",
            operator="record",
            line=readings.lines_of_business(tuple(readings.SBI_LINE)),
        )
        .explode("line")
        .filter(pl.col("line").is_not_null())
    )
    present = establishments.filter(pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") > as_of))
    present = present.select("address_id", "kvk_nummer")
    # most holders are there themselves, by the number on the permit: the rest is few, and dear to look up
    licences = (
        licences.join(operators, on=["address_id", "line"], how="semi")
        .join(present, on=["address_id", "kvk_nummer"], how="anti")
        .cache()
    )
    own = _numbers_of_holders(t, licences, as_of).cache()
    # who is not known by number or birth date cannot be compared with anyone: the licence raises nothing
    licences = licences.join(own, on="record", how="semi")
    holders_own = (
        licences.join(present, on="address_id", suffix="_here")
        .join(own, left_on=["record", "kvk_nummer_here"], right_on=["record", "own_kvk"], how="semi")
        .select("record")
    )
    return (
        licences.join(holders_own, on="record", how="anti")
        .join(operators, on=["address_id", "line"], suffix="_exploitant")
        .group_by("record", "zaaknummer", "zaaktype", "address_id")
        .agg(
            pl.col("operator").unique().sort(),
            pl.col("vestigingsnummer").drop_nulls().unique().sort().alias("vestigingen"),
            pl.col("kvk_nummer_exploitant").unique().sort().alias("kvk_exploitant"),
            **readings.between(
                "datum_aanvang_exploitant", pl.col("datum_aanvang_min").min(), pl.col("datum_aanvang_max").min()
            ),
        )
        .filter(pl.col("datum_aanvang_exploitant_max") < as_of - timedelta(days=p.grace_days))
        .select(
            "address_id",
            "zaaknummer",
            "zaaktype",
            "vestigingen",
            "kvk_exploitant",
            *readings.dated("datum_aanvang_exploitant"),
            record_ids=pl.concat_list("record", "operator"),
            dagen_sinds_aanvang=(pl.lit(as_of) - pl.col("datum_aanvang_exploitant_max")).dt.total_days(),
        )
    )


def _numbers_of_holders(t: Tables, licences: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per licence and KVK number that is the holder's own: `record`, `own_kvk` (null: known, but no company).

    Own are: the number on the permit, the numbers under which the same party appears, the companies that this person
    runs, and the whole group of each (companies run by one person are one group here: what rules a hit out is read
    widely).
    """
    holder = (
        t.partijen.filter(pl.col("role") == "houder")
        .join(licences, on="record", how="semi")
        .select("record", "party_id", "kind", "birth_date")
        .cache()
    )
    known_person = readings.known_persons(holder.filter(pl.col("kind") == "person"), t.partijen)
    numbered = t.partijen.filter(pl.col("kvk_nummer").is_not_null())
    same_party = holder.select("record", "party_id").join(
        numbered.select("party_id", own_kvk="kvk_nummer"), on="party_id"
    )
    running = pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS) & (
        pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= as_of)
    )
    runs = (
        t.partijen.filter(pl.col("kind") == "person")
        .join(known_person, on="party_id", how="semi")
        .select("record", "party_id")
        .join(t.functionarissen.filter(running).select("record", own_kvk="kvk_nummer"), on="record")
        .select("party_id", "own_kvk")
    )
    direct = (
        pl.concat(
            [
                licences.filter(pl.col("kvk_nummer").is_not_null()).select("record", own_kvk="kvk_nummer"),
                same_party.select("record", "own_kvk"),
                known_person.select("record", "party_id").join(runs, on="party_id").select("record", "own_kvk"),
            ]
        )
        .unique()
        .cache()
    )
    grouped = (
        direct.join(t.groepen, left_on="own_kvk", right_on="kvk_nummer")
        .select("record", "related_id")
        .join(t.groepen, on="related_id")
        .select("record", own_kvk="kvk_nummer")
    )
    identified = known_person.select("record", own_kvk=pl.lit(None, dtype=pl.String))
    return pl.concat([direct, grouped, identified]).unique()
