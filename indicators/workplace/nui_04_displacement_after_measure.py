"""NUI-04: reports stop at one address after a measure, and start at the next address of the same party."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_YEAR_DAYS = 365


@indicator(
    code="NUI-04",
    version=2,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="meldingen",
    purposes=("P-OO", "P-VERG"),
    powers=("toezicht", "sluiten"),
    name_nl="Verplaatsing na maatregel",
    name_en="Displacement after measure",
    rationale_nl="Na een maatregel stopten de meldingen op het oude adres. Dezelfde partij begon kort daarna op een "
    "nieuw adres, en daar kwamen meldingen. De overlast kan zijn verhuisd.",
    rationale_en="After a measure the reports at the old address stopped. Soon after the same party began at a new "
    "address, and there reports came in. The nuisance may have moved.",
    ruled_out_nl=(
        "De meldingen op het oude adres gaan door.",
        "Op het oude adres waren in het jaar voor de maatregel geen meldingen.",
        "De partij begon al voor de maatregel op het nieuwe adres, of pas veel later.",
        "Op het nieuwe adres is er maar één melding, of komt alles van één melder.",
        "De meldingen op het nieuwe adres zijn van voor de komst van de partij, of van lang geleden.",
        "De maatregel is vernietigd.",
        "De namen zijn gelijk, maar het KVK-nummer of de geboortedatum is anders of ontbreekt.",
        "De nieuwe vestiging is gestopt of afgeschermd.",
        "Een melding van daarna, met een onduidelijk adres, kan over het oude adres gaan.",
    ),
    ruled_out_en=(
        "The reports at the old address go on.",
        "In the year before the measure there were no reports at the old address.",
        "The party began at the new address before the measure, or much later.",
        "At the new address there is one report only, or all come from one reporter.",
        "The reports at the new address date from before the party came, or from long ago.",
        "The measure was annulled.",
        "The names are the same, but the KVK number or birth date differs or is missing.",
        "The new establishment has ended or is shielded.",
        "A later report whose address is not clear could be about the old address.",
    ),
    innocent_nl=(
        "Het bedrijf is gewoon verhuisd.",
        "De meldingen gaan over een andere zaak in het pand.",
        "Buren letten extra op omdat zij van de maatregel weten.",
    ),
    innocent_en=(
        "The business simply moved.",
        "The reports are about another business in the building.",
        "Neighbours are on the alert because they know of the measure.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "De meldingen op het oude adres zijn gestopt.",
        "De maatregel is niet vernietigd.",
        "Het is zeker dezelfde partij, niet alleen dezelfde naam.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "The reports at the old address have stopped.",
        "The measure was not annulled.",
        "It is surely the same party, not the same name alone.",
    ),
    decisive={"maatregelen": ("datum",), "handelsregister": ("datum_aanvang",), "functionarissen": ("datum_aanvang",)},
    inputs={
        "meldingen": (
            *readings.report_columns("hoofdcategorie", "subcategorie"),
            "address_note",
            "candidates",
            "candidate_id",
        ),
        "maatregelen": (
            "record",
            "maatregel_id",
            "type",
            "status",
            "address_id",
            "betrokkene_kvk",
            *readings.dated("datum"),
        ),
        "handelsregister": (
            "record",
            "kvk_nummer",
            "vestigingsnummer",
            "address_id",
            *readings.dated("datum_aanvang"),
            "datum_einde_min",
            "afgeschermd",
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("record mention role kind party_id"),
    },
    needs=("meldingen", "maatregelen", "handelsregister"),  # persons are a second way to the same party
    params={
        "max_start_days": Param(
            120,
            "days",
            "who starts so soon after a measure may be starting over",
            floor=30,
            ceiling=365,
            label_nl="Dagen tussen de maatregel en de start op het nieuwe adres, hoogstens",
            label_en="Days between the measure and the start at the new address, at most",
            reason_nl="wie zo kort na een maatregel start, kan opnieuw beginnen",
        ),
        "min_reports": Param(
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Meldingen op het nieuwe adres, minstens",
            label_en="Reports at the new address, at least",
            reason_nl="één melding is een incident",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Verschillende melders daar, minstens",
            label_en="Different reporters there, at least",
            reason_nl="één melder alleen is geen patroon",
        ),
        "window_days": Param(
            365,
            "days",
            "older reports say nothing of today",
            floor=90,
            ceiling=730,
            label_nl="Venster voor meldingen op het nieuwe adres",
            label_en="Window for reports at the new address",
            reason_nl="oudere meldingen zeggen niets over nu",
        ),
    },
    evidence_nl=(
        "Op een ander adres is[ op {datum_maatregel}] een maatregel genomen: {type_maatregel:word}, "
        "{maatregel_id}. In het jaar ervoor {meldingen_oud_adres:=was|waren} daar "
        "{meldingen_oud_adres:melding|meldingen}, daarna geen. Dezelfde partij begon hier[ op "
        "{datum_start}] een vestiging, binnen {max_start_days:span}. Sindsdien {meldingen:=was|waren} er "
        "hier {meldingen:melding|meldingen} van {melders:melder|melders}."
    ),
    evidence_en=(
        "A measure was taken at another address[ on {datum_maatregel}]: {type_maatregel:word}, "
        "{maatregel_id}. In the year before there {meldingen_oud_adres:=was|were} "
        "{meldingen_oud_adres:report|reports}, none since. The same party began an establishment here[ on "
        "{datum_start}], within {max_start_days:span}. Since then there {meldingen:=was|were} "
        "{meldingen:report|reports} here by {melders:reporter|reporters}."
    ),
)
def displacement_after_measure(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per measure and new establishment.

    Values: maatregel_id, type_maatregel, datum_maatregel, vestigingsnummer, datum_start, and the counts meldingen,
    melders, meldingen_oud_adres.

    The same party: the KVK number of the measure, or its person, who owns or runs the new
    establishment; that a company's director starts another company is not enough. Any report at the old address after
    the measure that is neither cancelled nor unfounded, also a child or a second one of a reporter, says that the
    nuisance there goes on. Old and new reports are of the relevant kinds.
    """
    relevant = readings.is_relevant_report()
    day = pl.col("datum_melding")
    measures = t.maatregelen.filter(
        readings.counting_measure(), pl.col("address_id").is_not_null(), pl.col("datum_max") <= as_of
    ).select("record", "address_id", "maatregel_id", "type", "betrokkene_kvk", *readings.dated("datum"))
    goes_on = (
        readings.wherever_it_could_stand(t, "meldingen")
        .filter(relevant, readings.report_counts())
        .select("address_id", "datum_melding")
        .join(measures.select("record", "address_id", "datum_min"), on="address_id")
        .filter(day > pl.col("datum_min"), day <= as_of)
        .select("record")
    )
    before = (
        measures.select("record", "address_id", "datum_min", "datum_max")
        .join(
            readings.counting_reports(t.meldingen, relevant, objects=measures).select(
                "address_id", "datum_melding", report="record"
            ),
            on="address_id",
        )
        .filter(day >= pl.col("datum_max") - pl.duration(days=_YEAR_DAYS), day <= pl.col("datum_min"))
        .group_by("record")
        .agg(meldingen_oud_adres=pl.len().cast(pl.Int64), old_records=pl.col("report").sort())
    )
    stopped = measures.join(goes_on, on="record", how="anti").join(before, on="record").pipe(readings.computed)
    moves = (
        _same_party(t, stopped, as_of)
        .join(stopped, on="record")
        .filter(
            pl.col("new_address") != pl.col("address_id"),
            pl.col("datum_aanvang_min") > pl.col("datum_max"),
            pl.col("datum_aanvang_max") <= pl.col("datum_min") + pl.duration(days=p.max_start_days),
        )
        .pipe(readings.computed)
    )
    start = readings.window_start(as_of, p.window_days)
    moved = moves.select("record", "establishment", "datum_aanvang_max", address_id="new_address")
    after = (
        moved.join(
            readings.counting_reports(t.meldingen, relevant, objects=moved).select(
                "address_id", "datum_melding", "reporter", report="record"
            ),
            on="address_id",
        )
        .filter(day >= pl.col("datum_aanvang_max"), day.is_between(start, as_of))
        .group_by("record", "establishment")
        .agg(
            meldingen=pl.len().cast(pl.Int64),
            melders=pl.col("reporter").n_unique().cast(pl.Int64),
            new_records=pl.col("report").sort(),
        )
        .filter(pl.col("meldingen") >= p.min_reports, pl.col("melders") >= p.min_reporters)
    )
    return moves.join(after, on=["record", "establishment"]).select(
        "maatregel_id",
        "vestigingsnummer",
        "meldingen",
        "melders",
        "meldingen_oud_adres",
        "mentions",
        address_id="new_address",
        type_maatregel=pl.col("type"),
        **readings.dated_as("datum_maatregel", "datum"),
        **readings.dated_as("datum_start", "datum_aanvang"),
        record_ids=pl.concat_list("record", "establishment", "via", "old_records", "new_records"),
        window_start=pl.max_horizontal("datum_aanvang_max", pl.lit(start)),
        window_end=pl.lit(as_of),
    )


def _same_party(t: Tables, measures: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per measure and active establishment of its party elsewhere.

    Columns: `record`, `establishment`, `new_address`, its number and dates of beginning, `via` (records of functions)
    and `mentions` (both lists).
    """
    places = t.handelsregister.filter(
        readings.active(as_of), ~readings.shielded(), pl.col("address_id").is_not_null()
    ).select(
        "kvk_nummer",
        "vestigingsnummer",
        *readings.dated("datum_aanvang"),
        establishment="record",
        new_address="address_id",
    )
    people = t.partijen.filter(pl.col("kind") == "person")
    involved = (
        people.filter(pl.col("role") == "betrokkene")
        .select("record", "mention", "party_id")
        .join(measures, on="record", how="semi")
    )
    runs = t.functionarissen.filter(
        pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS), readings.in_function(as_of)
    ).select("kvk_nummer", function="record")
    by_person = (
        involved.join(people.select("party_id", function="record", mention_now="mention"), on="party_id")
        .join(runs, on="function")
        .select("record", "kvk_nummer", "function", "mention", "mention_now")
    )
    no_text = pl.lit(None, dtype=pl.String)
    by_number = measures.select(
        "record", kvk_nummer="betrokkene_kvk", function=no_text, mention=no_text, mention_now=no_text
    ).drop_nulls("kvk_nummer")
    return (
        pl.concat([by_number, by_person])
        .group_by("record", "kvk_nummer")
        .agg(
            via=pl.col("function").drop_nulls().unique().sort(),
            mentions=pl.concat([pl.col("mention"), pl.col("mention_now")]).drop_nulls().unique().sort(),
        )
        .join(places, on="kvk_nummer")
        .drop("kvk_nummer")
    )
