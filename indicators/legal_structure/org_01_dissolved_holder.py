"""ORG-01: a company that has ended still holds a valid licence."""

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_LICENCE = (
    "record",
    "key",
    "address_id",
    "status",
    "ingangsdatum_max",
    "einddatum_min",
    "bezwaar_uitkomst",
    "kvk_nummer",
)


@indicator(
    code="ORG-01",
    version=2,
    cls="A",
    barrier=Barrier.RECHTSVORM,
    dataset="handelsregister",
    name_nl="Ontbonden onderneming is houder",
    name_en="Dissolved company holds licence",
    rationale_nl=(
        "Een vergunning hoort bij een houder die bestaat. Is de onderneming van de houder geëindigd, dan is niet "
        "duidelijk wie nu verantwoordelijk is."
    ),
    rationale_en=(
        "A licence belongs to a holder that exists. If the company of the holder has ended, it is not clear who is "
        "responsible now."
    ),
    ruled_out_nl=(
        "De onderneming is voortgezet door een andere onderneming of kreeg een andere rechtsvorm.",
        "De onderneming heeft nog een andere vestiging.",
        "De vergunning is zelf niet meer geldig.",
    ),
    ruled_out_en=(
        "The company was continued by another company or changed its legal form.",
        "The company still has another establishment.",
        "The licence itself is no longer valid.",
    ),
    innocent_nl=(
        "De overname is gemeld, maar staat nog niet in het register van vergunningen.",
        "De onderneming is per vergissing uitgeschreven.",
        "De zaak is dicht en de houder heeft de vergunning nog niet opgezegd.",
    ),
    innocent_en=(
        "The takeover was reported, but is not in the register of licences yet.",
        "The company was struck off by mistake.",
        "The business has closed and the holder has not given up the licence yet.",
    ),
    checked_nl=(
        "De onderneming is niet voortgezet en niet omgezet.",
        "KVK {kvk_nummer} heeft geen andere vestiging die nog loopt.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "The company was neither continued nor converted.",
        "KVK {kvk_nummer} has no other establishment that goes on.",
        "The licence is valid on {as_of}.",
    ),
    decisive={
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
        "handelsregister": ("datum_einde",),
    },
    inputs={
        "vergunningen": (*_LICENCE, "zaaktype"),
        "seksinrichtingen": _LICENCE,
        "handelsregister": columns(
            "record kvk_nummer datum_einde_min datum_einde_max reden_einde voortgezet_door_kvk afgeschermd"
        ),
    },
    params={
        "grace_days": Param(
            30,
            "days",
            "a successor has some time to report a takeover and the register to take it in",
            floor=14,
            label_nl="Dagen sinds het einde van de onderneming, meer dan",
            label_en="Days since the end of the company, more than",
            reason_nl="een opvolger heeft tijd om de overname te melden en het register om die te verwerken",
        )
    },
    evidence_nl=(
        "Vergunning {zaaknummer} geldt op {as_of}. De houder is de onderneming met KVK-nummer "
        "{kvk_nummer}. Die is geëindigd op {datum_einde_laatste} ({reden_einde:word}), "
        "{dagen_sinds_einde:span} geleden. Er is geen onderneming bekend die haar voortzet."
    ),
    evidence_en=(
        "Licence {zaaknummer} is valid on {as_of}. Its holder is the company with KVK number "
        "{kvk_nummer}. That ended on {datum_einde_laatste} ({reden_einde:word}), {dagen_sinds_einde:span} "
        "ago. No company is known that continues it."
    ),
)
def dissolved_holder(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid licence whose holder has ended: zaaknummer, kvk_nummer, datum_einde_laatste, days since."""
    held = readings.licences(
        t, "address_id", "status", "ingangsdatum_max", "einddatum_min", "bezwaar_uitkomst", "kvk_nummer"
    ).filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    ended = (
        t.handelsregister.join(held, on="kvk_nummer", how="semi")
        .sort("datum_einde_max", "record")
        .group_by("kvk_nummer")
        .agg(
            pl.col("datum_einde_max").is_null().any().alias("is_alive"),
            readings.continued().any().alias("is_continued"),
            pl.col("reden_einde").drop_nulls().last(),
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
    return held.join(ended, on="kvk_nummer").select(
        "address_id",
        *readings.dated("datum_einde_laatste"),
        record_ids=pl.concat_list(pl.col("record"), pl.col("establishments")),
        zaaknummer="key",
        kvk_nummer="kvk_nummer",
        dagen_sinds_einde=(pl.lit(as_of) - pl.col("datum_einde_laatste_max")).dt.total_days(),
        reden_einde="reden_einde",
    )
