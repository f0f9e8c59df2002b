"""ZOM.LOC-01: a connection to the heat network whose contract holder has ended."""

from __future__ import annotations

from datetime import date

import polars as pl

from screening.rules import Barrier, Param, Params, Tables, columns, indicator


@indicator(
    code="ZOM.LOC-01",
    version=1,
    cls="A",
    barrier=Barrier.WERKPLEK,
    dataset="zom_warmtenet",
    purposes=("P-VERG",),
    powers=("gesprek", "toezicht"),
    name_nl="Aansluiting van een beëindigd bedrijf",
    name_en="Connection of a company that ended",
    rationale_nl="De warmte staat op naam van een bedrijf dat niet meer bestaat. Wie het pand gebruikt, is onbekend.",
    rationale_en="The premises take heat in the name of a company that is no more. Who uses them is not known.",
    ruled_out_nl=(),
    ruled_out_en=(),
    innocent_nl=("Het contract is nog niet overgezet.",),
    innocent_en=("The contract has not been transferred yet.",),
    inputs={
        "zom_warmtenet": columns("record address_id einddatum_min soort contracthouder_kvk"),
        "handelsregister": columns("record kvk_nummer datum_einde datum_einde_max"),
    },
    params={"grace_days": Param(90, "days", "a contract takes weeks to transfer", floor=30)},
    evidence_nl="De aansluiting loopt door. De onderneming is beëindigd op {datum_einde}.",
    evidence_en="The connection goes on. The company ended on {datum_einde}.",
)
def connection_of_ended_company(t: Tables, p: Params, as_of: date) -> pl.LazyFrame:
    """One row per connection in use: address_id, record_ids [dataset:key], datum_einde [date]."""
    companies = t.handelsregister.group_by("kvk_nummer").agg(
        pl.col("record").alias("companies"),
        pl.col("datum_einde").max().alias("datum_einde"),
        (pl.col("datum_einde_max") + pl.duration(days=p.grace_days) < as_of).fill_null(False).all().alias("has_ended"),
    )
    in_use = t.zom_warmtenet.filter(
        (pl.col("soort") == "bedrijf") & (pl.col("einddatum_min").is_null() | (pl.col("einddatum_min") > as_of))
    )
    return (
        in_use.join(companies.filter("has_ended"), left_on="contracthouder_kvk", right_on="kvk_nummer")
        .filter(pl.col("address_id").is_not_null())
        .select("address_id", pl.concat_list(pl.concat_list("record"), "companies").alias("record_ids"), "datum_einde")
    )
