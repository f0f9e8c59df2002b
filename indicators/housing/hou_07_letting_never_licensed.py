"""HOU-07: a dwelling is let where the municipality asks a permit to let, and it never had one.

Where the duty applies is a decision of the municipality (Wet goed verhuurderschap art. 5 and 7), handed to the rule as
yes or no for each object; without areas the rule does not run. Sources: Wet goed verhuurderschap (BWBR0048028), VNG and
Volkshuisvesting Nederland on the letting permit, the handreiking Wet goed verhuurderschap, the Arbeidsinspectie on
housing of migrant workers.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_DUTY = "verhuur_wgv"
#: Reports that somebody lives there as a tenant: an empty dwelling or one let to tourists shows no such thing.
_LETTING = ("woonfraude", readings.SHARED_HOUSING, "onderhuur-en-adreskwaliteit")


@indicator(
    code="HOU-07",
    version=1,
    cls="B",
    barrier=Barrier.HUISVESTING,
    dataset="vergunningen",
    purposes=("P-WON",),
    powers=("verhuurvergunning",),
    name_nl="Verhuur waarvoor nooit een vergunning was",
    name_en="Letting that was never licensed",
    rationale_nl="In dit gebied is een vergunning nodig om een woning te verhuren. Er was hier nooit een. Toch laten "
    "twee bronnen zien dat er wordt verhuurd.",
    rationale_en="In this area a permit is needed to let a dwelling. There never was one here. Yet two sources show "
    "that it is let.",
    ruled_out_nl=(
        "In dit gebied is geen vergunning nodig.",
        "De plicht is er nog maar kort.",
        "Er is of was een verhuurvergunning.",
        "Een aanvraag is in behandeling.",
        "Een verhuurvergunning met een onduidelijk adres kan bij deze plek horen.",
        "Er is maar één bron die verhuur laat zien.",
        "De meldingen zijn niet gegrond.",
        "De controle vond niets over verhuur.",
        "Het adres is geen woning.",
        "De meldingen en controles zijn oud, of van voor de plicht.",
        "De meldingen gaan over leegstand of vakantieverhuur.",
    ),
    ruled_out_en=(
        "No permit is needed in this area.",
        "The duty is still new.",
        "There is or was a letting permit.",
        "An application is being handled.",
        "A letting permit whose address is not clear could belong to this place.",
        "Only one source shows letting.",
        "The reports were not found to be right.",
        "The inspection found nothing on letting.",
        "The address is no dwelling.",
        "The reports and inspections are old, or from before the duty.",
        "The reports are about an empty dwelling or letting to tourists.",
    ),
    innocent_nl=(
        "De eigenaar woont er zelf en verhuurt een kamer.",
        "Familie woont er en betaalt geen huur.",
        "De verhuur valt onder een uitzondering, zoals een corporatie.",
        "De verhuur is gestopt.",
    ),
    innocent_en=(
        "The owner lives there and lets a room.",
        "Family lives there and pays no rent.",
        "The letting falls under an exception, such as a housing association.",
        "The letting has stopped.",
    ),
    checked_nl=(
        "De plicht geldt hier sinds {plicht_sinds}.",
        "Er was hier nooit een verhuurvergunning, en er loopt geen aanvraag.",
        "[{meldingen:?}De meldingen zijn gegrond.]",
    ),
    checked_en=(
        "The duty has applied here since {plicht_sinds}.",
        "There never was a letting permit here, and no application is pending.",
        "[{meldingen:?}The reports were found to be right.]",
    ),
    limits_nl=("Wie er woont of huurt, leest de regel niet.", "Een uitzondering op de plicht staat in geen register."),
    limits_en=("Who lives or rents there, the rule does not read.", "An exception to the duty is in no register."),
    decisive={"vergunningen": ("ingangsdatum",)},
    inputs={
        "plichten": columns("address_id duty applies since"),
        "vergunningen": (
            *readings.PLACE,
            *columns("record zaaktype status bezwaar_uitkomst is_room_letting kvk_nummer vestigingsnummer"),
            *columns("ingangsdatum_max einddatum_min"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
        "meldingen": readings.report_columns("subcategorie"),
        "controles": columns("record address_id bevinding datum_min datum_max"),
        "bag_adressen": columns("adresseerbaar_object_id gebruiksdoelen"),
    },
    needs=("vergunningen", "bag_adressen"),
    params={
        "window_days": Param(
            365,
            "days",
            "an older report says nothing of letting today",
            floor=90,
            ceiling=730,
            label_nl="Venster voor meldingen en controles",
            label_en="Window for reports and inspections",
            reason_nl="een oudere melding zegt niets over verhuur nu",
        ),
        "grace_days": Param(
            180,
            "days",
            "an owner needs time to hear of a new duty, to apply and to get an answer",
            floor=90,
            label_nl="Dagen sinds de plicht begon, meer dan",
            label_en="Days since the duty began, more than",
            reason_nl="een eigenaar heeft tijd nodig om aan te vragen",
        ),
        "min_sources": Param(
            2,
            "sources",
            "one source can be wrong",
            floor=2,
            ceiling=3,
            label_nl="Bronnen die verhuur laten zien, minstens",
            label_en="Sources that show letting, at least",
            reason_nl="één bron kan het mis hebben",
        ),
    },
    evidence_nl=(
        "Op dit adres is sinds {plicht_sinds} een vergunning nodig om te verhuren. Er was er nooit een.[ In de laatste "
        "{window_days:span} {meldingen:=was|waren} er {meldingen:gegronde melding|gegronde meldingen} over wonen.]"
        "[ Bij {controles:controle|controles} waren er meer kamers of personen dan vergund.][ {kamervergunningen:?}Er "
        "is wel een vergunning voor kamers of omzetting.]"
    ),
    evidence_en=(
        "Since {plicht_sinds} a permit is needed to let at this address. There never was one.[ In the last "
        "{window_days:span} there {meldingen:=was|were} {meldingen:well-founded report|well-founded reports} on "
        "housing.][ At {controles:inspection|inspections} there were more rooms or people than permitted.]"
        "[ {kamervergunningen:?}There is a permit for rooms or conversion.]"
    ),
)
def letting_never_licensed(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per dwelling. Values: plicht_sinds, meldingen, controles, kamervergunningen (counts; empty for none).

    Sources of record are well-founded reports on housing (together one), inspections, and a permit of the lessor for
    rooms or conversion. A permit of any status stands in the way, and so does an application, wherever it could stand.
    """
    start = readings.window_start(as_of, p.window_days)
    places = t.plichten.filter(
        pl.col("duty") == _DUTY,
        pl.col("applies"),
        pl.col("since").is_not_null(),
        pl.col("since") < as_of - timedelta(days=p.grace_days),
    ).select("address_id", plicht_sinds="since")
    asked = readings.wherever_it_could_stand(t, "vergunningen").filter(pl.col("zaaktype") == _DUTY).select("address_id")
    reports = readings.tally(
        readings.counting_reports(
            t.meldingen,
            pl.col("subcategorie").is_in(_LETTING).fill_null(False)
            & (pl.col("bevinding") == "gegrond").fill_null(False),
            objects=places,
        )
        .join(places, on="address_id")
        .filter(pl.col("datum_melding") >= pl.col("plicht_sinds")),
        start,
        as_of,
    )
    under_duty = t.controles.join(places, on="address_id").filter(pl.col("datum_min") >= pl.col("plicht_sinds"))
    inspections = readings.over_permit_inspections(under_duty, start, as_of)
    rooms = (
        t.vergunningen.filter(readings.valid_licence(as_of), readings.is_room_letting())
        .group_by("address_id")
        .agg(kamervergunningen=pl.len().cast(pl.Int64), permit_records=pl.col("record").sort())
    )
    counts = ("meldingen", "controles", "kamervergunningen")
    no_records = pl.lit([], dtype=pl.List(pl.String))
    shown = (
        places.join(asked, on="address_id", how="anti")
        .join(reports, on="address_id", how="left")
        .join(inspections, on="address_id", how="left")
        .join(rooms, on="address_id", how="left")
        .filter(pl.sum_horizontal((pl.col(name) > 0).fill_null(False) for name in counts) >= p.min_sources)
    )
    homes = readings.dwellings(readings.at_objects(t.bag_adressen, shown.select("address_id")))
    records = [pl.col(f"{name}_records").fill_null(no_records) for name in ("report", "inspection", "permit")]
    return shown.join(homes, on="address_id", how="semi").select(
        "address_id",
        "plicht_sinds",
        *counts,
        dataset=pl.when(pl.col("meldingen") > 0).then(pl.lit("meldingen")).otherwise(pl.lit("controles")),
        record_ids=pl.concat_list(records),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )
