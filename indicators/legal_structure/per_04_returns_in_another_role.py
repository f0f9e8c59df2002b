"""PER-04: who held or led a business that lost its licence is now on the list of managers of another holder."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator, readings

_NEW_ROLES = ("beheerder", "leidinggevende", "gemachtigde")
_LICENCE = (
    "address_id",
    "status",
    "vervalreden",
    "bezwaar_uitkomst",
    "kvk_nummer",
    *readings.dated("datum_besluit"),
    "ingangsdatum_max",
    *readings.dated("einddatum"),
)


@indicator(
    code="PER-04",
    version=4,
    cls="B",
    barrier=Barrier.RECHTSVORM,
    dataset="leidinggevenden",
    purposes=("P-VERG",),
    powers=("bibob", "intrekken"),
    name_nl="Betrokkene keert terug in andere rol",
    name_en="Returns in another role",
    rationale_nl="De gemeente trok een vergunning in. Wie toen houder, eigenaar of bestuurder was, staat nu op de "
    "lijst bij de vergunning van een ander. Misschien leidt die persoon ook deze zaak.",
    rationale_en="The municipality withdrew a licence. Whoever was holder, owner or director then is now on the list "
    "of the licence of someone else. That person may run this business too.",
    ruled_out_nl=(
        "De persoon werkte er destijds alleen, als beheerder of leidinggevende.",
        "De intrekking is ouder dan vijf jaar.",
        "De intrekking is vernietigd in bezwaar.",
        "De houder trok de vergunning zelf in.",
        "De namen zijn gelijk, maar het zijn verschillende personen.",
        "De houder van nu is die van toen, of hoort bij dezelfde groep.",
        "De persoon is nu zelf houder of bestuurder: dan gelden LIC-01 en LIC-02.",
        "De persoon stond al voor de intrekking op deze lijst.",
        "De persoon staat niet meer op de lijst, of de vergunning geldt niet meer.",
        "Het is dezelfde plek: dan geldt LIC-03.",
        "De persoon was al lang weg toen de vergunning werd ingetrokken.",
        "De persoon stond al op de lijst bij de vorige vergunning van deze houder op dit adres.",
        "De houders van toen en nu, of de persoon en de houder, kunnen door hun naam dezelfde zijn.",
    ),
    ruled_out_en=(
        "The person only worked there at the time, as manager.",
        "The withdrawal is older than five years.",
        "The withdrawal was annulled after an objection.",
        "The holder gave up the licence.",
        "The names are the same, but they are different people.",
        "The holder is the one of that time, or belongs to the same group.",
        "The person is holder or director now: that is LIC-01 and LIC-02.",
        "The person was on this list before the withdrawal already.",
        "The person is not on the list any more, or the licence is not in force any more.",
        "It is the same place: that is LIC-03.",
        "The person had left long before the licence was withdrawn.",
        "The person was on the list of the previous licence of this holder at this address already.",
        "The holders of then and now, or the person and the holder, could be the same, by their names.",
    ),
    innocent_nl=(
        "De persoon had bij de intrekking niets te zeggen.",
        "De persoon zoekt gewoon werk in hetzelfde vak.",
        "De reden van de intrekking is intussen weggenomen.",
    ),
    innocent_en=(
        "The person had no say at the time of the withdrawal.",
        "The person simply looks for work in the same trade.",
        "The reason for the withdrawal has since been removed.",
    ),
    checked_nl=(
        "De houder van nu is een ander dan toen en niet van dezelfde groep.",
        "De persoon kwam na de intrekking op deze lijst, op een ander adres.",
        "De intrekking is niet vernietigd en niet op verzoek van de houder.",
        "Het is zeker dezelfde persoon, niet alleen dezelfde naam.",
    ),
    checked_en=(
        "The holder now is another than then, and not of the same group.",
        "The person came on this list after the withdrawal, at another address.",
        "The withdrawal was not annulled and not at the request of the holder.",
        "It is surely the same person, not the same name alone.",
    ),
    decisive={
        "vergunningen": ("datum_besluit", "ingangsdatum"),
        "seksinrichtingen": ("datum_besluit", "ingangsdatum"),
        "leidinggevenden": ("datum_van",),
        "functionarissen": ("datum_aanvang",),
    },
    limits_nl=("Wie alleen in het handelsregister gevolmachtigde is, staat op geen lijst en is niet te zien.",),
    limits_en=("Who is an agent in the trade register only is on no list and cannot be seen.",),
    inputs={
        "leidinggevenden": ("record", "zaaknummer", "rol", *readings.dated("datum_van"), "datum_tot_min"),
        "vergunningen": ("record", "key", "zaaktype", *_LICENCE),
        "seksinrichtingen": ("record", "key", *_LICENCE),
        "functionarissen": columns(
            "record kvk_nummer functie datum_aanvang_min datum_aanvang_max datum_einde_min datum_einde_max"
        ),
        "partijen": columns("record mention role kind party_id kvk_nummer birth_date"),
        "mogelijk_een_partij": columns("left_party_id right_party_id"),
        "groepen": columns("kvk_nummer related_id"),
    },
    needs=("leidinggevenden", "vergunningen"),  # the other registers add licences and earlier roles
    params={
        "window_days": Param(
            1826,
            "days",
            "an earlier decision counts for 5 years, as in LIC-01; 5 years are 1826 days",
            floor=365,
            ceiling=1826,
            label_nl="Intrekkingen in de laatste",
            label_en="Withdrawals in the last",
            reason_nl="een eerder besluit telt vijf jaar mee, net als bij LIC-01; dat is 1826 dagen",
        ),
        "left_before_days": Param(
            30,
            "days",
            "a withdrawal is announced weeks before; who left then was in charge of what led to it",
            floor=0,
            ceiling=60,
            label_nl="Vertrokken voor de intrekking, hoogstens",
            label_en="Left before the withdrawal, at most",
            reason_nl="wie pas weken van tevoren vertrok, had de leiding toen het misging",
        ),
    },
    evidence_nl=(
        "Vergunning {eerder_zaaknummer} is ingetrokken door de gemeente[, op {datum_intrekking}]. De rol "
        "van een persoon daar was: {eerdere_rol:word}. Die persoon staat nu bij vergunning {zaaknummer} "
        "van een andere houder, als {rol:word}[, sinds {datum_van}]. Gekeken is naar de laatste "
        "{window_days:span}."
    ),
    evidence_en=(
        "Licence {eerder_zaaknummer} was withdrawn by the municipality[, on {datum_intrekking}]. The role "
        "of a person there was: {eerdere_rol:word}. That person is now listed with licence {zaaknummer} "
        "of another holder, as {rol:word}[, since {datum_van}]. Looked at are the last "
        "{window_days:span}."
    ),
    feedback_risk="high: an earlier decision of the municipality is itself the signal, so that a wrong decision would "
    "return; the window makes it lapse",
    feedback_risk_nl=(
        "hoog: een eerder besluit van de gemeente is zelf het signaal. Een fout besluit zou dus terugkomen. Na de "
        "termijn telt het niet meer."
    ),
)
def returns_in_another_role(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per row of a list: the latest withdrawal is named, all are in record_ids.

    Values: zaaknummer, rol, datum_van; eerder_zaaknummer, eerdere_rol (list), datum_intrekking. To return is to come
    after the withdrawal, at another object, on a valid or pending licence of a holder who is not related to the
    earlier one; a role in the earlier case counts when the person surely had it on the day of the withdrawal, or left
    in the weeks before, when the withdrawal had been announced. Who was on the list of this licence before the
    withdrawal does not return, whatever the role was, and also where the licence was renewed since: another licence of
    the same holder at the same object. A partial or missing date is given the benefit of the doubt. The new role is
    read from the lists on licences only: an agent in the trade register is on no licence.
    """
    start = readings.window_start(as_of, p.window_days)
    licences = readings.licences(t, *_LICENCE)
    people = t.partijen.filter(pl.col("kind") == "person").select("record", "mention", "party_id", "role")
    earlier = licences.filter(readings.withdrawn_by_authority(), readings.decision_date("_min") >= start).select(
        "key",
        eerder="record",
        eerder_zaaknummer="key",
        eerder_kvk="kvk_nummer",
        eerder_address="address_id",
        **readings.decision_dates("datum_intrekking"),
        decided_min=readings.decision_date("_min"),
        decided_max=readings.decision_date("_max"),
    )
    current = licences.filter(
        (readings.valid_licence(as_of) | readings.pending()) & ~readings.annulled(), pl.col("address_id").is_not_null()
    ).select("key", "address_id", "kvk_nummer", licence="record")
    then = _then(t, earlier, people, p.left_before_days).pipe(readings.computed)
    listed = (
        t.leidinggevenden.filter(pl.col("rol").is_in(_NEW_ROLES), readings.on_list(as_of))
        # few were there at a withdrawal: only these people are looked for on the lists
        .join(people.drop("role").join(then, on="party_id", how="semi"), on="record")
        .join(current, left_on="zaaknummer", right_on="key")
    )
    returned = (
        listed.join(then, on="party_id", suffix="_then")
        .join(earlier.drop("key"), on="eerder")
        .filter(
            pl.col("datum_van_min") > pl.col("decided_max"),
            (pl.col("address_id") != pl.col("eerder_address")).fill_null(True),
        )
        .pipe(readings.computed)  # used for all that is ruled out: the plan would hold it again at every use
    )
    former = licences.join(returned, on="address_id", how="semi").select(
        "address_id", "kvk_nummer", zaaknummer="key", former="record"
    )
    marks = _marks_of_holders(t, returned, former, as_of).pipe(readings.computed)
    related = _held_by_related(marks, returned)
    own = _own_business(t, returned, marks)
    stayed = _on_list_before(t, returned, former, marks, people)
    flat = {"keep_nulls": False, "empty_as_null": False}
    return (
        returned.join(related, on=["licence", "eerder"], how="anti")
        .join(own, on=["licence", "party_id"], how="anti")
        .join(stayed, on=["licence", "eerder", "party_id"], how="anti")
        .sort("decided_max", "eerder", "role_then", "source")
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("address_id", "zaaknummer", "rol", *readings.dated("datum_van")).first(),
            pl.col("eerder_zaaknummer", *readings.dated("datum_intrekking")).last(),
            eerdere_rol=pl.col("role_then").filter(pl.col("eerder") == pl.col("eerder").last()).unique().sort(),
            records=pl.concat_list("licence", "eerder", "source").list.explode(**flat).unique(),
            mentions=pl.concat_list("mention", "mention_then").list.explode(**flat).unique().sort(),
        )
        .with_columns(
            record_ids=pl.concat_list("record", "records"), window_start=pl.lit(start), window_end=pl.lit(as_of)
        )
        .drop("record", "records")
    )


def _then(t: Tables, earlier: pl.LazyFrame, people: pl.LazyFrame, left_before_days: float) -> pl.LazyFrame:
    """Who held, owned or ran the business on the day its licence was withdrawn or shortly before.

    Columns: `party_id`, `eerder`, `role_then`, `source` (the record that says so), `mention_then`.
    """
    still = pl.col("decided_max") - pl.duration(days=left_before_days)
    holders = earlier.select("eerder", source="eerder")
    owners = (
        earlier.join(
            t.functionarissen.filter(pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS)),
            left_on="eerder_kvk",
            right_on="kvk_nummer",
        )
        .filter(
            pl.col("datum_aanvang_max") <= pl.col("decided_min"),
            pl.col("datum_einde_min").is_null() | (pl.col("datum_einde_min") >= still),
        )
        .select("eerder", source="record")
    )
    operators = (
        earlier.join(t.leidinggevenden.filter(pl.col("rol") == "exploitant"), left_on="key", right_on="zaaknummer")
        .filter(
            pl.col("datum_van_max") <= pl.col("decided_min"),
            pl.col("datum_tot_min").is_null() | (pl.col("datum_tot_min") >= still),
        )
        .select("eerder", source="record")
    )
    there = pl.concat([holders, owners, operators]).unique().pipe(readings.computed)
    named = people.rename({"record": "source", "mention": "mention_then", "role": "role_then"})
    return (
        there.join(named.join(there, on="source", how="semi"), on="source")
        .filter(pl.col("role_then") != "verhuurder")
        .select("party_id", "eerder", "role_then", "source", "mention_then")
    )


def _marks_of_holders(t: Tables, returned: pl.LazyFrame, former: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """`record`, `mark` of the holders of the new licences, the earlier ones, and `former` ones at the new object."""
    files = pl.concat(
        [
            returned.select("kvk_nummer", record="licence"),
            returned.select(kvk_nummer="eerder_kvk", record="eerder"),
            former.select("kvk_nummer", record="former"),
        ]
    ).unique()
    functions = t.functionarissen.filter(
        pl.col("functie").is_in(readings.OWNERS_AND_DIRECTORS), readings.possibly_in_function(as_of)
    )
    return readings.marks_of_holders(t, readings.holders_of(t, files), functions).select("record", "mark").unique()


def _held_by_related(marks: pl.LazyFrame, returned: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs `licence`, `eerder` that are held by one party, two that could be one, or companies that are related."""
    return (
        returned.select("licence", "eerder")
        .unique()
        .join(marks.rename({"record": "licence"}), on="licence")
        .join(marks.rename({"record": "eerder"}), on=["eerder", "mark"])
        .select("licence", "eerder")
        .unique()
    )


def _on_list_before(
    t: Tables, returned: pl.LazyFrame, former: pl.LazyFrame, marks: pl.LazyFrame, people: pl.LazyFrame
) -> pl.LazyFrame:
    """Triples `licence`, `eerder`, `party_id` of a person who may have been listed before the withdrawal already.

    Listed: on this licence or on another of the same holder at the same object. `former`: `former` (record),
    `address_id`, `zaaknummer` of the licences at these objects.
    """
    cases = returned.select("licence", "eerder", "party_id", "address_id", "decided_max").unique()
    listed = t.leidinggevenden.select("record", "zaaknummer", since="datum_van_min").join(former, on="zaaknummer")
    rows = listed.join(people.select("record", listed_id="party_id"), on="record").join(
        cases, on="address_id", how="semi"
    )
    seen = readings.marks_of_parties(rows.rename({"listed_id": "party_id"}), t.mogelijk_een_partij).drop(
        "party_id", "record"
    )
    before = (
        readings.marks_of_parties(cases, t.mogelijk_een_partij)
        .join(seen, on=["mark", "address_id"])
        .filter((pl.col("since") <= pl.col("decided_max")).fill_null(True))
        .select("licence", "eerder", "party_id", "former")
        .unique()
    )
    same_holder = before.join(marks.rename({"record": "licence"}), on="licence").join(
        marks.rename({"record": "former"}), on=["former", "mark"], how="semi"
    )
    triple = ("licence", "eerder", "party_id")
    return pl.concat(
        [before.filter(pl.col("former") == pl.col("licence")).select(triple), same_holder.select(triple)]
    ).unique()


def _own_business(t: Tables, returned: pl.LazyFrame, marks: pl.LazyFrame) -> pl.LazyFrame:
    """Pairs `licence`, `party_id` of a person who is, or could be, holder, owner or director of the licence."""
    listed = readings.marks_of_parties(returned.select("licence", "party_id").unique(), t.mogelijk_een_partij)
    return (
        listed.join(marks.rename({"record": "licence"}), on=["licence", "mark"]).select("licence", "party_id").unique()
    )
