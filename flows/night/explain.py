"""`barrier explain`: why an address was flagged, or why not, from what a published run left."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from flows import mandate
from flows.audit.log_read_access import note_reading, reason_to_read
from flows.catalogue import all_contracts
from flows.configuration import Configuration
from flows.configuration.source_specs import read_limits
from flows.desk import open_desk
from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction, LinkLevel
from screening.casework import data_subjects
from screening.casework.links.explain_dossier import judged_link_ids, stopped_among
from screening.contracts import typed_rows
from screening.matching.addresses import AddressIndex, display_addresses, find_address
from screening.sources import SourceRequest, reading_apart
from screening.store import Dossier, read_run_file
from screening.wording import AddressExplanation, explain_address

#: The record of a mention "dataset:key:role:kind"; the key may hold a colon.
_RECORD = r"^(.*):[^:]*:[^:]*$"


def explain(
    configuration: Path, asked: str, run_id: str | None = None, case: str | None = None, purpose: str | None = None
) -> AddressExplanation:
    """Find the object that was asked for and tell what the run saw there.

    In a real municipality that is a reading of personal data: it needs the `case` that it is for and a `purpose` (a
    code of `screening.base.vocabulary.Purpose`), and is in the ledger before anything is told. In a synthetic one both
    may be given.

    Raises:
        ConfigurationError: case or purpose is missing; no such address or run.
        LedgerError: the reading cannot be written; then nothing is told.
    """
    with open_desk(configuration, reads_only=True) as desk:
        mandate.require_mandate(desk.configuration)
        reason = reason_to_read(desk.configuration, case, purpose)
        address_id, address = _object(desk.configuration, asked)
        run, store = desk.run(run_id), desk.store
        if reason:
            note_reading(
                desk.configuration,
                LedgerAction.READ_EXPLANATION,
                f"address:{address_id}",
                case=reason[0],
                purpose=reason[1],
                subjects=data_subjects.of_dossier(store, run.run_id, address_id),
            )
        flags, evidence, records, links = (
            read_run_file(store, desk.workspace, run.run_id, f"{name}.parquet")
            for name in ("flags", "evidence", "records", "links")
        )
        dossier, at_address = store.dossier(run.run_id, address_id), pl.col("address_id") == address_id
        evidence = evidence.filter(at_address)
        return explain_address(
            address_id=address_id,
            address=address,
            document=store.summary(run.run_id),
            flag=next(flags.filter(at_address).iter_rows(named=True), None),
            evidence=evidence.to_dicts(),
            declarations=store.declarations(run.run_id),
            places=places(records, links, address_id, evidence, dossier),
            records=[*dossier.records, *dossier.cited_records] if dossier else None,
            judged=judged_link_ids(store),
            stopped=stopped_among(store, evidence["indicator"].to_list()),
        )


def places(
    records: pl.DataFrame, links: pl.DataFrame, address_id: str, evidence: pl.DataFrame, dossier: Dossier | None
) -> list[dict[str, object]]:
    """List the records of an address, and those that a hit cites from another, as `explain_address` takes them.

    An establishment is listed only where the run says that it is not shielded: a hit names it, or the dossier has it.
    Managers and officers have no address of their own: the dossier says whose they are.
    """
    in_dossier = [f"{row['dataset']}:{row['key']}" for row in dossier.records] if dossier else []
    cited = evidence["record_ids"].explode().drop_nulls().to_list()
    record = pl.col("record")
    is_here = (pl.col("address_id") == address_id).fill_null(False) | record.is_in(in_dossier)
    is_open = (
        ~pl.col("dataset").is_in([n for n, dataset in datasets().items() if dataset.shielded_by])
    ) | record.is_in(in_dossier)
    named = records.with_columns(record=pl.concat_str("dataset", "key", separator=":"))
    shown = named.with_columns(is_here=is_here).filter(record.is_in(cited) | (is_here & is_open))
    probable = links.filter(pl.col("level") == LinkLevel.PROBABLE)
    ends = [probable.select("link_id", record=pl.col(side).str.extract(_RECORD)) for side in ("left", "right")]
    probable_links = pl.concat(ends).group_by("record").agg(pl.col("link_id").unique().sort().alias("probable_links"))
    return shown.join(probable_links, on="record", how="left").sort("dataset", "row_number", "key").to_dicts()


def _object(settings: Configuration, asked: str) -> tuple[str, str]:
    """The BAG object that a person means: by its id, or as an address in the configured BAG."""
    contract = all_contracts()["bag_adressen"]
    request = SourceRequest(settings.source_specs["bag_adressen"], contract.fields)
    with reading_apart([request], reporter_key=bytes(32), limits=read_limits(settings.run)) as reading:
        table = reading.table("bag_adressen")
    # to look an address up the register need not be held against its contract again, which takes seconds
    index = AddressIndex.build(typed_rows(table, contract))
    objects = find_address(index, asked)
    if objects.height == 0:
        raise ConfigurationError(
            f"{asked!r} is no address in bag_adressen. Write it as street, number and place, or give the "
            "16 digits of the object."
        )
    shown = display_addresses(index).join(objects.select("address_id").unique(), on="address_id").sort("address_id")
    if shown.height == 1 and objects["address_method"].is_null().all():
        raise ConfigurationError(
            f"{asked!r} is no address in bag_adressen. Is this what you mean? Then name it by its id:\n"
            f"  {shown.item(0, 'address_id')}  {shown.item(0, 'address')}"
        )
    if shown.height > 1:
        listed = "\n".join(f"  {i}  {a}" for i, a in shown.select("address_id", "address").head(20).iter_rows())
        raise ConfigurationError(f"{asked!r} fits {shown.height} objects. Name one by its id:\n{listed}")
    return shown.item(0, "address_id"), shown.item(0, "address")
