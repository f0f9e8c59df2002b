"""HOU-10: letting to tourists shows at an object where a registration number is obligatory, and none is in force."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_TOURISM = "toeristische_verhuur"
_REPORTED = "vakantieverhuur"


@indicator(
    code="HOU-10",
    version=1,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="meldingen",
    purposes=("P-WON",),
    powers=("boete_wonen",),
    name_nl="Toeristische verhuur zonder registratienummer",
    name_en="Tourist letting without a registration number",
    rationale_nl="Wie woonruimte aan toeristen verhuurt, heeft in aangewezen gebieden een registratienummer nodig. "
    "Zonder nummer ziet de gemeente niet welke panden zo worden gebruikt. Dit zegt niets over wie er verblijft.",
    rationale_en="Who lets living space to tourists needs a registration number in designated areas. Without a number "
    "the municipality does not see which premises are used so. This says nothing of who stays there.",
    ruled_out_nl=(
        "De plicht geldt hier niet, of nog maar kort.",
        "Er is een geldige registratie.",
        "De registratie is geschorst: daarover loopt al een procedure.",
        "Een registratie met een onduidelijk adres kan bij deze plek horen.",
        "Er is een vergunning voor logies: dan is het een hotel of pension.",
        "De vergunning geldt niet, of nog maar kort.",
        "De meldingen zijn ongegrond of geannuleerd, of gaan over iets anders.",
        "De meldingen zijn te oud, of van voor de plicht.",
        "Er is maar één melding, of één melder.",
        "Het adres is geen woning, zoals een vakantiehuisje of een hotel.",
    ),
    ruled_out_en=(
        "The duty does not apply here, or has done so for a short time only.",
        "There is a valid registration.",
        "The registration is suspended: a procedure on that is under way.",
        "A registration whose address is not clear could belong to this place.",
        "There is a permit for lodging: then it is a hotel or boarding house.",
        "The permit is not valid, or has been so for a short time only.",
        "The reports were unfounded or cancelled, or are about something else.",
        "The reports are too old, or date from before the duty.",
        "There is one report only, or one reporter.",
        "The address is no dwelling, such as a holiday cottage or a hotel.",
    ),
    innocent_nl=(
        "Het nummer is aangevraagd en staat nog niet in de levering.",
        "De vergunning wordt niet meer gebruikt.",
        "Familie of vrienden logeren er zonder te betalen.",
        "Het nummer staat op een ander adres van hetzelfde pand.",
    ),
    innocent_en=(
        "The number was applied for and is not in the delivery yet.",
        "The permit is not used any more.",
        "Family or friends stay there without paying.",
        "The number is registered at another address of the same building.",
    ),
    checked_nl=(
        "De plicht tot registratie geldt hier op {as_of}.",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Er is geen registratie met een onduidelijk adres die hier kan horen.",
    ),
    checked_en=(
        "The duty to register applies here on {as_of}.",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "No registration with an unclear address could belong here.",
    ),
    limits_nl=("Advertenties worden niet gelezen. Verhuur zonder vergunning en zonder melding is niet te zien.",),
    limits_en=("Advertisements are not read. Letting without a permit and without a report cannot be seen.",),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "vergunningen": (
            *readings.PLACE,
            *columns("record zaaknummer zaaktype status bezwaar_uitkomst kvk_nummer"),
            *columns("ingangsdatum_min ingangsdatum_max einddatum_min einddatum_max"),
        ),
        "meldingen": readings.report_columns("subcategorie"),
        "toeristische_verhuur_registraties": (*readings.PLACE, *columns("status ingangsdatum_min einddatum_max")),
        "plichten": columns("address_id duty applies since"),
        "bag_adressen": columns("record adresseerbaar_object_id is_nevenadres gebruiksdoelen"),
    },
    params={
        "grace_days": Param(
            60,
            "days",
            "a number is applied for, and the delivery follows later",
            floor=30,
            ceiling=365,
            label_nl="Dagen sinds de plicht of de vergunning begon, minstens",
            label_en="Days since the duty or the permit began, at least",
            reason_nl="een nummer aanvragen en leveren kost tijd",
        ),
        "window_days": Param(
            180,
            "days",
            "half a year shows a pattern and not an incident",
            floor=30,
            ceiling=365,
            label_nl="Venster voor meldingen",
            label_en="Window for reports",
            reason_nl="een half jaar laat een patroon zien en geen incident",
        ),
        "min_reports": Param(
            2,
            "reports",
            "one report is an incident",
            floor=2,
            label_nl="Meldingen over vakantieverhuur, minstens",
            label_en="Reports on holiday letting, at least",
            reason_nl="één melding is een incident",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Verschillende melders, minstens",
            label_en="Different reporters, at least",
            reason_nl="één melder alleen is geen patroon",
        ),
    },
    evidence_nl=(
        "[Vergunning {zaaknummers} voor toeristische verhuur geldt op {as_of}. ][In de laatste {window_days:span} "
        "{meldingen:=was|waren} er {meldingen:melding|meldingen} van {melders:melder|melders} over vakantieverhuur. ]"
        "Hier is een registratienummer verplicht. Op {as_of} staat er geen geldige registratie."
    ),
    evidence_en=(
        "[Permit {zaaknummers} for tourist letting is valid on {as_of}. ][In the last {window_days:span} there "
        "{meldingen:=was|were} {meldingen:report|reports} by {melders:reporter|reporters} on holiday letting. ]"
        "A registration number is obligatory here. On {as_of} there is no valid registration."
    ),
)
def tourist_letting_without_number(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per object where the duty applies. Values: zaaknummers (list), meldingen, melders (counts).

    Counts for meldingen where the reports reach the threshold, else for vergunningen. The duty is that of the area
    (plichten, duty toeristische_verhuur): without an area no object has it. A reporter without a token may be anybody
    and adds none. Source: Huisvestingswet 2014 art. 23a (since when: te controleren).
    """
    begun = readings.window_start(as_of, p.grace_days)
    objects = _objects_without_number(t, begun, as_of)
    # the duty is on living space (Huisvestingswet 2014 art. 1); a house boat has no function and may be one
    elsewhere = readings.surely_no_dwellings(readings.at_objects(t.bag_adressen, objects))
    objects = objects.join(elsewhere, on="address_id", how="anti")
    permits = (
        t.vergunningen.filter(
            pl.col("zaaktype") == _TOURISM, readings.valid_licence(as_of), pl.col("ingangsdatum_max") <= begun
        )
        .join(objects, on="address_id", how="semi")
        .group_by("address_id")
        .agg(zaaknummers=pl.col("zaaknummer").unique().sort(), permit_records=pl.col("record").sort())
    )
    no_records = pl.lit([], dtype=pl.List(pl.String))
    has_pattern = pl.col("meldingen").is_not_null()
    return (
        objects.join(permits, on="address_id", how="left")
        .join(_reported(t, p, objects, as_of), on="address_id", how="left")
        .filter(pl.col("zaaknummers").is_not_null() | has_pattern)
        .select(
            "address_id",
            "zaaknummers",
            "meldingen",
            "melders",
            dataset=pl.when(has_pattern).then(pl.lit("meldingen")).otherwise(pl.lit("vergunningen")),
            record_ids=pl.concat_list(
                pl.col("permit_records").fill_null(no_records), pl.col("report_records").fill_null(no_records)
            ),
        )
    )


def _objects_without_number(t: Tables, begun: date, as_of: date) -> pl.LazyFrame:
    """`address_id`, `since` of objects where the duty applied by `begun` and no registration or hotel could stand."""
    has_number = readings.wherever_it_could_stand(t, "toeristische_verhuur_registraties").filter(
        pl.col("status") != "ingetrokken",
        pl.col("ingangsdatum_min") <= as_of,
        pl.col("einddatum_max").is_null() | (pl.col("einddatum_max") >= as_of),
    )
    is_hotel = readings.wherever_it_could_stand(t, "vergunningen").filter(
        pl.col("zaaktype") == "logies", readings.possibly_valid_licence(as_of)
    )
    return (
        t.plichten.filter(pl.col("duty") == _TOURISM, pl.col("applies"), (pl.col("since") <= begun).fill_null(True))
        .group_by("address_id")
        .agg(pl.col("since").min())
        .join(has_number, on="address_id", how="anti")
        .join(is_hotel, on="address_id", how="anti")
    )


def _reported(t: Tables, p: Params, objects: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """Per object whose reports reach the threshold: `meldingen`, `melders`, `report_records`."""
    start = readings.window_start(as_of, p.window_days)
    reports = readings.counting_reports(t.meldingen, pl.col("subcategorie") == _REPORTED, objects=objects)
    since_duty = reports.join(objects, on="address_id").filter(
        (pl.col("datum_melding") >= pl.col("since")).fill_null(True), pl.col("datum_melding").is_between(start, as_of)
    )
    return (
        since_duty.group_by("address_id")
        .agg(
            meldingen=pl.len().cast(pl.Int64),
            melders=pl.col("melder_token").drop_nulls().n_unique().cast(pl.Int64),
            report_records=pl.col("record").sort(),
        )
        .filter(pl.col("meldingen") >= p.min_reports, pl.col("melders") >= p.min_reporters)
    )
