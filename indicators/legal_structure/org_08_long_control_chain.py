"""ORG-08: behind the holder of a licence stand legal persons only, as far as three steps up or in a circle."""

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_LICENCE = (
    "record",
    "key",
    "address_id",
    "status",
    "bezwaar_uitkomst",
    "ingangsdatum_max",
    "einddatum_min",
    "kvk_nummer",
)
#: Functions in which a natural person is found behind a company: who winds it up decides as well.
_REACHED = (*readings.OWNERS_AND_DIRECTORS, "vereffenaar", "curator", "bewindvoerder")


@indicator(
    code="ORG-08",
    version=3,
    cls="C",
    barrier=Barrier.RECHTSVORM,
    dataset="functionarissen",
    purposes=("P-VERG",),
    powers=("bibob",),
    name_nl="Ondoorzichtige bestuursketen",
    name_en="Long control chain",
    rationale_nl=(
        "Een houder kan worden bestuurd door een andere onderneming, en die weer door een andere. Is na een paar "
        "stappen nog geen mens gevonden, dan is niet te zien wie beslist."
    ),
    rationale_en=(
        "A holder can be directed by another company, and that one by another again. If no person is found after a few "
        "steps, it cannot be seen who decides."
    ),
    ruled_out_nl=(
        "Na een paar stappen is er een mens gevonden, zoals bij een gewone holding.",
        "Naast de rechtspersoon is ook een mens bestuurder.",
        "De keten houdt op omdat gegevens ontbreken.",
        "De vergunning is niet geldig.",
        "De bestuurder is een curator of vereffenaar.",
    ),
    ruled_out_en=(
        "A person is found after a few steps, as with an ordinary holding company.",
        "Beside the legal person, a natural person is a director as well.",
        "The chain stops because data are missing.",
        "The licence is not valid.",
        "The director is an administrator or a liquidator.",
    ),
    innocent_nl=(
        "Het is een groot concern, een pensioenfonds of een stichting met een bestuur erboven.",
        "De mensen achter de keten zijn bekend uit de aanvraag.",
    ),
    innocent_en=(
        "It is a large group, a pension fund or a foundation with a board above it.",
        "The people behind the chain are known from the application.",
    ),
    checked_nl=(
        "In de keten is geen mens bestuurder.",
        "De keten houdt niet op omdat gegevens ontbreken.",
        "De vergunning geldt op {as_of}.",
    ),
    checked_en=(
        "No person is a director in the chain.",
        "The chain does not end for want of data.",
        "The licence is valid on {as_of}.",
    ),
    decisive={
        "vergunningen": ("ingangsdatum",),
        "seksinrichtingen": ("ingangsdatum",),
        "functionarissen": ("datum_aanvang",),
    },
    limits_nl=("Wie een rechtspersoon leidt die niet in de levering staat, is niet te zien.",),
    limits_en=("Who directs a legal person that is not in the delivery cannot be seen.",),
    inputs={
        "vergunningen": (*_LICENCE, "zaaktype"),
        "seksinrichtingen": _LICENCE,
        "functionarissen": columns(
            "record kvk_nummer rechtspersoon_kvk functie datum_aanvang_min datum_aanvang_max datum_einde_min "
            "datum_einde_max"
        ),
    },
    params={
        "max_steps": Param(
            3,
            "steps",
            "a holding above a holding is common; more layers hide who decides",
            floor=2,
            ceiling=6,
            label_nl="Stappen van bestuurder naar bestuurder, hoogstens",
            label_en="Steps from director to director, at most",
            reason_nl="een holding boven een holding komt veel voor; meer lagen verbergen wie er beslist",
        )
    },
    evidence_nl=(
        "Op {as_of} geldt hier een vergunning ({zaaknummers}). De houder (KVK {kvk_nummer}) wordt "
        "bestuurd door andere rechtspersonen. In {max_steps} stappen van bestuurder naar bestuurder is "
        "geen mens gevonden. Boven de houder staan {rechtspersonen} rechtspersonen.[ De keten gaat in een "
        "kring: {kring_kvk_nummers}.]"
    ),
    evidence_en=(
        "On {as_of} a licence is valid here ({zaaknummers}). Its holder (KVK {kvk_nummer}) is directed by "
        "other legal persons. In {max_steps} steps from director to director no person was found. Above "
        "the holder stand {rechtspersonen} legal persons.[ The chain goes in a circle: "
        "{kring_kvk_nummers}.]"
    ),
)
def long_control_chain(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per address and holder: zaaknummers, kvk_nummer, rechtspersonen seen, kring_kvk_nummers (or empty).

    A director of the holder is no step, a director of that director is one, so a person behind three legal persons in
    a row is found. Every branch must be known all the way: a legal person of whom no director is supplied, or a party
    without a number, leaves open that a person stands there. A circle has no end, so no person is found in it either.
    Functions are those in force on `as_of`; one that may have ended or begun still leads to a person, but bears no
    chain. Where a company is registered is never read.
    """
    functions = t.functionarissen.filter(pl.col("functie").is_in(_REACHED), readings.possibly_in_function(as_of))
    is_legal_person = pl.col("rechtspersoon_kvk").is_not_null()
    controls = pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS) & is_legal_person
    # companies with legal persons above them and nobody else: few, and the walk stays among them
    closed = (
        functions.filter(controls, readings.in_function(as_of))
        .select(at="kvk_nummer")
        .unique()
        .join(functions.filter(~is_legal_person), left_on="at", right_on="kvk_nummer", how="anti")
    )
    edges = functions.filter(controls).select("record", at="kvk_nummer", next="rechtspersoon_kvk")
    edges = edges.join(closed, on="at", how="semi")
    held = readings.licences(
        t, "address_id", "status", "bezwaar_uitkomst", "ingangsdatum_max", "einddatum_min", "kvk_nummer"
    ).filter(readings.valid_licence(as_of), pl.col("address_id").is_not_null(), pl.col("kvk_nummer").is_not_null())
    held = held.join(closed, left_on="kvk_nummer", right_on="at", how="semi")
    hops = int(p.max_steps) + 1
    paths = held.select(holder="kvk_nummer", at_0="kvk_nummer").unique()
    for hop in range(hops):
        step = {f"at_{hop}": "at", f"at_{hop + 1}": "next", f"row_{hop}": "record"}
        paths = paths.join(edges.select(**step), on=f"at_{hop}", how="left")
    last = f"at_{hops}"
    chains = (
        # a branch that stops leaves open that a person stands there
        paths.filter(~pl.col(last).is_null().any().over("holder"))
        .group_by("holder")
        .agg(
            pl.concat_list(f"at_{hop + 1}" for hop in range(hops)).explode().unique().sort().alias("above"),
            pl.concat_list(f"at_{hop}" for hop in range(hops)).explode().unique().alias("before"),
            pl.concat_list(f"row_{hop}" for hop in range(hops)).explode().unique().sort().alias("functions"),
            pl.col(last).unique().alias("last"),
        )
        .with_columns(
            rechtspersonen=pl.col("above").list.len() - pl.col("above").list.contains(pl.col("holder")),
            # the last step brings no company that was not seen before: the chain goes round
            kring_kvk_nummers=pl.when(pl.col("last").list.set_difference("before").list.len() == 0).then("above"),
        )
    )
    return (
        held.join(chains, left_on="kvk_nummer", right_on="holder")
        .group_by("address_id", "kvk_nummer", "rechtspersonen", "functions", "kring_kvk_nummers")
        .agg(pl.col("key").unique().sort().alias("zaaknummers"), pl.col("record").alias("licences"))
        .select(
            "address_id",
            "zaaknummers",
            "kvk_nummer",
            "rechtspersonen",
            "kring_kvk_nummers",
            record_ids=pl.concat_list("licences", "functions"),
        )
    )
