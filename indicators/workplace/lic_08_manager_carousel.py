"""LIC-08: the list of managers on one licence changed very often in a year."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: Roles on the list that change hands; an operator or proxy is no shift leader.
_ROLES = ("beheerder", "leidinggevende")
_LICENCE = ("address_id", "status", "ingangsdatum_max", "einddatum_min", "bezwaar_uitkomst")


@indicator(
    code="LIC-08",
    version=4,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="leidinggevenden",
    purposes=("P-VERG",),
    powers=("toezicht", "intrekken"),
    name_nl="Leidinggevendencarrousel",
    name_en="Manager carousel",
    rationale_nl="De namen op de lijst bij deze vergunning wisselen heel vaak. Dan is lastig te zien wie er echt "
    "leiding geeft in de zaak.",
    rationale_en="The names on the list of this licence change very often. It is hard to see then who really manages "
    "the business.",
    ruled_out_nl=(
        "De hele ploeg kwam op de lijst toen de vergunning begon.",
        "De wissels liggen verder terug.",
        "Iemand bleef op de lijst met een andere rol of een nieuwe termijn.",
        "De vergunning is voorbij en daarmee ook de lijst.",
        "De exploitant of een gemachtigde wisselde.",
        "Van een datum is te weinig bekend.",
        "Twee namen kunnen één mens zijn, zoals met een partnernaam of een typefout.",
    ),
    ruled_out_en=(
        "The whole team came on the list when the licence began.",
        "The changes lie further back.",
        "Someone stayed on the list in another role or for a new term.",
        "The licence is over, and so is its list.",
        "The operator or a proxy changed.",
        "Too little of a date is known.",
        "Two names could be one person, as with a partner's name or a slip.",
    ),
    innocent_nl=(
        "Het personeel wisselt vaak, zoals in de horeca gewoon is.",
        "Het is werk voor een seizoen.",
        "De keten zet alle ploegleiders op de lijst.",
    ),
    innocent_en=(
        "Staff change often, as is usual in horeca.",
        "It is seasonal work.",
        "The chain lists all its shift leaders.",
    ),
    checked_nl=(
        "De namen zijn van verschillende mensen.",
        "De vergunning loopt nog.",
        "Een nieuwe rol of termijn van wie bleef, telt niet.",
    ),
    checked_en=(
        "The names are of different people.",
        "The licence goes on.",
        "A new role or term of who stayed does not count.",
    ),
    decisive={
        "leidinggevenden": ("datum_tot", "datum_van"),
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
    },
    inputs={
        "leidinggevenden": ("record", "zaaknummer", "rol", *readings.dated("datum_van"), *readings.dated("datum_tot")),
        "vergunningen": ("record", "key", "zaaktype", *_LICENCE),
        "seksinrichtingen": ("record", "key", *_LICENCE),
        "partijen": columns("record dataset kind party_id"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
    },
    needs=("leidinggevenden",),  # a licence of either register gives the list its address
    params={
        "window_days": Param(
            365,
            "days",
            "one year holds every season once",
            floor=180,
            ceiling=365,
            label_nl="Wijzigingen in de laatste",
            label_en="Changes in the last",
            reason_nl="in één jaar komt elk seizoen een keer voor",
        ),
        "min_changes": Param(
            6,
            "changes",
            "three people who leave and three who come are more than usual for one list in a year",
            floor=6,
            label_nl="Aantal wijzigingen, minstens",
            label_en="Number of changes, at least",
            reason_nl="drie mensen weg en drie erbij is veel voor één lijst in een jaar",
        ),
        "short_days": Param(
            60,
            "days",
            "who is off the list within two months hardly managed anything",
            floor=14,
            ceiling=90,
            label_nl="Kort op de lijst is korter dan",
            label_en="Short on the list is less than",
            reason_nl="wie binnen twee maanden weg is, had nauwelijks de leiding",
        ),
        "min_short": Param(
            3,
            "times",
            "one or two who leave soon are a trial that failed",
            floor=3,
            label_nl="Of: aantal keer kort op de lijst, minstens",
            label_en="Or: number of short terms, at least",
            reason_nl="één of twee mensen die snel gaan is een proef die mislukte",
        ),
    },
    evidence_nl=(
        "Op de lijst bij vergunning {zaaknummer} {erbij:=kwam|kwamen} in {window_days:span} "
        "{erbij:naam|namen} erbij en {eraf:=ging|gingen} er {eraf:naam|namen} af.[ Daarvan "
        "{kort:=stond|stonden} er {kort} korter dan {short_days:span} op.] De eerste lijst telt niet als "
        "wijziging."
    ),
    evidence_en=(
        "On the list of licence {zaaknummer} {erbij:name was|names were} added and {eraf:name was|names "
        "were} removed in {window_days:span}.[ Of these {kort} {kort:=was|were} on it for less than "
        "{short_days:span}.] The first list is no change."
    ),
)
def manager_carousel(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid licence. Values: zaaknummer, erbij, eraf, kort (counts of changes).

    A change counts on a day that is known in full. The first list is what stood on the earliest day of the licence's
    list; leaving it is a change. A person who stays on the list under another row neither came nor went, and who could
    be one person is one. A licence that is not valid on `as_of` raises nothing: when it ends, all names leave its list.
    """
    start = readings.window_start(as_of, p.window_days)
    licences = readings.licences(t, *_LICENCE).filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null())
    in_window = (
        pl.col(day).is_between(start, as_of).fill_null(False).cast(pl.Int64) for day in ("datum_van", "datum_tot")
    )
    rows = (
        t.leidinggevenden.filter(pl.col("rol").is_in(_ROLES))
        .join(licences.select(zaaknummer="key"), on="zaaknummer", how="semi")
        # few lists change so often: only for these is it worth knowing who is who
        .filter(pl.sum_horizontal(in_window).sum().over("zaaknummer") >= min(p.min_changes, p.min_short))
        .pipe(readings.computed)
    )
    listed = rows.join(_persons(t, rows), on="record", how="left").with_columns(
        is_first=pl.col("datum_van_min") == pl.col("datum_van_min").min().over("zaaknummer"),
        # two rows of one person on one day are one change
        person=pl.coalesce("person", "record"),
    )
    stays = _stays(listed)
    came = (pl.col("datum_van").is_between(start, as_of) & ~pl.col("is_first") & ~pl.col("came_earlier")).fill_null(
        False
    )
    went = (pl.col("datum_tot").is_between(start, as_of) & ~pl.col("goes_on")).fill_null(False)
    term = (pl.col("datum_tot_max") - pl.col("datum_van_min")).dt.total_days()
    short = went & ~pl.col("came_earlier") & (term < p.short_days)
    counted = (
        listed.join(stays, on="record", how="left")
        .with_columns(pl.col("came_earlier", "goes_on").fill_null(False))
        .with_columns(came=came, went=went, short=short.fill_null(False))
        .group_by("zaaknummer")
        .agg(
            erbij=pl.struct("person", "datum_van").filter("came").n_unique().cast(pl.Int64),
            eraf=pl.struct("person", "datum_tot").filter("went").n_unique().cast(pl.Int64),
            kort=pl.struct("person", "datum_tot").filter("short").n_unique().cast(pl.Int64),
            rows=pl.col("record").filter(pl.col("came") | pl.col("went")).sort(),
        )
        .filter((pl.col("erbij") + pl.col("eraf") >= p.min_changes) | (pl.col("kort") >= p.min_short))
    )
    return counted.join(licences.select("record", "address_id", zaaknummer="key"), on="zaaknummer").select(
        "address_id",
        "zaaknummer",
        "erbij",
        "eraf",
        "kort",
        record_ids=pl.concat_list("rows", "record"),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )


def _persons(t: Tables, rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row per row of a list with a name: `record`, `person`, the same for all of a list who could be one person."""
    people = t.partijen.filter(pl.col("dataset") == "leidinggevenden", pl.col("kind") == "person")
    named = rows.select("record", "zaaknummer").join(people.select("record", "party_id"), on="record")
    marks = readings.marks_of_parties(named, t.mogelijk_een_partij)
    return (
        readings.counted_as_one(marks, "record", ("zaaknummer",))
        .select("record", person=pl.col("one_party").cast(pl.String))
        .unique()
    )


def _stays(listed: pl.LazyFrame) -> pl.LazyFrame:
    """One row per row of a list whose person has another row there.

    Columns: `record`, `came_earlier` (they were on the list until the day before it began), `goes_on` (they are on it
    from the day after it ended).
    """
    rows = listed.select(
        "record", "zaaknummer", "person", "datum_van_min", "datum_van_max", "datum_tot_min", "datum_tot_max"
    )
    day = timedelta(days=1)
    other_is_open = pl.col("datum_tot_max_other").is_null()
    return (
        rows.join(rows, on=["zaaknummer", "person"], suffix="_other")
        .filter(pl.col("record") != pl.col("record_other"))
        .group_by("record")
        .agg(
            came_earlier=(
                (pl.col("datum_van_min_other") < pl.col("datum_van_max"))
                & (other_is_open | (pl.col("datum_tot_max_other") >= pl.col("datum_van_min") - day))
            ).any(),
            goes_on=(
                (pl.col("datum_van_min_other") <= pl.col("datum_tot_max") + day)
                & (other_is_open | (pl.col("datum_tot_max_other") > pl.col("datum_tot_min")))
            ).any(),
        )
    )
