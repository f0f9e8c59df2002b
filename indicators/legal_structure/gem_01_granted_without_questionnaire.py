"""GEM-01: a licence was granted lately, and no Bibob questionnaire was registered though the policy asks one.

Of the municipality's own work: a finding for the owner of the process, never a hit at an address. Sources: Wet Bibob
art. 3 and 4 and the municipal policy rule (Awb art. 4:81); the CCV and RIEC on the own Bibob inquiry as a barrier.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_KINDS = ("exploitatie", "alcohol", "coffeeshop", "speelautomaten", "logies")


@indicator(
    code="GEM-01",
    version=1,
    cls="C",
    barrier=Barrier.RECHTSVORM,
    dataset="vergunningen",
    purposes=("P-VERG",),
    powers=("bibob",),
    is_finding=True,
    name_nl="Vergunning verleend zonder vragenlijst",
    name_en="Licence granted without questionnaire",
    rationale_nl="Het beleid van de gemeente vraagt bij sommige vergunningen een vragenlijst. Bij deze vergunning is "
    "er geen. Dat is werk van de gemeente zelf. Er volgt geen aandachtspunt uit.",
    rationale_en="The policy of the municipality asks a questionnaire for some licences. This licence has none. That "
    "is work of the municipality itself. No flag follows from it.",
    ruled_out_nl=(
        "De vergunning is van voor deze periode.",
        "Voor dit soort vergunning vraagt het beleid geen vragenlijst.",
        "De vragenlijst is er.",
        "De vergunning is niet verleend, of telt niet meer.",
        "Het register noemt nergens een vragenlijst: dan is dat gegeven niet geleverd.",
    ),
    ruled_out_en=(
        "The licence is from before this period.",
        "For this kind of licence the policy asks no questionnaire.",
        "The questionnaire is there.",
        "The licence was not granted, or no longer counts.",
        "The register names no questionnaire anywhere: then it was not delivered.",
    ),
    innocent_nl=(
        "De vragenlijst is er wel, maar niet in het register gezet.",
        "Het beleid maakt een uitzondering, zoals voor een buurthuis.",
        "De gemeente kende de ondernemer al van een eerdere vergunning.",
    ),
    innocent_en=(
        "The questionnaire is there, but was not entered in the register.",
        "The policy makes an exception, such as for a community centre.",
        "The municipality knew the operator from an earlier licence.",
    ),
    checked_nl=("De vergunning is verleend, en is niet vernietigd.",),
    checked_en=("The licence was granted, and was not annulled.",),
    decisive={"vergunningen": ("datum_besluit",)},
    inputs={
        "vergunningen": columns(
            "record key zaaktype status bezwaar_uitkomst datum_besluit_min datum_besluit_max "
            "bibob_vragenlijst_datum_min bibob_vragenlijst_datum_max"
        )
    },
    params={
        "window_days": Param(
            365,
            "days",
            "what was granted longer ago may be from before the policy",
            floor=90,
            ceiling=1826,
            label_nl="Verleend in de laatste",
            label_en="Granted in the last",
            reason_nl="wat eerder is verleend, kan van voor het beleid zijn",
        ),
        "kinds": Param(
            ("exploitatie", "alcohol"),
            "kinds of licence",
            "the kinds for which local policy usually asks the questionnaire; a municipality says which",
            choices=_KINDS,
            label_nl="Soorten vergunning waarbij het beleid een vragenlijst vraagt",
            label_en="Kinds of licence for which the policy asks a questionnaire",
            reason_nl="de soorten waarbij beleid dat vaak vraagt; een gemeente zegt welke",
        ),
    },
    evidence_nl="Bij vergunning {zaaknummer} voor {zaaktype:word} staat geen vragenlijst in het register.",
    evidence_en="For licence {zaaknummer} for {zaaktype:word} no questionnaire is in the register.",
)
def granted_without_questionnaire(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per licence. Values: zaaknummer, zaaktype; never a date. A questionnaire of a partial date is there."""
    start = readings.window_start(as_of, p.window_days)
    has_questionnaire = pl.any_horizontal(
        pl.col(f"bibob_vragenlijst_datum{bound}").is_not_null() for bound in ("_min", "_max")
    )
    return (
        t.vergunningen.with_columns(is_delivered=has_questionnaire.any())
        .filter(
            "is_delivered",
            pl.col("status") == "verleend",
            ~readings.annulled(),
            pl.col("zaaktype").is_in(p.codes("kinds")),
            pl.col("datum_besluit_min") >= start,
            pl.col("datum_besluit_max") <= as_of,
            ~has_questionnaire,
        )
        .select("zaaktype", zaaknummer="key", record_ids=pl.concat_list("record"))
    )
