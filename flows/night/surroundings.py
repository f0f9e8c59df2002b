"""What surrounds the dossiers of a night: other business addresses of their parties, and the points of the map."""

from __future__ import annotations

import polars as pl

from flows.night.rule_tables import counted_links
from flows.night.staging import Night
from flows.night.upheld_objections import kept_out_addresses
from screening.base.datasets import sensitive_datasets
from screening.base.frames import PARTIES
from screening.matching.addresses.places import map_places
from screening.matching.network import NetworkInputs, network


def map_of_night(night: Night) -> pl.LazyFrame:
    """PLACES of the town."""
    return map_places(night.scan_frame("accepted/bag_adressen"), night.scan_frame("display"))


def networks(night: Night, shown: pl.DataFrame) -> pl.DataFrame:
    """The network of each dossier, of which `shown` (`address_id`, `dataset`, `key`) are the records.

    Sensitive records take part in the dossiers alone that hold one themselves: only who may see these sees them, with
    or without a flag.
    """
    sensitive = night.get_frame("sensitive_records")
    with_sensitive = shown.join(sensitive, on=["dataset", "key"], how="semi").select("address_id").unique()
    registers = night.scan_frames("accepted")
    ordinary = {name: frame for name, frame in registers.items() if name not in sensitive_datasets()}

    def inputs(registers: dict[str, pl.LazyFrame], sensitive: pl.DataFrame) -> NetworkInputs:
        display = night.scan_frame("display")
        return NetworkInputs(
            registers=registers,
            parties=night.scan_frame("parties").select(*PARTIES, "name"),
            links=counted_links(night),
            sensitive=sensitive,
            places=display.select("rd_x", "rd_y", place_id="address_id", place="address"),
            hidden=kept_out_addresses(night),
            as_of=night.settings.as_of,
        )

    return pl.concat(
        [
            network(shown.join(with_sensitive, on="address_id", how="anti"), inputs(ordinary, sensitive)),
            network(shown.join(with_sensitive, on="address_id", how="semi"), inputs(registers, sensitive.clear())),
        ]
    )
