"""What people decided earlier and what the store knows without a name: rejected links, upheld objections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from flows.night.staging import Night
from screening.casework.data_subject_requests import load_excluded_subjects
from screening.casework.links.judgements import judgements
from screening.casework.links.rejected_links import link_key, with_rejected_links
from screening.casework.person_hashes import subject_key, without_persons
from screening.matching.parties.licence_holders import classify_holders, holder_columns
from screening.matching.parties.mentions import extract_mentions
from screening.store import Store, Workspace


def judgements_in_force(store: Store, workspace: Workspace, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """JUDGEMENTS in force, and those past their term whose hash is kept, where both sides are in these tables."""
    return with_rejected_links(store, judgements(store), _fingerprints(tables), link_key(workspace))


def _fingerprints(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """The content fingerprints of all mentions, read only when needed: mostly nothing is to be compared."""
    holders = {dataset: classify_holders(tables, dataset) for dataset in holder_columns() if dataset in tables}
    yield from extract_mentions(tables, holders)["fingerprint"].unique().to_list()


def keep_out(night: Night, store: Store) -> None:
    """Note for this night whom upheld objections keep out: addresses by id, people by a keyed hash."""
    upheld = load_excluded_subjects(store)
    night.put(
        "kept_out",
        {"addresses": sorted(upheld.addresses), "persons": sorted(upheld.persons), "digest": upheld.digest()},
    )


def drop_kept_out_persons(night: Night, workspace: Workspace) -> None:
    """Take the people who are kept out from parties and links, before a rule sees them."""
    persons = frozenset(night.get("kept_out")["persons"])
    if not persons:
        return
    parties = without_persons(night.get_frame("parties"), persons, subject_key(workspace))
    night.put_frame("parties", parties)
    prints = parties.select("fingerprint").unique()
    night.put_frame("identities", night.get_frame("identities").join(prints, on="fingerprint", how="semi"))
    left_ids = parties["party_id"].unique().implode()
    pairs = night.get_frame("could_be_one")
    night.put_frame(
        "could_be_one", pairs.filter(pl.col("left_party_id").is_in(left_ids), pl.col("right_party_id").is_in(left_ids))
    )
    links, left_over = night.get_frame("links"), parties["mention"].implode()
    night.put_frame("links", links.filter(pl.col("left").is_in(left_over) & pl.col("right").is_in(left_over)))


def kept_out_addresses(night: Night) -> pl.DataFrame:
    """`address_id` of the addresses that are kept out."""
    return pl.DataFrame({"address_id": night.get("kept_out")["addresses"]}, schema={"address_id": pl.String()})


def objections_identity(night: Night) -> str:
    """Return what takes part in the run id; nothing when nobody is kept out."""
    digest = night.get("kept_out")["digest"]
    return f"\nkept out: {digest}" if digest else ""
