"""The registers that came later, spelled from the book: only where new rules are planted."""

from __future__ import annotations

import numpy as np
import polars as pl

from screening.synthetic import spelling, words
from screening.synthetic.registers import Registers


class AllRegisters(Registers):
    """Spells the book of a municipality in which the new rules are planted."""

    def tables(self) -> dict[str, pl.DataFrame]:
        """All data sets by name; of the later ones those in which rows were planted, spelled last."""
        later = {
            "toegelaten_uitleners": self.admissions,
            "toeristische_verhuur_registraties": self.registrations,
            "recreatieparken": self.parks,
            "eigendom": self.ownership,
            "handelsregister_mutaties": self.changes,
            "zorgaanbieders": self.care_offices,
        }
        return super().tables() | {name: spell() for name, spell in later.items() if self.book.frame(name).height}

    def _base_register_addresses(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A base register spells an address as the BAG does, also where a municipality's own registers do not."""
        places = spelling.spell_addresses(self.book.town, frame["_address"], self.rng, spelling.CLEAN_ADDRESSES)
        return spelling.with_doubt(self.book.town, places, frame["_address"], frame["_in_doubt"], text=False)

    def _addresses(self, frame: pl.DataFrame, *, text: bool, pins: bool = False) -> pl.DataFrame:
        places = super()._addresses(frame, text=text, pins=pins)
        return spelling.with_doubt(self.book.town, places, frame["_address"], frame["_in_doubt"], text=text)

    def _dates(self, *columns: str) -> list[pl.Expr]:
        """The text forms of these dates; of a partial one the year, or the year and the month."""
        return [
            pl.when(pl.col("_year_only") == column)
            .then(text.str.slice(0, 4))
            .when(pl.col("_month_only") == column)
            .then(text.str.slice(0, 7))
            .otherwise(text)
            .alias(column)
            for column, text in zip(columns, super()._dates(*columns), strict=True)
        ]

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

    def admissions(self) -> pl.DataFrame:
        """Decisions on admission: those that were planted, and one for every other agency."""
        agencies = [company for company, line in enumerate(self.book.companies.line) if line == "uitzend"]
        others = np.array([company for company in agencies if company not in self.book.without_admission])
        self.book.extend("toegelaten_uitleners", _company=others, status="toegelaten", ingangsdatum=-150)
        frame = self.book.frame("toegelaten_uitleners")
        companies = self._organisations(frame["_company"])
        return frame.with_columns(*self._dates("ingangsdatum", "einddatum"), kvk_nummer=companies["kvk_nummer"])

    def registrations(self) -> pl.DataFrame:
        """Registration numbers of tourist letting."""
        frame = self.book.frame("toeristische_verhuur_registraties")
        numbers = self._ids("registration", "9999 ", frame["_id"])
        dated = frame.with_columns(*self._dates("ingangsdatum", "einddatum"), registratienummer=numbers)
        return pl.concat([dated, self._addresses(frame, text=False)], how="horizontal")

    def parks(self) -> pl.DataFrame:
        """Objects of holiday parks."""
        frame = self.book.frame("recreatieparken")
        named = frame.with_columns(
            *self._dates("datum_van", "datum_tot"),
            park_id=pl.format("P-{}", "_park"),
            park=pl.col("_park").replace_strict(dict(enumerate(words.PARKS)), return_dtype=pl.String),
            beheerder_kvk=self._organisations(frame["_company"])["kvk_nummer"],
        )
        return pl.concat([named, self._addresses(frame, text=False)], how="horizontal")
