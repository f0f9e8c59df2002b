"""PER-03: one person led several companies for a short time each, and some of these ended or lost a licence."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: Ways a company ends that count; one that is closed, converted or continued does not.
_ENDED = ("ontbonden", "faillissement")
_LICENCE = (
    "address_id",
    "status",
    "vervalreden",
    "bezwaar_uitkomst",
    "kvk_nummer",
    "datum_besluit_min",
    "datum_besluit_max",
    "ingangsdatum_max",
    "einddatum_min",
    "einddatum_max",
)


@indicator(
    code="PER-03",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="functionarissen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Katvangerpatroon",
    name_en="Straw-man pattern",
    rationale_nl="Eén persoon had in korte tijd de leiding over een paar bedrijven, steeds kort. Een deel daarvan "
    "hield op of verloor een vergunning. Nu staat die persoon bij een vergunning op dit adres. Wie de zaak echt "
    "leidt, is dan niet duidelijk.",
    rationale_en="One person led several companies within a short time, each for a short while. Some of these ended or "
    "lost a licence. Now that person stands beside a licence at this address. Who really leads the business is not "
    "clear then.",
    ruled_out_nl=(
        "De persoon was curator of vereffenaar.",
        "Het waren er minder, of ze zijn langer geleden.",
        "De persoon bleef langer dan een jaar.",
        "Er hield maar één bedrijf op, of het werd voortgezet of omgezet.",
        "De namen zijn gelijk, maar het zijn verschillende personen.",
        "De persoon heeft vandaag geen vergunning en staat op geen lijst.",
        "Het verlies van de vergunning is vernietigd, of was op eigen verzoek.",
        "De persoon leidt of bezit dat bedrijf nog.",
        "Het bedrijf stopte of verloor de vergunning toen de persoon al lang weg was.",
        "De bedrijven horen bij één groep: die tellen als één.",
        "Wie daar langer of nog leidt, kan door de naam dezelfde persoon zijn.",
    ),
    ruled_out_en=(
        "The person was receiver or liquidator.",
        "There were fewer, or they are longer ago.",
        "The person stayed longer than a year.",
        "Only one company ended, or it was continued or converted.",
        "The names are the same, but they are different people.",
        "The person has no licence today and is on no list.",
        "The loss of the licence was annulled, or was at their own request.",
        "The person still leads or owns that company.",
        "The company ended or lost its licence when the person had long left.",
        "The companies belong to one group: they count as one.",
        "Whoever led there longer, or still does, could be the same person, by the name.",
    ),
    innocent_nl=(
        "De persoon werkt als tijdelijk bestuurder.",
        "Een kantoor richt bedrijven op en draagt ze daarna over.",
        "Een paar starters hadden het moeilijk in een slechte markt.",
    ),
    innocent_en=(
        "The person works as interim director.",
        "An office sets up companies and hands them over.",
        "A few start-ups had a hard time in a bad market.",
    ),
    checked_nl=(
        "De persoon was geen curator of vereffenaar en leidt de bedrijven niet meer.",
        "De {bedrijven} bedrijven horen niet bij één groep.",
        "De gestopte bedrijven zijn niet voortgezet of omgezet.",
        "Het is zeker dezelfde persoon, niet alleen dezelfde naam.",
    ),
    checked_en=(
        "The person was no trustee or liquidator and leads the companies no more.",
        "The {bedrijven} companies are not of one group.",
        "The companies that ended were not continued or converted.",
        "It is surely the same person, not the same name alone.",
    ),
    decisive={
        "functionarissen": ("datum_einde", "datum_aanvang"),
        "handelsregister": ("datum_einde",),
        "vergunningen": ("datum_besluit", "ingangsdatum"),
        "seksinrichtingen": ("datum_besluit", "ingangsdatum"),
        "leidinggevenden": ("datum_van",),
    },
    inputs={
        "functionarissen": columns(
            "record kvk_nummer functie datum_aanvang_min datum_aanvang_max datum_einde_min datum_einde_max"
        ),
        "handelsregister": columns(
            "record kvk_nummer datum_einde_min datum_einde_max reden_einde voortgezet_door_kvk afgeschermd"
        ),
        "vergunningen": ("record", "key", "zaaktype", *_LICENCE),
        "seksinrichtingen": ("record", "key", *_LICENCE),
        "leidinggevenden": columns("record zaaknummer datum_van_max datum_tot_min"),
        "partijen": columns("record mention role kind party_id"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer group_id"),
    },
    needs=("functionarissen", "handelsregister", "vergunningen"),  # the others add licences and lists
    params={
        "window_days": Param(
            1095,
            "days",
            "so many companies in three years is rare; 36 months are 1095 days",
            floor=365,
            ceiling=1095,
            label_nl="Functies die begonnen in de laatste",
            label_en="Functions that began in the last",
            reason_nl="zoveel bedrijven in drie jaar is zeldzaam; dat is 1095 dagen",
        ),
        "max_term_days": Param(
            365,
            "days",
            "who leads a company for more than a year has led it; 12 months are 365 days",
            floor=90,
            ceiling=365,
            label_nl="Duur van een functie, hoogstens",
            label_en="Length of a function, at most",
            reason_nl="wie een bedrijf langer dan een jaar leidt, leidt het echt; dat is 365 dagen",
        ),
        "min_companies": Param(
            3,
            "companies",
            "two short functions are a start that failed",
            floor=3,
            label_nl="Aantal bedrijven, minstens",
            label_en="Number of companies, at least",
            reason_nl="twee korte functies is een start die mislukte",
        ),
        "min_ended": Param(
            2,
            "companies",
            "one company that ended is bad luck",
            floor=2,
            label_nl="Daarvan opgehouden of vergunning kwijt, minstens",
            label_en="Of these ended or without their licence, at least",
            reason_nl="één bedrijf dat stopt is pech",
        ),
        "max_gap_days": Param(
            365,
            "days",
            "what happens to a company a year after someone left is the work of others; 12 months are 365 days",
            floor=90,
            ceiling=365,
            label_nl="Gestopt of vergunning kwijt na het vertrek, hoogstens",
            label_en="Ended or lost its licence after the person left, at most",
            reason_nl="wat een jaar na het vertrek gebeurt, is het werk van anderen; dat is 365 dagen",
        ),
    },
    evidence_nl=(
        "Een persoon bij vergunning {zaaknummers} leidde in {window_days:span} {bedrijven} bedrijven, elk "
        "hoogstens {max_term_days:span}. Daarvan {opgehouden:=is|zijn} er {opgehouden} gestopt of de "
        "vergunning kwijt: in die tijd, of hoogstens {max_gap_days:span} na het vertrek. Een groep "
        "bedrijven telt als één."
    ),
    evidence_en=(
        "A person of licence {zaaknummers} led {bedrijven} companies in {window_days:span}, each for at "
        "most {max_term_days:span}. Of these {opgehouden} {opgehouden:=has|have} ended or lost a licence: "
        "in that time, or at most {max_gap_days:span} after the person left. A group of companies counts "
        "as one."
    ),
)
def straw_man_pattern(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per person and address where they hold or manage a valid or pending licence today.

    Values: zaaknummers (list), bedrijven, opgehouden (counts of companies). A function counts when it surely began in
    the window and surely lasted no longer than the limit; one that still runs has no length yet and does not count,
    nor does a company that the person still owns, which flags fewer. A company has ended when none of its
    establishments is left, one closed by dissolution or bankruptcy, and none was continued or converted. It counts as
    ended, or without its licence, when that surely happened in the term or soon after. Companies of one group are one
    company. Age, address quality, benefits and debts are never looked at.
    """
    start = readings.window_start(as_of, p.window_days)
    licences = readings.licences(t, *_LICENCE)
    people = t.partijen.filter(pl.col("kind") == "person").select("record", "mention", "party_id", "role")
    flat = {"keep_nulls": False, "empty_as_null": False}
    short = _short_terms(t, people, start, as_of, p.max_term_days)
    short = short.join(t.groepen.select("kvk_nummer", "group_id"), on="kvk_nummer", how="left").with_columns(
        company=pl.coalesce("group_id", "kvk_nummer")
    )
    # few led so many companies so briefly: what became of these is all that is worth looking up
    short = short.filter(pl.col("company").n_unique().over("party_id") >= p.min_companies).pipe(readings.computed)
    register = t.handelsregister.join(short, on="kvk_nummer", how="semi")
    gone = pl.concat([_ended(register, as_of), _lost(licences)])
    pattern = (
        short.join(gone, on="kvk_nummer", how="left")
        # what a company lost before the person came, or long after they left, says nothing of the person
        .with_columns(
            is_gone=(
                (pl.col("gone_min") >= pl.col("began"))
                & (pl.col("gone_max") <= pl.col("left") + pl.duration(days=p.max_gap_days))
            ).fill_null(False)
        )
        .group_by("party_id")
        .agg(
            bedrijven=pl.col("company").n_unique().cast(pl.Int64),
            opgehouden=pl.col("company").filter("is_gone").n_unique().cast(pl.Int64),
            pattern_records=pl.col("term_records").list.explode(**flat).unique(),
            gone_records=pl.col("gone_records").filter("is_gone").list.explode(**flat).unique(),
            pattern_mentions=pl.col("term_mentions").list.explode(**flat).unique(),
        )
        .filter(pl.col("bedrijven") >= p.min_companies, pl.col("opgehouden") >= p.min_ended)
        .pipe(readings.computed)
    )
    people = people.join(pattern, on="party_id", how="semi").pipe(readings.computed)
    return pattern.join(_today(t, licences, people, as_of), on="party_id").select(
        "address_id",
        "zaaknummers",
        "bedrijven",
        "opgehouden",
        record_ids=pl.concat_list("pattern_records", "gone_records", "records"),
        mentions=pl.concat_list("pattern_mentions", "mentions").list.unique().list.sort(),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )


def _short_terms(t: Tables, people: pl.LazyFrame, start: date, as_of: date, max_days: float) -> pl.LazyFrame:
    """One row per person and company that they led from `start` on, and for no longer than `max_days` in all.

    Columns: `party_id`, `kvk_nummer`, `began` and `left` (the last day it can have begun, the first it can have
    ended), `term_records`, `term_mentions`. Two functions in one company, at once or one after the other, are one term,
    also of parties that could be one; whoever may still lead or own the company has not left it.
    """
    held = t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS))
    is_leading = pl.col("functie").is_in(readings.DIRECTORS)
    recent = held.filter(is_leading, pl.col("datum_aanvang_min") >= start, pl.col("datum_einde_max") <= as_of)
    held = held.join(recent, on="kvk_nummer", how="semi").join(people, on="record").pipe(readings.computed)
    marks = readings.marks_of_parties(held.select("record", "kvk_nummer", "party_id"), t.mogelijk_een_partij)
    as_one = readings.counted_as_one(marks, "record", ("kvk_nummer",)).select("record", "kvk_nummer", "one_party")
    held = held.join(as_one.unique(), on=["record", "kvk_nummer"])
    first, last = pl.col("datum_aanvang_min").min(), pl.col("datum_einde_max").max()
    left = (
        held.filter(is_leading)
        .group_by("kvk_nummer", "one_party")
        .agg(
            is_short=(last - first).dt.total_days() <= max_days,
            is_recent=(first >= start) & (last <= as_of) & pl.col("datum_einde_max").is_not_null().all(),
        )
        .filter("is_short", "is_recent")
        .join(held.filter(readings.possibly_in_function(as_of)), on=["kvk_nummer", "one_party"], how="anti")
    )
    return (
        held.filter(is_leading)
        .join(left, on=["kvk_nummer", "one_party"], how="semi")
        .group_by("party_id", "kvk_nummer")
        .agg(
            began=pl.col("datum_aanvang_max").min(),
            left=pl.col("datum_einde_min").max(),
            term_records=pl.col("record"),
            term_mentions=pl.col("mention"),
        )
    )


def _ended(register: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per company of which every establishment surely ended.

    One ended by dissolution or bankruptcy, and none because it was continued. Columns: `kvk_nummer`, `gone_min` and
    `gone_max` (bounds of the last end), `gone_records` (list).
    """
    return (
        register.group_by("kvk_nummer")
        .agg(
            has_ended=(pl.col("datum_einde_max") <= as_of).fill_null(False).all(),
            by_force=pl.col("reden_einde").is_in(_ENDED).fill_null(False).any(),
            goes_on=readings.continued().any(),
            gone_min=pl.col("datum_einde_min").max(),
            gone_max=pl.col("datum_einde_max").max(),
            # a shielded establishment is named nowhere, but it does count for whether the company lives
            gone_records=pl.col("record").filter(~readings.shielded()),
        )
        .filter("has_ended", "by_force", ~pl.col("goes_on"))
        .select("kvk_nummer", "gone_min", "gone_max", "gone_records")
    )


def _lost(licences: pl.LazyFrame) -> pl.LazyFrame:
    """One row per licence that the municipality withdrew.

    Columns: `kvk_nummer`, `gone_min`, `gone_max`, `gone_records` (list).
    """
    return licences.filter(readings.withdrawn_by_authority(), pl.col("kvk_nummer").is_not_null()).select(
        "kvk_nummer",
        gone_min=readings.decision_date("_min"),
        gone_max=readings.decision_date("_max"),
        gone_records=pl.concat_list("record"),
    )


def _today(t: Tables, licences: pl.LazyFrame, people: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per person and address of a valid or pending licence that they hold or manage on `as_of`.

    Columns: `party_id`, `address_id`, `zaaknummers`, `records`, `mentions`.
    """
    current = licences.filter(
        (readings.valid_licence(as_of) | readings.pending()) & ~readings.annulled(), pl.col("address_id").is_not_null()
    )
    licence = current.select("key", "address_id", "kvk_nummer", licence="record")
    holders = (
        people.filter(pl.col("role").is_in(readings.HOLDER_ROLES))
        .select("mention", "party_id", source="record")
        .join(licence, left_on="source", right_on="licence", coalesce=False)
    )
    managers = (
        t.leidinggevenden.filter(readings.on_list(as_of))
        .join(people, on="record")
        .rename({"record": "source"})
        .join(licence, left_on="zaaknummer", right_on="key", coalesce=False)
    )
    directors = (
        t.functionarissen.filter(readings.in_function(as_of), pl.col("functie").is_in(readings.DIRECTORS))
        .select("record", "kvk_nummer")
        .join(people, on="record")
        .rename({"record": "source"})
        .join(licence, on="kvk_nummer")
    )
    columns = ("party_id", "mention", "source", "address_id", "key", "licence")
    return (
        pl.concat([rows.select(columns) for rows in (holders, managers, directors)])
        .group_by("party_id", "address_id")
        .agg(
            zaaknummers=pl.col("key").unique().sort(),
            records=pl.concat_list("source", "licence").list.explode(keep_nulls=False, empty_as_null=False).unique(),
            mentions=pl.col("mention").unique(),
        )
    )
