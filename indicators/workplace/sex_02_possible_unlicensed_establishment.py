"""SEX-02: several people report unlawful use of a place without a sex licence, and another rule sees a deviation."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: The report category that covers use of premises for prostitution, among other things (domain reference, SEX-02).
_CATEGORY = "wonen-ondermijning"
#: The hits that can stand beside the reports.
_OTHER_HITS = ("ADR-01", "LIC-06", "HOU-02")


@indicator(
    code="SEX-02",
    version=2,
    cls="B",
    barrier=Barrier.WERKPLEK,
    dataset="meldingen",
    purposes=("P-VERG",),
    powers=("dwangsom", "sluiten"),
    sensitive=True,
    after=_OTHER_HITS,
    name_nl="Mogelijk onvergunde seksinrichting",
    name_en="Possible unlicensed sex establishment",
    rationale_nl="Meer dan één melder noemt gebruik van het pand dat niet mag. Een ander register wijkt ook af. Samen "
    "is dat reden om naar het adres te kijken. Het zegt niets over wie er woont of werkt.",
    rationale_en="More than one reporter mentions use of the premises that is not allowed. Another register deviates "
    "too. Together that is reason to look at the address. It says nothing of who lives or works there.",
    ruled_out_nl=(
        "Op het adres mag worden gewoond: dan kijkt deze regel niet.",
        "Van het adres is geen functie bekend: het kan een woning zijn.",
        "Er is maar één melding, of één melder.",
        "De meldingen zijn ongegrond of geannuleerd.",
        "De meldingen gaan over iets anders of zijn ouder.",
        "Er is geen tweede signaal uit een ander register.",
        "Het adres heeft een geldige vergunning voor een seksinrichting.",
        "Een geldige vergunning met een onduidelijk adres kan bij deze plek horen.",
    ),
    ruled_out_en=(
        "People may live at the address: this rule does not look there.",
        "No function of the address is known: it may be a home.",
        "There is only one report, or one reporter.",
        "The reports were unfounded or cancelled.",
        "The reports are about something else, or are older.",
        "There is no second sign from another register.",
        "The address has a valid licence for a sex establishment.",
        "A valid licence whose address is not clear could belong to this place.",
    ),
    innocent_nl=(
        "Er zit een praktijk voor massage of fysiotherapie.",
        "Buren melden uit boosheid of op grond van een vooroordeel.",
        "De categorie omvat ook ander gebruik, zoals een kwekerij.",
        "Zelfstandig werk is hier volgens de APV toegestaan.",
    ),
    innocent_en=(
        "There is a practice for massage or physiotherapy.",
        "Neighbours report out of anger or prejudice.",
        "The category covers other use too, such as growing plants.",
        "Independent work is allowed here under the local by-law.",
    ),
    checked_nl=(
        "[{meldingen:=De melding komt|De meldingen komen} van {melders:melder|melders}.]",
        "[{meldingen:?}De meldingen zijn niet ongegrond en niet geannuleerd.]",
        "Op het adres mag niet worden gewoond: de BAG noemt {gebruiksdoelen:word}.",
        "Er is geen geldige vergunning met een onduidelijk adres die hier kan horen.",
    ),
    checked_en=(
        "[{meldingen:=The report comes|The reports come} from {melders:reporter|reporters}.]",
        "[{meldingen:?}The reports are neither unfounded nor cancelled.]",
        "Nobody may live at the address: the BAG names {gebruiksdoelen:word}.",
        "No valid permit with an unclear address could belong here.",
    ),
    decisive={"vergunningen": ("ingangsdatum",), "handelsregister": ("datum_aanvang",)},
    inputs={
        "meldingen": readings.report_columns("subcategorie"),
        "bag_adressen": columns("record adresseerbaar_object_id gebruiksdoelen is_nevenadres"),
        "seksinrichtingen": (
            *readings.PLACE,
            *columns("status bezwaar_uitkomst kvk_nummer vestigingsnummer ingangsdatum_min einddatum_max"),
        ),
        "handelsregister": columns("kvk_nummer vestigingsnummer address_id"),
        "treffers": columns("address_id indicator record_ids"),
    },
    # the trade register says where a licence without a clear address could stand
    needs=("meldingen", "bag_adressen", "seksinrichtingen"),
    params={
        "window_days": Param(
            180,
            "days",
            "half a year shows use that goes on",
            floor=90,
            ceiling=180,
            label_nl="Meldingen in de laatste",
            label_en="Reports in the last",
            reason_nl="een half jaar laat gebruik zien dat doorgaat",
        ),
        "min_reporters": Param(
            2,
            "reporters",
            "one reporter alone makes no pattern",
            floor=2,
            label_nl="Aantal melders, minstens",
            label_en="Number of reporters, at least",
            reason_nl="één melder alleen is geen patroon",
        ),
    },
    evidence_nl=(
        "In de laatste {window_days:span} {meldingen:=was|waren} er {meldingen:melding|meldingen} over "
        "overig gebruik van de woning, van {melders:melder|melders}. Ook is er een ander aandachtspunt: "
        "{indicatoren:word}. Er is geen geldige vergunning voor een seksinrichting. De BAG noemt als "
        "functie: {gebruiksdoelen:word}."
    ),
    evidence_en=(
        "In the last {window_days:span} there {meldingen:=was|were} {meldingen:report|reports} on other "
        "use of the dwelling, by {melders:reporter|reporters}. There is another flag too: "
        "{indicatoren:word}. There is no valid licence for a sex establishment. The BAG lists as "
        "function: {gebruiksdoelen:word}."
    ),
)
def possible_unlicensed_establishment(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address. Values: meldingen, melders (counts), indicatoren, gebruiksdoelen (lists).

    Off as soon as woonfunctie is among the functions of the object, or none is known. HOU-02 asks for woonfunctie, so
    that it never stands beside it; it is named as the definition names it. An escort licence at the object is a sex
    licence too. The records of the other hit are part of this one: without it there is none.
    """
    start = readings.window_start(as_of, p.window_days)
    licensed = readings.wherever_it_could_stand(t, "seksinrichtingen").filter(readings.possibly_valid_licence(as_of))
    others = (
        t.treffers.filter(pl.col("indicator").is_in(_OTHER_HITS))
        .group_by("address_id")
        .agg(
            indicatoren=pl.col("indicator").unique().sort(),
            other_records=pl.col("record_ids").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
        )
    )
    places = (
        others.join(licensed, on="address_id", how="anti")
        .join(readings.surely_no_dwellings(readings.at_objects(t.bag_adressen, others)), on="address_id")
        .select("address_id", "indicatoren", "other_records", "gebruiksdoelen", "bag_record")
    )
    in_category = (pl.col("subcategorie") == _CATEGORY).fill_null(False)
    reports = readings.tally(readings.counting_reports(t.meldingen, in_category), start, as_of).filter(
        pl.col("melders") >= p.min_reporters
    )
    return places.join(reports, on="address_id").select(
        "address_id",
        "meldingen",
        "melders",
        "indicatoren",
        "gebruiksdoelen",
        record_ids=pl.concat_list("report_records", "bag_record", "other_records"),
        window_start=pl.lit(start),
        window_end=pl.lit(as_of),
    )
