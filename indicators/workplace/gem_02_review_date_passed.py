"""GEM-02: a licence without an end was granted so long ago that the policy asks a review, and none was registered.

Of the municipality's own work: a finding for the owner of the process, never a hit at an address. Sources:
Dienstenrichtlijn art. 11 and Awb art. 4:81 on the term of licences, VNG on licences for an indefinite time, the CCV on
licences as a barrier.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings


@indicator(
    code="GEM-02",
    version=1,
    cls="C",
    barrier=Barrier.WERKPLEK,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("voorschrift", "intrekken"),
    is_finding=True,
    name_nl="Datum van herziening voorbij",
    name_en="Review date passed",
    rationale_nl="Een vergunning zonder einddatum hoort de gemeente soms opnieuw te bekijken. Bij deze vergunning is "
    "die datum voorbij. Dat is werk van de gemeente zelf. Er volgt geen aandachtspunt uit.",
    rationale_en="A municipality should look again at a licence without an end at times. For this licence that day has "
    "passed. That is work of the municipality itself. No flag follows from it.",
    ruled_out_nl=(
        "De vergunning is nog niet zo oud.",
        "De vergunning heeft een einddatum.",
        "Dit soort vergunning hoort niet bij een plek.",
        "Op het adres is later een vergunning van dit soort verleend.",
        "De houder kreeg later een vergunning van dit soort op een onduidelijk adres.",
        "De vergunning is niet verleend, of telt niet meer.",
    ),
    ruled_out_en=(
        "The licence is not that old yet.",
        "The licence has an end.",
        "This kind of licence is not bound to a place.",
        "A licence of this kind was granted at the address later.",
        "The holder was granted one of this kind later, at an address that is not clear.",
        "The licence was not granted, or no longer counts.",
    ),
    innocent_nl=(
        "De gemeente keek wel opnieuw, maar zette dat niet in het register.",
        "De zaak is dicht, en de vergunning staat nog open.",
        "Het beleid vraagt voor deze zaak geen herziening.",
    ),
    innocent_en=(
        "The municipality did look again, but did not enter it in the register.",
        "The business has closed, and the licence is still open.",
        "The policy asks no review for this business.",
    ),
    limits_nl=("Een datum van herziening staat in geen register. De regel telt vanaf het besluit.",),
    limits_en=("A review date is in no register. The rule counts from the decision.",),
    checked_nl=("Na deze vergunning is hier geen van dezelfde soort verleend.",),
    checked_en=("After this licence none of the same kind was granted here.",),
    decisive={"vergunningen": ("datum_besluit",)},
    inputs={
        "vergunningen": columns(
            "record key zaaktype status bezwaar_uitkomst is_location_bound address_id kvk_nummer "
            "datum_besluit_min datum_besluit_max einddatum_min"
        )
    },
    params={
        "review_years": Param(
            5,
            "years",
            "a term that policy often has; a municipality says its own",
            floor=3,
            ceiling=10,
            label_nl="Jaren tot een herziening",
            label_en="Years until a review",
            reason_nl="een termijn die in beleid vaak voorkomt; een gemeente zegt haar eigen",
        )
    },
    evidence_nl="Vergunning {zaaknummer} voor {zaaktype:word} heeft geen einddatum en is ouder dan de termijn.",
    evidence_en="Licence {zaaknummer} for {zaaktype:word} has no end and is older than the term.",
)
def review_date_passed(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per licence. Values: zaaknummer, zaaktype.

    A later licence of the same holder, or of a holder without a number as this one, whose address is not clear may be
    at this address; and a licence of which the day is not known may be a later one.
    """
    start = readings.window_start(as_of, readings.days_of_years(p.review_years))
    granted = t.vergunningen.filter(pl.col("status") == "verleend", ~readings.annulled(), readings.is_location_bound())
    later = granted.filter((pl.col("datum_besluit_max") >= start).fill_null(True))
    renewed = later.drop_nulls("address_id").select("address_id", "zaaktype").unique()
    unclear = later.filter(pl.col("address_id").is_null()).select("kvk_nummer", "zaaktype").unique()
    return (
        granted.filter(pl.col("datum_besluit_max") < start, pl.col("einddatum_min").is_null())
        .join(renewed, on=["address_id", "zaaktype"], how="anti")
        .join(unclear, on=["kvk_nummer", "zaaktype"], how="anti", nulls_equal=True)
        .select("zaaktype", zaaknummer="key", record_ids=pl.concat_list("record"))
    )
