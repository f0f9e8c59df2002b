"""ORG-03: a company with a refused or withdrawn licence or a measure ends, and a like one begins at its address."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, indicator, readings

_DECISION = ("record", "key", "status", "vervalreden", "weigeringsgrond", "bezwaar_uitkomst", "kvk_nummer")


@indicator(
    code="ORG-03",
    version=1,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    name_nl="Feniksonderneming",
    name_en="Phoenix company",
    rationale_nl=(
        "Een onderneming stopt na een besluit van de gemeente. Kort daarna of daarvoor begint op dezelfde plek een "
        "nieuwe, met dezelfde bestuurder of bijna dezelfde naam. Zo kan een besluit zijn werking verliezen."
    ),
    rationale_en=(
        "A company stops after a decision by the municipality. Around that time a new one begins at the same "
        "place, with the same director or nearly the same name. A decision can lose its effect that way."
    ),
    ruled_out_nl=(
        "De oude onderneming is omgezet in of voortgezet door een andere, zoals een eenmanszaak die een bv wordt.",
        "De oude onderneming eindigde zonder ontbinding of faillissement.",
        "De nieuwe onderneming werkt in een andere branche.",
        "Er is geen geweigerde of ingetrokken vergunning en geen maatregel, of die is vernietigd.",
        "De bestuurders heten hetzelfde, maar zijn niet zeker dezelfde persoon.",
        "De oude onderneming heeft nog een andere vestiging.",
    ),
    ruled_out_en=(
        "The old company was converted into or continued by another, such as a sole trader that becomes a company.",
        "The old company ended without dissolution or bankruptcy.",
        "The new company is in another line of business.",
        "There is no refused or withdrawn licence and no measure, or it was annulled.",
        "The directors have the same name, but are not certainly the same person.",
        "The old company still has another establishment.",
    ),
    innocent_nl=(
        "De curator heeft ingestemd met een doorstart.",
        "Een familielid of werknemer neemt de zaak over.",
        "De nieuwe onderneming voldoet wel aan de regels.",
    ),
    innocent_en=(
        "The administrator in the bankruptcy agreed to a restart.",
        "A relative or employee takes over the business.",
        "The new company does keep to the rules.",
    ),
    limits_nl=("Handhaving die nog niet tot een maatregel leidde, staat in geen register.",),
    limits_en=("Enforcement that has not led to a measure yet is in no register.",),
    inputs={
        "handelsregister": (
            "record",
            "kvk_nummer",
            "address_id",
            "sbi_codes",
            "datum_aanvang_min",
            "datum_aanvang_max",
            "datum_einde_min",
            "datum_einde_max",
            "reden_einde",
            "voortgezet_door_kvk",
            "afgeschermd",
        ),
        "functionarissen": ("record", "kvk_nummer", "functie"),
        "partijen": ("record", "mention", "kind", "party_id"),
        "handelsnamen": ("dataset", "kvk_nummer", "name_key"),
        "gelijkende_namen": ("left_name_key", "right_name_key", "similarity"),
        "vergunningen": (*_DECISION, "zaaktype"),
        "seksinrichtingen": (*_DECISION, "type"),
        "maatregelen": ("record", "status", "betrokkene_kvk"),
    },
    needs=("handelsregister", "functionarissen", "vergunningen", "maatregelen"),
    params={
        "window_days": Param(
            180,
            "days",
            "longer apart, a new company at the same place is ordinary turnover",
            ceiling=365,
            label_nl="Dagen tussen einde en begin, hoogstens",
            label_en="Days between end and beginning, at most",
            reason_nl="met meer tijd ertussen is een nieuw bedrijf op die plek heel gewoon",
        ),
        "min_similarity": Param(
            0.9,
            "similarity",
            "below this two trade names only share a common word",
            floor=0.85,
            ceiling=1.0,
            label_nl="Gelijkenis van handelsnamen, minstens",
            label_en="Similarity of trade names, at least",
            reason_nl="daaronder delen twee namen alleen een gewoon woord",
        ),
    },
    evidence_nl=(
        "De onderneming met KVK-nummer {kvk_oud} eindigde op {datum_einde_oud} ({reden_einde}). Die had een "
        "geweigerde of ingetrokken vergunning of een maatregel ({besluiten}). Op hetzelfde adres en in dezelfde "
        "branche begon op {datum_aanvang_nieuw} een onderneming met KVK-nummer {kvk_nieuw}, {dagen_ertussen} dagen "
        "verschil en hoogstens {window_days}.[ Aantal bestuurders dat in beide een functie had: "
        "{gedeelde_bestuurders}.][ De gelijkenis van de handelsnamen is {naam_gelijkenis}; vanaf {min_similarity} "
        "telt die mee.]"
    ),
    evidence_en=(
        "The company with KVK number {kvk_oud} ended on {datum_einde_oud} ({reden_einde}). It had a refused or "
        "withdrawn licence or a measure ({besluiten}). At the same address and in the same line, a company with KVK "
        "number {kvk_nieuw} began on {datum_aanvang_nieuw}, {dagen_ertussen} days apart and at most {window_days}.[ "
        "Number of directors with a function in both: {gedeelde_bestuurders}.][ The similarity of the trade names is "
        "{naam_gelijkenis}; it counts from {min_similarity}.]"
    ),
)
def phoenix_company(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and pair of an ended and a new company: kvk_oud, kvk_nieuw, dates, days, what is shared."""
    decisions = _decisions(t)
    places = t.handelsregister.filter(pl.col("address_id").is_not_null(), ~readings.shielded())
    line = pl.col("sbi_codes").list.eval(pl.element().str.slice(0, 2)).list.unique()
    # few companies met with a decision: everything else is looked up from these
    decided = t.handelsregister.join(decisions, on="kvk_nummer", how="semi")
    dead = (
        decided.group_by("kvk_nummer")
        .agg(
            pl.col("datum_einde_max").is_null().any().alias("is_alive"),
            readings.continued().any().alias("is_continued"),
        )
        .filter(~pl.col("is_alive"), ~pl.col("is_continued"))
        .select("kvk_nummer")
    )
    old = (
        places.filter(pl.col("reden_einde").is_in(["ontbonden", "faillissement"]))
        .join(dead, on="kvk_nummer", how="semi")
        .select(
            "address_id",
            "reden_einde",
            "datum_einde_min",
            "datum_einde_max",
            old_record="record",
            kvk_oud="kvk_nummer",
            old_sbi2=line,
        )
        .cache()
    )
    new = (
        places.filter(readings.active(as_of))
        .join(old, on="address_id", how="semi")
        .select(
            "address_id",
            "datum_aanvang_min",
            "datum_aanvang_max",
            new_record="record",
            kvk_nieuw="kvk_nummer",
            new_sbi2=line,
        )
    )
    # of partial dates the two days that lie furthest apart
    apart = pl.max_horizontal(
        (pl.col("datum_aanvang_max") - pl.col("datum_einde_min")).dt.total_days().abs(),
        (pl.col("datum_aanvang_min") - pl.col("datum_einde_max")).dt.total_days().abs(),
    )
    pairs = (
        old.join(new, on="address_id")
        .with_columns(dagen_ertussen=apart)
        .filter(
            pl.col("dagen_ertussen") <= p.window_days,
            pl.col("old_sbi2").list.set_intersection("new_sbi2").list.len() > 0,
        )
        .group_by("address_id", "kvk_oud", "kvk_nieuw")
        .agg(
            pl.col("reden_einde").sort().first(),
            pl.col("dagen_ertussen").min(),
            pl.col("old_record").append(pl.col("new_record")).unique().sort().alias("establishments"),
            **readings.between("datum_einde_oud", pl.col("datum_einde_min").max(), pl.col("datum_einde_max").max()),
            **readings.between(
                "datum_aanvang_nieuw", pl.col("datum_aanvang_min").min(), pl.col("datum_aanvang_max").min()
            ),
        )
        .cache()  # used for each likeness: the plan would hold it again at every use
    )
    shared = _shared_directors(t, pairs)
    alike = _alike_names(t, pairs)
    both = ["kvk_oud", "kvk_nieuw"]
    return (
        pairs.join(shared, on=both, how="left")
        .join(alike, on=both, how="left")
        .with_columns(
            pl.col("director_records", "mentions").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        )
        .with_columns(
            naam_gelijkenis=pl.when(pl.col("naam_gelijkenis") >= p.min_similarity).then(pl.col("naam_gelijkenis"))
        )
        .filter(pl.col("gedeelde_bestuurders").is_not_null() | pl.col("naam_gelijkenis").is_not_null())
        .join(
            decisions.group_by(kvk_oud="kvk_nummer").agg(
                pl.col("record").unique().sort().alias("decision_records"),
                pl.col("what").unique().sort().alias("besluiten"),
            ),
            on="kvk_oud",
        )
        .select(
            "address_id",
            "kvk_oud",
            "kvk_nieuw",
            "reden_einde",
            *readings.dated("datum_einde_oud"),
            *readings.dated("datum_aanvang_nieuw"),
            "dagen_ertussen",
            "gedeelde_bestuurders",
            "naam_gelijkenis",
            "besluiten",
            "mentions",
            record_ids=pl.concat_list("establishments", "decision_records", "director_records"),
        )
    )


def _decisions(t: Tables) -> pl.LazyFrame:
    """One row per decision against a company: `kvk_nummer`, `record`, `what` (the record in short)."""
    taken = readings.licences(t, "status", "vervalreden", "weigeringsgrond", "bezwaar_uitkomst", "kvk_nummer").filter(
        readings.refused() | readings.withdrawn_by_authority()
    )
    measures = t.maatregelen.filter(readings.counting_measure()).select(kvk_nummer="betrokkene_kvk", record="record")
    return pl.concat([taken.select("kvk_nummer", "record"), measures]).with_columns(
        what=pl.col("record").str.extract(r":(.+)$", 1)
    )


def _shared_directors(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Per pair of companies the number of parties that direct both, with their records and mentions."""
    companies = pl.concat([pairs.select(kvk_nummer="kvk_oud"), pairs.select(kvk_nummer="kvk_nieuw")])
    directors = (
        t.functionarissen.filter(pl.col("functie").is_in(readings.DIRECTORS))
        .join(companies, on="kvk_nummer", how="semi")
        .join(t.partijen.select("record", "mention", "party_id"), on="record")
        .cache()
    )
    return (
        pairs.select("kvk_oud", "kvk_nieuw")
        .unique()
        .join(directors.select("party_id", "record", "mention", kvk_oud="kvk_nummer"), on="kvk_oud")
        .join(
            directors.select("party_id", kvk_nieuw="kvk_nummer", new_record="record", new_mention="mention"),
            on=["kvk_nieuw", "party_id"],
        )
        .group_by("kvk_oud", "kvk_nieuw")
        .agg(
            pl.col("party_id").n_unique().alias("gedeelde_bestuurders"),
            pl.col("record").append(pl.col("new_record")).unique().sort().alias("director_records"),
            pl.col("mention").append(pl.col("new_mention")).unique().sort().alias("mentions"),
        )
    )


def _alike_names(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Per pair of companies the similarity of their most alike names; equal is 1."""
    companies = pl.concat([pairs.select(kvk_nummer="kvk_oud"), pairs.select(kvk_nummer="kvk_nieuw")])
    names = (
        t.handelsnamen.join(companies, on="kvk_nummer", how="semi").select("kvk_nummer", "name_key").unique().cache()
    )
    one_way = t.gelijkende_namen.select(left="left_name_key", right="right_name_key", similarity="similarity")
    either_way = pl.concat([one_way, one_way.select(left="right", right="left", similarity="similarity")])
    compared = (
        pairs.select("kvk_oud", "kvk_nieuw")
        .unique()
        .join(names.select(kvk_oud="kvk_nummer", left="name_key"), on="kvk_oud")
        .join(names.select(kvk_nieuw="kvk_nummer", right="name_key"), on="kvk_nieuw")
    )
    return (
        compared.join(either_way, on=["left", "right"], how="left")
        .with_columns(similarity=pl.when(pl.col("left") == pl.col("right")).then(1.0).otherwise(pl.col("similarity")))
        .group_by("kvk_oud", "kvk_nieuw")
        .agg(pl.col("similarity").max().alias("naam_gelijkenis"))
    )
