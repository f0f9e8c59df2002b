"""ORG-03: a company with a refused or withdrawn licence or a measure ends, and a like one begins at its address."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_BASES = ("status", "vervalreden", "weigeringsgrond", "bezwaar_uitkomst", "kvk_nummer")
_DAYS = tuple(f"{day}{bound}" for day in ("datum_besluit", "einddatum") for bound in ("_min", "_max"))
_DECISION = ("record", "key", *_BASES, *_DAYS)
#: A decision that lies longer before the end of a company has no bearing on that end.
_DECISION_DAYS = readings.days_of_years(5)
#: Who left a company longer before its end did not lead it to that end.
_DIRECTOR_DAYS = readings.days_of_years(1)
#: Measures that hold for a time. Any other kind is done on the day itself and is never open.
_LASTING = ("sluiting", "last_onder_dwangsom", "gedragsaanwijzing_151d")
#: A pair of companies at an address.
_PAIR = ("address_id", "kvk_oud", "kvk_nieuw")


@indicator(
    code="ORG-03",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    # the decision is the other half of it: LIC-01, LIC-02 and LIC-03 may tell of the same restart by it
    rests_on=("vergunningen", "seksinrichtingen"),
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
        "De oude onderneming heeft nog een andere vestiging of eindigt pas na vandaag.",
        "De nieuwe onderneming bestond al langer en opende hier een vestiging.",
        "De gedeelde bestuurder was al een jaar weg voor het einde, of niet in functie rond het begin.",
        "Het besluit is van meer dan vijf jaar voor het einde, en er loopt geen maatregel.",
    ),
    ruled_out_en=(
        "The old company was converted into or continued by another, such as a sole trader that becomes a company.",
        "The old company ended without dissolution or bankruptcy.",
        "The new company is in another line of business.",
        "There is no refused or withdrawn licence and no measure, or it was annulled.",
        "The directors have the same name, but are not certainly the same person.",
        "The old company still has another establishment, or ends only after today.",
        "The new company had existed for longer and opened an establishment here.",
        "The shared director had left a year before the end, or was not in function around the beginning.",
        "The decision dates from more than five years before the end, and no measure is in force.",
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
    checked_nl=(
        "KVK {kvk_oud} is niet voortgezet en niet omgezet.",
        "KVK {kvk_nieuw} begon op {datum_aanvang_nieuw}, ook elders niet eerder.",
        "[{gedeelde_bestuurders:?}De bestuurder is zeker dezelfde persoon.]",
        "De besluiten ({besluiten}) zijn niet vernietigd.",
    ),
    checked_en=(
        "KVK {kvk_oud} was neither continued nor converted.",
        "KVK {kvk_nieuw} began on {datum_aanvang_nieuw}, and nowhere earlier.",
        "[{gedeelde_bestuurders:?}The director is surely the same person.]",
        "The decisions ({besluiten}) were not annulled.",
    ),
    decisive={
        "handelsregister": ("datum_einde", "datum_aanvang"),
        "vergunningen": ("datum_besluit",),
        "seksinrichtingen": ("datum_besluit",),
        "maatregelen": ("datum",),
        "functionarissen": ("datum_aanvang",),
    },
    limits_nl=("Handhaving die nog niet tot een maatregel leidde, staat in geen register.",),
    limits_en=("Enforcement that has not led to a measure yet is in no register.",),
    inputs={
        "handelsregister": columns(
            "record kvk_nummer address_id sbi_codes datum_aanvang_min datum_aanvang_max datum_einde_min "
            "datum_einde_max reden_einde voortgezet_door_kvk afgeschermd"
        ),
        "functionarissen": columns("record kvk_nummer functie datum_aanvang_max datum_einde_min"),
        "partijen": columns("record mention kind party_id"),
        "handelsnamen": columns("dataset kvk_nummer name_key"),
        "gelijkende_namen": columns("left_name_key right_name_key similarity"),
        "vergunningen": (*_DECISION, "zaaktype"),
        "seksinrichtingen": _DECISION,
        "maatregelen": columns("record type status betrokkene_kvk datum_min datum_max datum_einde_min"),
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
        "De onderneming met KVK-nummer {kvk_oud} eindigde op {datum_einde_oud} ({reden_einde:word}). Die "
        "had een geweigerde of ingetrokken vergunning of een maatregel ({besluiten}). Op hetzelfde adres "
        "en in dezelfde branche werkt een andere onderneming (KVK {kvk_nieuw}), begonnen op "
        "{datum_aanvang_nieuw}.[ Tussen dat einde en dat begin {dagen_tussen:=zit|zitten} "
        "{dagen_tussen:span}.][ De twee bestonden {dagen_samen:span} naast elkaar.][ "
        "{gedeelde_bestuurders:bestuurder had|bestuurders hadden} in beide een "
        "functie.][{naam_gelijkenis:?} De handelsnamen lijken sterk op elkaar.]"
    ),
    evidence_en=(
        "The company with KVK number {kvk_oud} ended on {datum_einde_oud} ({reden_einde:word}). It had a "
        "refused or withdrawn licence or a measure ({besluiten}). At the same address and in the same "
        "line another company works (KVK {kvk_nieuw}), begun on {datum_aanvang_nieuw}.[ Between that end "
        "and that beginning {dagen_tussen:=lies|lie} {dagen_tussen:span}.][ The two existed side by side "
        "for {dagen_samen:span}.][ {gedeelde_bestuurders:director had|directors had} a function in "
        "both.][{naam_gelijkenis:?} The trade names are much alike.]"
    ),
)
def phoenix_company(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and pair of an ended and a new company: kvk_oud, kvk_nieuw, dates, days, what is shared.

    A company begins with the first of all its establishments, wherever that is. Counted are decisions by `as_of` and
    at most 5 years before the end, and measures in force on `as_of`, however old. A warning is a measure here, and so
    is every other that was not annulled. A shared director led the old company at some time in the year before its
    end, and the new one at its beginning or within `window_days` after it. Of partial dates the bounds that flag fewer
    are taken.
    """
    decisions = _decisions(t, as_of)
    places = t.handelsregister.filter(pl.col("address_id").is_not_null(), ~readings.shielded())
    line = pl.col("sbi_codes").list.eval(pl.element().str.slice(0, 2)).list.unique()
    # few companies met with a decision: everything else is looked up from these
    decided = t.handelsregister.join(decisions, on="kvk_nummer", how="semi")
    dead = (
        decided.group_by("kvk_nummer")
        .agg(
            (pl.col("datum_einde_max").is_null() | (pl.col("datum_einde_max") > as_of)).any().alias("is_alive"),
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
        .pipe(readings.computed)
    )
    present = places.filter(readings.active(as_of)).join(old, on="address_id", how="semi")
    new = present.join(_beginnings(t, present), on="kvk_nummer").select(
        "address_id",
        "first_day_min",
        "first_day_max",
        "first_record",
        new_record="record",
        kvk_nieuw="kvk_nummer",
        new_sbi2=line,
    )
    # of partial dates the two days that lie furthest apart
    apart = pl.max_horizontal(
        (pl.col("first_day_max") - pl.col("datum_einde_min")).dt.total_days().abs(),
        (pl.col("first_day_min") - pl.col("datum_einde_max")).dt.total_days().abs(),
    )
    pairs = (
        old.join(new, on="address_id")
        .with_columns(dagen_ertussen=apart)
        .filter(
            pl.col("dagen_ertussen") <= p.window_days,
            pl.col("old_sbi2").list.set_intersection("new_sbi2").list.len() > 0,
        )
        .group_by(_PAIR)
        .agg(
            pl.col("reden_einde").sort().first(),
            pl.col("dagen_ertussen").min(),
            establishments=pl.concat_list("old_record", "new_record", "first_record")
            .list.explode(keep_nulls=False, empty_as_null=False)
            .unique()
            .sort(),
            **readings.between("datum_einde_oud", pl.col("datum_einde_min").max(), pl.col("datum_einde_max").max()),
            **readings.between("datum_aanvang_nieuw", pl.col("first_day_min").min(), pl.col("first_day_max").min()),
        )
        .pipe(readings.computed)  # used for each likeness: the plan would hold it again at every use
    )
    shared = _shared_directors(t, pairs, p, as_of)
    alike = _alike_names(t, pairs)
    return (
        pairs.join(_bearing(decisions, pairs), on=_PAIR)
        .join(shared, on=_PAIR, how="left")
        .join(alike, on=["kvk_oud", "kvk_nieuw"], how="left")
        .with_columns(pl.col("director_records", "mentions").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .with_columns(
            naam_gelijkenis=pl.when(pl.col("naam_gelijkenis") >= p.min_similarity).then(pl.col("naam_gelijkenis"))
        )
        .filter(pl.col("gedeelde_bestuurders").is_not_null() | pl.col("naam_gelijkenis").is_not_null())
        .select(
            *_PAIR,
            "reden_einde",
            *readings.dated("datum_einde_oud"),
            *readings.dated("datum_aanvang_nieuw"),
            "dagen_ertussen",
            "gedeelde_bestuurders",
            "naam_gelijkenis",
            "besluiten",
            "mentions",
            # of partial dates neither is said unless it is sure
            dagen_tussen=pl.when(pl.col("datum_aanvang_nieuw_min") >= pl.col("datum_einde_oud_max")).then(
                "dagen_ertussen"
            ),
            dagen_samen=pl.when(pl.col("datum_aanvang_nieuw_max") < pl.col("datum_einde_oud_min")).then(
                "dagen_ertussen"
            ),
            record_ids=pl.concat_list("establishments", "decision_records", "director_records"),
        )
    )


def _beginnings(t: Tables, present: pl.LazyFrame) -> pl.LazyFrame:
    """One row per company of `here`: `first_day_min`, `first_day_max`, `first_record`, over all its establishments.

    The days are empty where that of any establishment is: it may be the first. A shielded one counts but has no record.
    """
    is_known = pl.col("datum_aanvang_min").is_not_null().all()
    return (
        t.handelsregister.join(present, on="kvk_nummer", how="semi")
        .group_by("kvk_nummer")
        .agg(
            first_day_min=pl.when(is_known).then(pl.col("datum_aanvang_min").min()),
            first_day_max=pl.when(is_known).then(pl.col("datum_aanvang_max").min()),
            first_record=pl.col("record")
            .sort_by("datum_aanvang_min", "record")
            .filter(~readings.shielded().sort_by("datum_aanvang_min", "record"))
            .first(),
        )
    )


def _decisions(t: Tables, as_of: date) -> pl.LazyFrame:
    """One row per decision against a company by `as_of`.

    Columns: `kvk_nummer`, `record`, `taken` (the first day it can be), `is_open` (a measure in force on `as_of`).
    """
    taken = (
        readings.licences(t, *_BASES, *_DAYS)
        .filter(readings.refused() | readings.withdrawn_by_authority(), readings.decision_date("_max") <= as_of)
        .select("kvk_nummer", "record", taken=readings.decision_date("_min"), is_open=pl.lit(False))
    )
    goes_on = pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= as_of)
    measures = t.maatregelen.filter(readings.counting_measure(), pl.col("datum_max") <= as_of).select(
        "record",
        kvk_nummer="betrokkene_kvk",
        taken="datum_min",
        is_open=pl.col("type").is_in(_LASTING).fill_null(False) & goes_on,
    )
    return pl.concat([taken, measures.select(taken.collect_schema().names())])


def _bearing(decisions: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Per pair the decisions that have a bearing on the end of the old one: `decision_records`, `besluiten` (keys)."""
    in_time = pl.col("taken") >= pl.col("datum_einde_oud_max") - pl.duration(days=_DECISION_DAYS)
    return (
        pairs.select(*_PAIR, "datum_einde_oud_max")
        .join(decisions, left_on="kvk_oud", right_on="kvk_nummer")
        .filter(in_time | pl.col("is_open"))
        .group_by(_PAIR)
        .agg(
            pl.col("record").unique().sort().alias("decision_records"),
            pl.col("record").str.extract(r":(.+)$", 1).unique().sort().alias("besluiten"),
        )
    )


def _shared_directors(t: Tables, pairs: pl.LazyFrame, p: Params, as_of: date) -> pl.LazyFrame:
    """Per pair the number of parties that directed both around end and beginning, with their records and mentions."""
    companies = pl.concat([pairs.select(kvk_nummer="kvk_oud"), pairs.select(kvk_nummer="kvk_nieuw")])
    directors = (
        t.functionarissen.filter(pl.col("functie").is_in(readings.DIRECTORS))
        .join(companies, on="kvk_nummer", how="semi")
        .join(t.partijen.select("record", "mention", "party_id"), on="record")
        .select("kvk_nummer", "party_id", "record", "mention", came="datum_aanvang_max", left="datum_einde_min")
        .pipe(readings.computed)
    )
    year_before = pl.col("datum_einde_oud_max") - pl.duration(days=_DIRECTOR_DAYS)
    latest = pl.min_horizontal(
        pl.col("datum_aanvang_nieuw_min") + pl.duration(days=p.window_days), pl.lit(as_of, dtype=pl.Date)
    )

    def were_in(number: str, first: pl.Expr, last: pl.Expr) -> pl.LazyFrame:
        """Directors of the company in column `number` at some time from `first` to `last`, both in."""
        return (
            pairs.join(directors, left_on=number, right_on="kvk_nummer")
            .filter(pl.col("came") <= last, pl.col("left").is_null() | (pl.col("left") >= first))
            .select(*_PAIR, "party_id", "record", "mention")
        )

    led_old = were_in("kvk_oud", year_before, pl.col("datum_einde_oud_min"))
    led_new = were_in("kvk_nieuw", pl.col("datum_aanvang_nieuw_max"), latest)
    return (
        led_old.join(led_new, on=[*_PAIR, "party_id"])
        .group_by(_PAIR)
        .agg(
            pl.col("party_id").n_unique().alias("gedeelde_bestuurders"),
            pl.col("record").append(pl.col("record_right")).unique().sort().alias("director_records"),
            pl.col("mention").append(pl.col("mention_right")).unique().sort().alias("mentions"),
        )
    )


def _alike_names(t: Tables, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Per pair of companies the similarity of their most alike names; equal is 1."""
    companies = pl.concat([pairs.select(kvk_nummer="kvk_oud"), pairs.select(kvk_nummer="kvk_nieuw")])
    names = (
        t.handelsnamen.join(companies, on="kvk_nummer", how="semi")
        .select("kvk_nummer", "name_key")
        .unique()
        .pipe(readings.computed)
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
