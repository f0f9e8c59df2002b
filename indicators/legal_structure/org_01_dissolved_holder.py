"""ORG-01: a company that has ended still holds a valid licence, and the licence seems to be used."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_OF_LICENCES = (
    "address_id",
    "status",
    "ingangsdatum_max",
    "einddatum_min",
    "bezwaar_uitkomst",
    "kvk_nummer",
    "datum_aanvraag_min",
    "datum_aanvraag_max",
)
_LICENCE = ("record", "key", *_OF_LICENCES)
#: What can have come after the end besides inspections: a count of each, which is a kind of record of its own.
_KINDS = ("meldingen", "aanvragen", "leidinggevenden", "vestigingen", "maatregelen")
_NO_RECORDS = pl.lit([], dtype=pl.List(pl.String))


@indicator(
    code="ORG-01",
    version=3,
    cls="A",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    purposes=("P-VERG",),
    powers=("intrekken",),
    name_nl="Ontbonden onderneming is houder",
    name_en="Dissolved company holds licence",
    rationale_nl=(
        "Een vergunning hoort bij een houder die bestaat. Is de onderneming van de houder geëindigd, dan is niet "
        "duidelijk wie nu verantwoordelijk is. Is dat langer geleden, dan telt het alleen als daarna activiteit is "
        "gezien. Anders is de vergunning alleen nog niet afgesloten."
    ),
    rationale_en=(
        "A licence belongs to a holder that exists. If the company of the holder has ended, it is not clear who is "
        "responsible now. If that is longer ago, it counts only where activity was seen since. Otherwise the licence "
        "was merely never closed."
    ),
    ruled_out_nl=(
        "De onderneming is voortgezet door een andere onderneming of kreeg een andere rechtsvorm.",
        "De onderneming heeft nog een andere vestiging.",
        "De vergunning is zelf niet meer geldig.",
        "Het einde is langer geleden en daarna is geen activiteit gezien.",
        "Hier is nog een geldige vergunning, van een ander of zonder KVK-nummer. De activiteit kan daarbij horen.",
    ),
    ruled_out_en=(
        "The company was continued by another company or changed its legal form.",
        "The company still has another establishment.",
        "The licence itself is no longer valid.",
        "The end is longer ago and no activity was seen since.",
        "There is another valid licence here, of someone else or without a KVK number. The activity can belong to it.",
    ),
    innocent_nl=(
        "De overname is gemeld, maar staat nog niet in het register van vergunningen.",
        "De onderneming is per vergissing uitgeschreven.",
        "De zaak is dicht en de houder heeft de vergunning nog niet opgezegd.",
        "Wat daarna is gezien, ging over een opvolger die nog niet is geregistreerd.",
    ),
    innocent_en=(
        "The takeover was reported, but is not in the register of licences yet.",
        "The company was struck off by mistake.",
        "The business has closed and the holder has not given up the licence yet.",
        "What was seen since was about a successor that is not registered yet.",
    ),
    checked_nl=(
        "De onderneming is niet voortgezet en niet omgezet.",
        "KVK {kvk_nummer} heeft geen andere vestiging die nog loopt.",
        "De vergunning geldt op {as_of}.",
        "Hier is geen andere geldige vergunning van die soort, van een ander of zonder KVK-nummer.",
        "[{meldingen:?}De meldingen na het einde komen van {melders:melder|melders}.]",
    ),
    checked_en=(
        "The company was neither continued nor converted.",
        "KVK {kvk_nummer} has no other establishment that goes on.",
        "The licence is valid on {as_of}.",
        "There is no other valid licence of that kind here, of someone else or without a KVK number.",
        "[{meldingen:?}The reports after the end come from {melders:reporter|reporters}.]",
    ),
    decisive={
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
        "handelsregister": ("datum_einde",),
        "leidinggevenden": ("datum_van",),
    },
    inputs={
        "vergunningen": (*_LICENCE, "zaaktype", "related_types"),
        "seksinrichtingen": _LICENCE,
        "handelsregister": columns(
            "record kvk_nummer address_id sbi_codes datum_aanvang_min datum_aanvang_max datum_einde_min "
            "datum_einde_max reden_einde voortgezet_door_kvk afgeschermd"
        ),
        "controles": columns("record address_id bevinding datum_min datum_max"),
        "meldingen": readings.report_columns("hoofdcategorie"),
        "maatregelen": columns("record address_id status datum_min datum_max"),
        "leidinggevenden": columns("record zaaknummer datum_van_min datum_van_max"),
    },
    needs=("vergunningen", "seksinrichtingen", "handelsregister"),  # each of the others is a sign of its own
    params={
        "grace_days": Param(
            30,
            "days",
            "a successor has some time to report a takeover and the register to take it in",
            floor=14,
            label_nl="Dagen sinds het einde van de onderneming, meer dan",
            label_en="Days since the end of the company, more than",
            reason_nl="een opvolger heeft tijd om de overname te melden en het register om die te verwerken",
        ),
        "window_days": Param(
            365,
            "days",
            "in the first year nobody may have come by yet; a place that is used for longer leaves traces",
            floor=30,
            ceiling=365,
            label_nl="Dagen waarin het einde ligt, of iets is gezien",
            label_en="Days in which the end lies, or something was seen",
            reason_nl="in het eerste jaar kan er nog niemand langs zijn geweest; daarna laat gebruik sporen na",
        ),
        "min_kinds": Param(
            2,
            "kinds of record",
            "one kind alone can be chance; an inspection that found the business open needs no second",
            floor=2,
            label_nl="Soorten gegevens van na het einde, minstens",
            label_en="Kinds of record from after the end, at least",
            reason_nl="één soort gegeven kan toeval zijn",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "reports of one reporter alone show no activity",
            floor=2,
            label_nl="Verschillende melders, minstens",
            label_en="Different reporters, at least",
            reason_nl="meldingen van één melder alleen tonen geen activiteit aan",
        ),
    },
    evidence_nl=(
        "Vergunning {zaaknummer} geldt op {as_of}. De houder is de onderneming met KVK-nummer "
        "{kvk_nummer}. Die is geëindigd op {datum_einde_laatste} ({reden_einde:word}), "
        "{dagen_sinds_einde:span} geleden. Er is geen onderneming bekend die haar voortzet.[ Bij "
        "{controles:controle|controles} daarna was het bedrijf open.][ Daarna {meldingen:=kwam|kwamen} er "
        "{meldingen:melding|meldingen} over het bedrijf.][ Daarna {aanvragen:=is|zijn} op dit KVK-nummer "
        "{aanvragen:vergunning|vergunningen} aangevraagd.][ Daarna {leidinggevenden:=kwam|kwamen} er "
        "{leidinggevenden:naam|namen} op de lijst van leidinggevenden.][ Daarna {vestigingen:=begon|begonnen} hier "
        "{vestigingen:ander bedrijf|andere bedrijven} in dezelfde branche.][ Daarna {maatregelen:=nam|nam} de "
        "gemeente hier {maatregelen:maatregel|maatregelen}.][{zonder_activiteit:?} Of er nog iemand werkt, is niet "
        "gezien.]"
    ),
    evidence_en=(
        "Licence {zaaknummer} is valid on {as_of}. Its holder is the company with KVK number "
        "{kvk_nummer}. That ended on {datum_einde_laatste} ({reden_einde:word}), {dagen_sinds_einde:span} "
        "ago. No company is known that continues it.[ At {controles:inspection|inspections} since, the business "
        "was open.][ Since then {meldingen:report|reports} about the business came.][ Since then "
        "{aanvragen:licence was|licences were} applied for under this KVK number.][ Since then "
        "{leidinggevenden:name was|names were} put on the list of managers.][ Since then "
        "{vestigingen:other company|other companies} in the same line began here.][ Since then the municipality "
        "took {maatregelen:measure|measures} here.][{zonder_activiteit:?} Whether anybody still works there was not "
        "seen.]"
    ),
)
def dissolved_holder(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid licence whose holder has ended; one that nothing shows to be used is a finding and no hit.

    Values: zaaknummer, kvk_nummer, reden_einde, datum_einde_laatste, dagen_sinds_einde, zonder_activiteit, and counts
    of what came after the end: controles (found open), meldingen, melders, aanvragen, leidinggevenden, vestigingen,
    maatregelen. A licence is used where an inspection after the end found the business open, or where `min_kinds` of
    the other kinds have a record in the window. No use is asked while the end itself lies in it: nobody may have come
    by. Where a living holder has a valid licence of a related type at the object, what was seen can be theirs.
    """
    start = readings.window_start(as_of, p.window_days)
    licences = readings.licences(t, *_OF_LICENCES)
    valid = licences.filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    # few holders have ended: everything else is looked up from these
    left = (
        valid.join(_ended(t, p, valid, as_of), on="kvk_nummer")
        .with_columns(
            ended=pl.col("datum_einde_laatste_max"),
            since=pl.max_horizontal("datum_einde_laatste_max", pl.lit(start - timedelta(days=1))),
            last_day=pl.lit(as_of),
            granted="ingangsdatum_max",
        )
        .pipe(readings.computed)
    )
    inspections = readings.in_operation_after(t.controles, left.select("record", "address_id", "ended", "last_day"))
    is_used = (pl.col("controles") > 0) | (pl.sum_horizontal(pl.col(sign) > 0 for sign in _KINDS) >= p.min_kinds)
    is_fresh = pl.col("ended") >= start
    traced = _with_traces(t, p, left.join(inspections, on="record", how="left"), valid, licences)
    return (
        traced.join(_held_by_others_too(t, left, valid), on="record", how="left")
        .with_columns(is_used=is_used.fill_null(False))
        .with_columns(is_finding=pl.col("has_other").fill_null(False) | ~(pl.col("is_used") | is_fresh))
        .select(
            "address_id",
            *readings.dated("datum_einde_laatste"),
            "kvk_nummer",
            "reden_einde",
            "controles",
            "melders",
            *_KINDS,
            "is_finding",
            zaaknummer="key",
            dagen_sinds_einde=(pl.lit(as_of) - pl.col("ended")).dt.total_days(),
            zonder_activiteit=~pl.col("is_used"),
            # a licence that was never closed is for the owner of its own register
            dataset=pl.when("is_finding")
            .then(pl.col("record").str.extract(r"^(\w+):"))
            .otherwise(pl.lit("handelsregister")),
            # and of that licence alone: another application in the same register is not what has to be closed
            record_ids=pl.when("is_finding")
            .then(pl.concat_list("record"))
            .otherwise(
                pl.concat_list(
                    pl.concat_list("record"),
                    "establishments",
                    pl.col("inspection_records").fill_null(_NO_RECORDS),
                    *(pl.col(f"{sign}_records").fill_null(_NO_RECORDS) for sign in _KINDS),
                )
            ),
        )
    )


def _ended(t: Tables, p: Params, valid: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """One row per holder of a valid licence that has ended: `kvk_nummer`, its end, `establishments`, `lines`."""
    line = pl.col("sbi_codes").list.explode(keep_nulls=False, empty_as_null=False).str.slice(0, 2)
    return (
        t.handelsregister.join(valid, on="kvk_nummer", how="semi")
        .sort("datum_einde_max", "record")
        .group_by("kvk_nummer")
        .agg(
            pl.col("datum_einde_max").is_null().any().alias("is_alive"),
            readings.continued().any().alias("is_continued"),
            pl.col("reden_einde").drop_nulls().last(),
            line.unique().alias("lines"),
            # a shielded establishment is named nowhere, but it does count for whether the company lives
            pl.col("record").filter(~readings.shielded()).alias("establishments"),
            **readings.between("datum_einde_laatste", pl.col("datum_einde_min").max(), pl.col("datum_einde_max").max()),
        )
        .filter(
            ~pl.col("is_alive"),
            ~pl.col("is_continued"),
            pl.col("datum_einde_laatste_max") < as_of - timedelta(days=p.grace_days),
            pl.col("establishments").list.len() > 0,
        )
    )


def _held_by_others_too(t: Tables, left: pl.LazyFrame, valid: pl.LazyFrame) -> pl.LazyFrame:
    """Those of `left` at whose object a holder that did not end has a valid licence of a related type."""
    others = valid.join(left, on="kvk_nummer", how="anti").select("address_id", other_type="zaaktype")
    return (
        left.select("record", "address_id", "zaaktype")
        .join(others, on="address_id")
        .join(t.vergunningen.select("record", "related_types"), on="record", how="left")
        .filter(readings.is_related("other_type"))
        .select("record", has_other=pl.lit(True))
        .unique()
    )


def _with_traces(t: Tables, p: Params, left: pl.LazyFrame, valid: pl.LazyFrame, licences: pl.LazyFrame) -> pl.LazyFrame:
    """`left` with, of each of _KINDS, how many came surely after the end and in the window, and their records.

    What a holder asks for counts, and what stands does not: a licence or a list of managers that came with it proves no
    use. A report of one reporter alone is none of these.
    """
    place = left.select("record", "key", "address_id", "since", "last_day", "lines", "granted", holder="kvk_nummer")
    reports = readings.business_reports_after(
        t.meldingen, left.select("record", "address_id", "last_day", ended="since")
    ).filter(pl.col("melders") >= p.min_reporters)
    new_in_line = pl.col("sbi_codes").list.eval(pl.element().str.slice(0, 2)).list.set_intersection("lines")
    came = {
        "aanvragen": _trace(licences.join(valid, on="record", how="anti"), "datum_aanvraag")
        .join(place, on="address_id")
        .filter(pl.col("kvk_nummer") == pl.col("holder")),
        "leidinggevenden": _trace(t.leidinggevenden.rename({"zaaknummer": "key"}), "datum_van")
        .join(place, on="key")
        .filter(pl.col("first_day") > pl.col("granted")),
        "vestigingen": _trace(t.handelsregister.filter(~readings.shielded()), "datum_aanvang")
        .filter(pl.col("datum_einde_max").is_null())
        .join(place, on="address_id")
        .filter(new_in_line.list.len() > 0),
        "maatregelen": _trace(t.maatregelen.filter(readings.counting_measure()), "datum").join(place, on="address_id"),
    }
    traced = left.join(reports.rename({"report_records": "meldingen_records"}), on="record", how="left")
    for sign, rows in came.items():
        counted = (
            rows.filter(pl.col("first_day") > pl.col("since"), pl.col("last") <= pl.col("last_day"))
            .group_by("record")
            .agg(pl.len().cast(pl.Int64).alias(sign), pl.col("trace").sort().alias(f"{sign}_records"))
        )
        traced = traced.join(counted, on="record", how="left")
    return traced


def _trace(rows: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Records as traces: `trace` for `record`, and the bounds of their `day`."""
    return rows.rename({"record": "trace", f"{day}_min": "first_day", f"{day}_max": "last"})
