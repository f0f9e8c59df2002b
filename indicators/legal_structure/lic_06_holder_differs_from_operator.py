"""LIC-06: the company at the address is not that of the licence holder."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="LIC-06",
    version=4,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
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
        "Een vestiging van de houder met een onduidelijk adres kan op deze plek zijn.",
        "De houder en de exploitant, of de mensen erachter, kunnen door hun naam één en dezelfde zijn.",
    ),
    ruled_out_en=(
        "The holder has an establishment of their own at the address.",
        "The operator belongs to the same group as the holder or continues the holder's company.",
        "The holder is owner, partner or director of the operator.",
        "The other company at the address is in another line of business.",
        "An establishment of the holder whose address is not clear could be at this place.",
        "Holder and operator, or the people behind them, could be the same, by their names.",
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
    checked_nl=(
        "De houder heeft hier geen vestiging, ook niet met een onduidelijk adres.",
        "KVK {kvk_exploitant} hoort niet bij de groep van de houder en zet diens bedrijf niet voort.",
        "De houder is er geen eigenaar, vennoot of bestuurder van.",
    ),
    checked_en=(
        "The holder has no establishment here, nor one with an unclear address.",
        "KVK {kvk_exploitant} is not of the group of the holder and does not continue its business.",
        "The holder is not its owner, partner or director.",
    ),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "vergunningen": columns(
            "record zaaknummer zaaktype is_location_bound address_id status ingangsdatum_max einddatum_min "
            "bezwaar_uitkomst kvk_nummer"
        ),
        "handelsregister": columns(
            "record kvk_nummer vestigingsnummer address_id address_note candidates candidate_id sbi_codes sbi_versie "
            "lines datum_aanvang_min datum_aanvang_max datum_einde_min datum_einde_max afgeschermd"
        ),
        "branches": columns("branche permit_types"),
        "functionarissen": columns("record kvk_nummer functie datum_einde_max"),
        "partijen": columns("record role kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
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
        "Vergunning {zaaknummer} voor {zaaktype:word} geldt op {as_of}. Op het adres heeft de houder geen "
        "actieve vestiging. Wel zit daar een ander bedrijf in dezelfde branche (KVK {kvk_exploitant}), "
        "sinds {datum_aanvang_exploitant}. Dat is {dagen_sinds_aanvang:span}."
    ),
    evidence_en=(
        "Licence {zaaknummer} for {zaaktype:word} is valid on {as_of}. The holder has no active "
        "establishment at the address. Another company in the same line is there (KVK {kvk_exploitant}), "
        "since {datum_aanvang_exploitant}. That is {dagen_sinds_aanvang:span}."
    ),
)
def holder_differs_from_operator(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid location-bound licence without its holder: zaaknummer, vestigingen, kvk_exploitant, days."""
    valid = t.vergunningen.filter(
        readings.valid_licence(as_of), readings.is_location_bound(), pl.col("address_id").is_not_null()
    ).select("record", "zaaknummer", "zaaktype", "address_id", "kvk_nummer")
    # a permit that can be for another line is none that this operator needs
    lines = readings.lines_of_permits(valid, t.handelsregister, t.branches).filter("is_sure")
    licences = valid.join(lines.select("record", "branche"), on="record").pipe(readings.computed)
    establishments = t.handelsregister.join(licences, on="address_id", how="semi")
    operators = (
        establishments.filter(readings.active(as_of), ~readings.shielded())
        .join(readings.lines_of_establishments(establishments), on="record")
        .select(
            "address_id",
            "vestigingsnummer",
            "datum_aanvang_min",
            "datum_aanvang_max",
            "kvk_nummer",
            "branche",
            operator="record",
        )
    )
    present = (
        readings.wherever_it_could_stand(t, "handelsregister")
        .filter(pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") > as_of))
        .join(licences, on="address_id", how="semi")
        .select("address_id", "kvk_nummer")
        .pipe(readings.computed)
    )
    # most holders are there themselves, by the number on the permit: the rest is few, and dear to look up
    licences = (
        licences.join(operators, on=["address_id", "branche"], how="semi")
        .join(present, on=["address_id", "kvk_nummer"], how="anti")
        .pipe(readings.computed)
    )
    holders = (
        t.partijen.filter(pl.col("role") == "houder").join(licences, on="record", how="semi").pipe(readings.computed)
    )
    # who is not known by number or birth date cannot be compared with anyone: the licence raises nothing
    licences = licences.join(_known(t, licences, holders), on="record", how="semi")
    return (
        licences.join(_with_own_company(t, licences, holders, present, as_of), on="record", how="anti")
        .join(operators, on=["address_id", "branche"], suffix="_exploitant")
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


def _known(t: Tables, licences: pl.LazyFrame, holders: pl.LazyFrame) -> pl.LazyFrame:
    """`record` of the licences whose holder is known, by a KVK number or as a person with a birth date."""
    numbered = t.partijen.filter(pl.col("kvk_nummer").is_not_null())
    return pl.concat(
        [
            licences.filter(pl.col("kvk_nummer").is_not_null()).select("record"),
            holders.join(numbered, on="party_id", how="semi").select("record"),
            readings.known_persons(holders.filter(pl.col("kind") == "person"), t.partijen).select("record"),
        ]
    ).unique()


def _with_own_company(
    t: Tables, licences: pl.LazyFrame, holders: pl.LazyFrame, present: pl.LazyFrame, as_of: date
) -> pl.LazyFrame:
    """`record` of the licences at whose object a company is present that is, or could be, the holder's own.

    Own are: the number on the permit, the numbers beside which the same party appears, one that could be it, and all
    that belong to the group of these or are run by who is, or could be, the same (what rules a hit out is read widely).
    """
    marks = readings.marks_of_parties(holders.select("record", "party_id"), t.mogelijk_een_partij)
    # only who is a holder, or could be one, is worth asking for its numbers
    possible = pl.concat(
        [
            holders.select("party_id"),
            *(t.mogelijk_een_partij.select(party_id=f"{side}_party_id") for side in ("left", "right")),
        ]
    )
    numbered = (
        t.partijen.filter(pl.col("kvk_nummer").is_not_null())
        .join(possible, on="party_id", how="semi")
        .select("party_id", "kvk_nummer")
        .unique()
    )
    named = readings.marks_of_parties(numbered, t.mogelijk_een_partij).select("mark", "kvk_nummer")
    own = pl.concat(
        [
            licences.filter(pl.col("kvk_nummer").is_not_null()).select("record", "kvk_nummer"),
            marks.join(named, on="mark").select("record", "kvk_nummer"),
        ]
    )
    own = own.unique().pipe(readings.computed)  # the plan holds it at every use
    there = licences.select("record", "address_id").join(present, on="address_id").select("record", "kvk_nummer")
    running = pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS) & (
        pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") >= as_of)
    )
    companies = readings.marks_of_companies(t, pl.concat([own, there]), t.functionarissen.filter(running)).pipe(
        readings.computed
    )
    of_holders = pl.concat(
        [marks.select("record", "mark"), own.join(companies, on="kvk_nummer").select("record", "mark")]
    )
    return of_holders.join(there.join(companies, on="kvk_nummer"), on=["record", "mark"]).select("record").unique()
