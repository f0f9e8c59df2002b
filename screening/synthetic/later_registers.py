"""Owners, changes in the trade register and care offices, spelled from the book: only where new rules are planted."""

from __future__ import annotations

import polars as pl

from screening.synthetic import spelling
from screening.synthetic.registers import Registers


class AllRegisters(Registers):
    """Spells the book of a municipality in which the new rules are planted."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """All data sets by name; the later ones are spelled last."""
        return super().tables() | {
            "eigendom": self.ownership(),
            "handelsregister_mutaties": self.changes(),
            "zorgaanbieders": self.care_offices(),
        }

    def _base_register_addresses(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A base register spells an address as the BAG does, also where a municipality's own registers do not."""
        return spelling.spell_addresses(self.book.town, frame["_address"], self.rng, spelling.CLEAN_ADDRESSES)

    def ownership(self) -> pl.DataFrame:
        """Rights of legal persons, and rows of natural persons that say nothing but that they are there."""
        frame = self.book.frame("eigendom")
        yes_no = pl.when(pl.col("belast")).then(pl.lit("ja")).otherwise(pl.lit("nee"))
        frame = frame.with_columns(
            *self._dates("datum_van", "datum_tot"),
            pl.col("aandeel_teller", "aandeel_noemer").cast(pl.String),
            belast=yes_no,
            recht_id=self._ids("right", "KR-", frame["_id"]),
            kvk_nummer=self._organisations(frame["_company"])["kvk_nummer"],
        )
        return pl.concat([frame, self._base_register_addresses(frame)], how="horizontal")

    def changes(self) -> pl.DataFrame:
        """Changes in the trade register."""
        frame = self.book.frame("handelsregister_mutaties")
        companies = self._organisations(frame["_company"])
        frame = frame.with_columns(
            *self._dates("datum"),
            afgeschermd=pl.lit("nee"),
            kvk_nummer=companies["kvk_nummer"],
            vestigingsnummer=companies["branch"],
        )
        return pl.concat([frame, self._base_register_addresses(frame)], how="horizontal")

    def care_offices(self) -> pl.DataFrame:
        """Offices of care providers under contract, and places where people live, which nobody reads."""
        frame = self.book.frame("zorgaanbieders")
        frame = frame.with_columns(
            *self._dates("datum_van", "datum_tot"),
            kantoor_id=self._ids("office", "ZA-", frame["_id"]),
            kvk_nummer=self._organisations(frame["_company"])["kvk_nummer"],
        )
        return pl.concat([frame, self._addresses(frame, text=False)], how="horizontal")
