"""ORG-06: soon after a permit was granted all directors and owners of the holder left and others came."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

#: How far the people behind a legal person are followed.
_STEPS = 3


@indicator(
    code="ORG-06",
    version=3,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="functionarissen",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Bestuurderswissel kort na verlening",
    name_en="Director change after grant",
    rationale_nl=(
        "De gemeente toetst de mensen achter een aanvraag. Kort na de verlening zijn die allemaal weg en kwamen er "
        "anderen. Wie nu de zaak leidt, is dan niet getoetst."
    ),
    rationale_en=(
        "The municipality assesses the people behind an application. Soon after the grant all of them had left and "
        "others had come. The people who now run the business were not assessed."
    ),
    ruled_out_nl=(
        "Eén van de bestuurders of eigenaren bleef.",
        "De wissel was al voor de aanvraag of lang na de verlening.",
        "Dezelfde persoon staat er opnieuw in, anders geschreven.",
        "De bestuurder bleef aan via een eigen bv.",
        "De nieuwe functionaris is een curator of bewindvoerder.",
        "Van een bestuurder is niet zeker wie het is.",
        "De vergunning is niet meer geldig.",
        "Het vertrek of de komst van anderen is pas na vandaag.",
        "Na de wissel vroeg de onderneming voor dit adres opnieuw een vergunning aan of kreeg die.",
        "Zo'n nieuwe aanvraag met een onduidelijk adres kan bij deze plek horen.",
        "Wie kwam, kan door de naam iemand zijn die er al was.",
    ),
    ruled_out_en=(
        "One of the directors or owners stayed.",
        "The change was before the application or long after the grant.",
        "The same person is entered again, spelled differently.",
        "The director stayed on through a company of their own.",
        "The new officer is an administrator in a bankruptcy.",
        "Of one of the directors it is not certain who it is.",
        "The permit is no longer valid.",
        "The departure or the arrival of others is only after today.",
        "After the change the company applied for another permit at this address, or was granted one.",
        "Such a new application whose address is not clear could belong to this place.",
        "Whoever came could be someone who was there already, by the name.",
    ),
    innocent_nl=(
        "De verkoop was gepland en is gemeld; dat staat niet in deze gegevens.",
        "De wissel is al besproken met de gemeente.",
        "Een familielid nam de zaak over.",
    ),
    innocent_en=(
        "The sale was planned and reported; that is not in these data.",
        "The change has already been discussed with the municipality.",
        "A relative took over the business.",
    ),
    checked_nl=(
        "Niemand van toen is gebleven, ook niet via een eigen bv.",
        "Wie kwam, is iemand anders dan wie ging.",
        "Na de wissel is voor dit adres geen nieuwe vergunning gevraagd.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "Nobody of then stayed, nor by a company of their own.",
        "Who came is somebody else than who left.",
        "After the change no new permit was asked for this address.",
        "The licence is valid on {as_of}.",
    ),
    decisive={"vergunningen": ("datum_besluit",), "functionarissen": ("datum_einde", "datum_aanvang")},
    limits_nl=("Of de wissel bij de gemeente is gemeld, staat in geen register.",),
    limits_en=("Whether the change was reported to the municipality is in no register.",),
    inputs={
        "vergunningen": columns(
            "record key address_id address_note candidates candidate_id kvk_nummer is_one_off status "
            "bezwaar_uitkomst datum_aanvraag_min datum_aanvraag_max datum_besluit_min datum_besluit_max "
            "ingangsdatum_max einddatum_min"
        ),
        "functionarissen": columns(
            "record kvk_nummer functie datum_aanvang_min datum_aanvang_max datum_einde_min datum_einde_max"
        ),
        "partijen": columns("record dataset kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
    },
    params={
        "window_days": Param(
            180,
            "days",
            "a change within half a year was probably known when the permit was asked for",
            ceiling=365,
            label_nl="Dagen na de verlening, hoogstens",
            label_en="Days after the grant, at most",
            reason_nl="een wissel binnen een half jaar was vaak al bekend bij de aanvraag",
        )
    },
    evidence_nl=(
        "Vergunning {zaaknummer} is verleend op {datum_besluit} aan de onderneming met KVK-nummer "
        "{kvk_nummer}. Bij de aanvraag {vertrokken:=was er|waren er} {vertrokken:bestuurder of "
        "eigenaar|bestuurders en eigenaren}. {vertrokken:=Die is|Die zijn allemaal} weg sinds "
        "{laatste_vertrek}, {dagen_na_verlening:span} na de verlening. In die tijd {nieuw:=kwam|kwamen} "
        "er {nieuw:ander|anderen} bij. Of dit bij de gemeente is gemeld, staat niet in de gegevens."
    ),
    evidence_en=(
        "Permit {zaaknummer} was granted on {datum_besluit} to the company with KVK number {kvk_nummer}. "
        "At the application there {vertrokken:=was|were} {vertrokken:director or owner|directors and "
        "owners}. {vertrokken:=That one has|All have} been gone since {laatste_vertrek}, "
        "{dagen_na_verlening:span} after the grant. In that time {nieuw:other|others} came. Whether this "
        "was reported to the municipality is not in the data."
    ),
)
def director_change_after_grant(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per valid permit: zaaknummer, kvk_nummer, datum_besluit, how many left and came, last departure, days.

    Everyone who may have been in function on the day of the application must have left for good, each within the
    window after the grant; who left between application and grant makes it no hit, and neither does who came back. At
    least one other came within the window. formats.md has no notification in the permit file, so the officer looks for
    it. Only what happened by `as_of` counts. An application of the same company at the address, pending or granted and
    not for one occasion, ends the hit when it was filed or granted on or after the day the first of the others came:
    those people were or are being assessed. Of partial dates the bounds that flag fewer are taken. Who came is someone
    else only if the people behind both are known (three steps up), by full birth date, and are not the same.
    """
    permits = t.vergunningen.filter(
        readings.valid_licence(as_of),
        pl.col("address_id").is_not_null(),
        pl.col("kvk_nummer").is_not_null(),
        pl.col("datum_besluit_max") <= as_of,
    ).select(
        "kvk_nummer",
        "address_id",
        permit="record",
        zaaknummer="key",
        asked_first="datum_aanvraag_min",
        asked_last="datum_aanvraag_max",
        granted_first="datum_besluit_min",
        granted_last="datum_besluit_max",
    )
    # a person's row carries the number of the company it is about, which is no mark of the person
    people = t.partijen.filter(pl.col("dataset") == "functionarissen").select(
        "record", "party_id", "birth_date", company=pl.when(pl.col("kind") == "organisation").then(pl.col("kvk_nummer"))
    )
    functions = t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS))
    # most companies are long done: only a departure in time is worth looking at
    window_end = pl.min_horizontal(pl.col("granted_first") + pl.duration(days=p.window_days), pl.lit(as_of))
    left = permits.join(functions.filter(pl.col("datum_einde_max").is_not_null()), on="kvk_nummer").filter(
        pl.col("datum_einde_min") >= pl.col("granted_last"), pl.col("datum_einde_max") <= window_end
    )
    changed = _changed(t, permits.join(left, on="permit", how="semi"), functions, people, window_end)
    unassessed = changed.join(_asked_again(t, changed, as_of), on="permit", how="anti")
    return (
        _by_others(unassessed, functions, people)
        .group_by("permit")
        .agg(
            pl.col("address_id", "zaaknummer", "kvk_nummer").first(),
            pl.col("granted_last").first().alias("datum_besluit"),
            pl.col("is_original").sum().alias("vertrokken"),
            pl.col("is_entrant").sum().alias("nieuw"),
            pl.col("gone").filter("is_original").max().alias("laatste_vertrek"),
            pl.col("records").filter(pl.col("is_original") | pl.col("is_entrant")).explode().unique().sort(),
            pl.col("behind").first(),
        )
        .select(
            "address_id",
            "zaaknummer",
            "kvk_nummer",
            "datum_besluit",
            "vertrokken",
            "laatste_vertrek",
            "nieuw",
            dagen_na_verlening=(pl.col("laatste_vertrek") - pl.col("datum_besluit")).dt.total_days(),
            record_ids=pl.concat_list("permit", "records", "behind"),
        )
    )


def _changed(
    t: Tables, permits: pl.LazyFrame, functions: pl.LazyFrame, people: pl.LazyFrame, window_end: pl.Expr
) -> pl.LazyFrame:
    """One row per permit and party of its holder, of permits whose originals all left in time and others came.

    A party's functions in the company are one history: it has left when the last of them has ended. So are those of
    parties that could be one.
    """
    is_open = pl.col("datum_einde_max").is_null()
    maybe_then = (pl.col("datum_aanvang_min") <= pl.col("asked_last")) & (
        is_open | (pl.col("datum_einde_max") >= pl.col("asked_first"))
    )
    surely_then = (pl.col("datum_aanvang_max") <= pl.col("asked_first")) & (
        is_open | (pl.col("datum_einde_min") >= pl.col("asked_last"))
    )
    first = pl.col("datum_aanvang_min").min()
    held = permits.join(functions, on="kvk_nummer").join(people, on="record").pipe(readings.computed)
    marks = readings.marks_of_parties(held.select("permit", "record", "party_id"), t.mogelijk_een_partij)
    as_one = readings.counted_as_one(marks, "record", ("permit",)).select("permit", "record", "one_party").unique()
    parties = (
        held.join(as_one, on=["permit", "record"])
        .group_by("permit", "one_party")
        .agg(
            pl.col("address_id", "zaaknummer", "kvk_nummer", "granted_last").first(),
            # one party can have a mention without, by a link that a person confirmed
            pl.col("company", "birth_date").max(),
            maybe_then.fill_null(True).any().alias("is_original"),
            surely_then.fill_null(False).any().alias("is_surely_original"),
            (
                ~is_open.any()
                & (pl.col("datum_einde_min").max() >= pl.col("granted_last").first())
                & (pl.col("datum_einde_max").max() <= window_end.first())
            )
            .fill_null(False)
            .alias("is_gone"),
            (
                (first >= pl.col("granted_last").first())
                & ((pl.col("datum_aanvang_max") <= window_end) & pl.col("datum_aanvang_max").is_not_null()).any()
            )
            .fill_null(False)
            .alias("came"),
            first.alias("arrived"),
            pl.col("datum_einde_max").max().alias("gone"),
            pl.col("record").unique().sort().alias("records"),
        )
        .with_columns(is_entrant=~pl.col("is_original") & pl.col("came"))
    )
    return parties.filter(
        (~pl.col("is_original") | pl.col("is_gone")).all().over("permit"),
        pl.col("is_surely_original").any().over("permit"),
        pl.col("is_entrant").any().over("permit"),
    )


def _asked_again(t: Tables, changed: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`permit`: those whose holder applied at the same address since others came, so that these were assessed too."""
    is_granted = (pl.col("status") == "verleend") & (pl.col("datum_besluit_min") <= as_of)
    granted = pl.when(is_granted).then("datum_besluit_max")
    arrivals = changed.filter("is_entrant").group_by("permit", "kvk_nummer", "address_id").agg(pl.col("arrived").min())
    return (
        readings.wherever_it_could_stand(t, "vergunningen")
        .filter(
            readings.pending() | (pl.col("status") == "verleend"),
            ~readings.annulled(),
            ~readings.is_one_off(),
            pl.col("datum_aanvraag_min") <= as_of,
        )
        .select("record", "kvk_nummer", "address_id", latest=pl.max_horizontal("datum_aanvraag_max", granted))
        .join(arrivals, on=["kvk_nummer", "address_id"])
        .filter(pl.col("record") != pl.col("permit"), pl.col("latest") >= pl.col("arrived"))
        .select("permit")
        .unique()
    )


def _by_others(changed: pl.LazyFrame, functions: pl.LazyFrame, people: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of `changed` of permits where those who came are surely others than those who left.

    `behind`: the records of functions that tell who is behind a company that came or left.
    """
    behind = changed.select("permit", "one_party", "is_original", "is_entrant", "company", "birth_date")
    levels = [behind.with_columns(via=pl.lit(""))]
    up = functions.select(of="kvk_nummer", function="record")
    who = people.select("company", "birth_date", function="record")
    for _ in range(_STEPS):
        levels.append(
            levels[-1]
            .filter(pl.col("company").is_not_null())
            .select("permit", "one_party", "is_original", "is_entrant", "via", of="company")
            .join(up, on="of")
            .join(who, on="function")
            .with_columns(via=pl.concat_str("via", "function", separator="|").str.strip_chars_start("|"))
            .drop("of", "function")
            .unique()
        )
    faces = pl.concat(levels, how="diagonal").unique()
    # a person or company without a mark of its own may be anyone
    identified = faces.group_by("permit", "one_party").agg(pl.col("birth_date").is_not_null().any().alias("is_known"))
    marks = (
        faces.with_columns(pl.col("birth_date").cast(pl.String))
        .unpivot(["birth_date", "company"], index=["permit", "is_original"], variable_name="of", value_name="mark")
        .drop_nulls("mark")
    )
    same = (
        marks.group_by("permit", "of", "mark")
        .agg(pl.col("is_original").n_unique().alias("sides"))
        .filter(pl.col("sides") > 1)
        .select("permit")
        .unique()
    )
    unsure = (
        changed.join(identified, on=["permit", "one_party"], how="left")
        .filter(pl.col("is_original") | pl.col("is_entrant"), ~pl.col("is_known").fill_null(False))
        .select("permit")
        .unique()
    )
    steps = (
        faces.filter(pl.col("is_original") | pl.col("is_entrant"))
        .filter(pl.col("birth_date").is_not_null(), pl.col("via") != "")
        .group_by("permit")
        .agg(behind=pl.col("via").str.split("|").explode().unique().sort())
    )
    return (
        changed.join(same, on="permit", how="anti")
        .join(unsure, on="permit", how="anti")
        .join(steps, on="permit", how="left")
        .with_columns(pl.col("behind").fill_null(pl.lit([], dtype=pl.List(pl.String))))
    )
