"""What people decided earlier and what the store knows without a name: rejected links, upheld objections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from flows.night.staging import Night

#: The frames in which parties stand, and what joins their rows to `parties`.
_OF_PARTIES = {"mentions": "mention", "identities": "fingerprint"}


def judged(store, workspace, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """JUDGEMENTS in force, and those past their term whose hash is kept, where both their sides are in these tables."""
    from screening.casework.links.judgements import judgements
    from screening.casework.links.rejected import link_key, with_rejected

    return with_rejected(store, judgements(store), _fingerprints(tables), link_key(workspace))


def _fingerprints(tables: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """The content fingerprints of all mentions, found when somebody asks: mostly nothing is to be compared."""
    from screening.matching.parties.licence_holders import HOLDERS, classify_holders
    from screening.matching.parties.mentions import extract_mentions

    holders = {dataset: classify_holders(tables, dataset) for dataset in HOLDERS if dataset in tables}
    yield from extract_mentions(tables, holders)["fingerprint"].unique().to_list()


def keep_out(night: Night, store) -> None:
    """Note for this night whom upheld objections keep out: addresses by id, people by a keyed hash."""
    from screening.casework.upheld_requests import kept_out

    found = kept_out(store)
    night.put("kept_out", {
        "addresses": sorted(found.addresses),
        "persons": sorted(found.persons),
        "digest": found.digest(),
    })  # fmt: skip


def without_persons(night: Night, workspace) -> None:
    """Take the people who are kept out from parties and links, before a rule sees them."""
    from screening.casework.upheld_requests import subject_key
    from screening.casework.upheld_requests import without_persons as left

    persons = frozenset(night.get("kept_out")["persons"])
    if not persons:
        return
    parties = left(night.get_frame("parties"), persons, subject_key(workspace))
    night.put_frame("parties", parties)
    for name, column in _OF_PARTIES.items():
        night.put_frame(name, night.get_frame(name).join(parties.select(column).unique(), on=column, how="semi"))
    links, known = night.get_frame("links"), parties["mention"].implode()
    night.put_frame("links", links.filter(pl.col("left").is_in(known) & pl.col("right").is_in(known)))


def addresses(night: Night) -> pl.DataFrame:
    """`address_id` of the addresses that are kept out."""
    return pl.DataFrame({"address_id": night.get("kept_out")["addresses"]}, schema={"address_id": pl.String()})


def identity(night: Night) -> str:
    """What of it takes part in the run id; nothing when nobody is kept out."""
    digest = night.get("kept_out")["digest"]
    return f"\nkept out: {digest}" if digest else ""
