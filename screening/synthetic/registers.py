"""From the book to registers: one canonical text frame a data set, with hidden columns that the truth is made from."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from screening.synthetic import spelling, words
from screening.synthetic.days import days_to_text
from screening.synthetic.records import CATEGORIES, SyntheticRecords

#: Second addresses of an object, per address.
SECOND_ADDRESS_SHARE = 0.006
WITHDRAWN_SHARE = 0.005


class Registers:
    """Spells the book of one municipality; each method gives the frame of one data set."""

    def __init__(self, book: SyntheticRecords, rng: np.random.Generator, as_of: date, *, messy: bool) -> None:
        self.book = book
        self.rng = rng
        self.as_of = as_of
        self.messy = messy
        self.people = book.people.finish(rng, as_of)
        self.companies = book.companies.finish(rng)
        # Running numbers are shuffled, so that a case number does not tell what was planted.
        self.numbers = {kind: rng.permutation(count) + 1 for kind, count in sorted(book.ids.items())}
        self._kinds = self._licence_kinds()

    def tables(self) -> dict[str, pl.DataFrame]:
        """The data sets of every municipality by name."""
        return {
            "vergunningen": self.permits(),
            "seksinrichtingen": self.sex_licences(),
            "meldingen": self.reports(),
            "bag_adressen": self.bag(),
            "handelsregister": self.trade_register(),
            "functionarissen": self.officers(),
            "leidinggevenden": self.managers(),
            "maatregelen": self.measures(),
            "controles": self.inspections(),
        }

    # ------------------------------------------------------------------ helpers

    def _licence_kinds(self) -> np.ndarray:
        sex = self.book.frame("seksinrichtingen")["_id"].to_numpy()
        kinds = np.full(self.book.ids.get("licence", 0), "ZW-", dtype=object)
        kinds[sex] = "SV-"
        return kinds

    def _licence_ids(self, number: pl.Series) -> pl.Series:
        index = number.to_numpy()
        return pl.Series(
            [f"{k}{n:07d}" for k, n in zip(self._kinds[index], self.numbers["licence"][index], strict=True)]
        )

    def _ids(self, kind: str, prefix: str, number: pl.Series) -> pl.Series:
        index = number.fill_null(0).to_numpy()
        ids = pl.Series([f"{prefix}{n:07d}" for n in self.numbers[kind][index]])
        return ids.zip_with(number.is_not_null(), pl.Series([None] * len(ids), dtype=pl.String))

    def _addresses(self, frame: pl.DataFrame, *, text: bool, pins: bool = False) -> pl.DataFrame:
        if self.messy:
            shares = spelling.MESSY_REPORTS if pins else spelling.MESSY_TEXTS if text else spelling.MESSY_PARTS
        else:
            shares = spelling.CLEAN_REPORTS if pins else spelling.CLEAN_ADDRESSES
        return spelling.spell_addresses(self.book.town, frame["_address"], self.rng, shares, pins=pins)

    def _names(self, frame: pl.DataFrame, column: str = "_person") -> pl.DataFrame:
        return spelling.person_names(self.people, frame[column], frame["_planted"], self.rng, messy=self.messy)

    def _organisations(self, column: pl.Series) -> pl.DataFrame:
        return spelling.organisation_names(self.companies, column, self.rng, messy=self.messy)

    def _dates(self, *columns: str) -> list[pl.Expr]:
        return [days_to_text(column, self.as_of).alias(column) for column in columns]

    def _party(self, frame: pl.DataFrame, prefix: str) -> pl.DataFrame:
        """Name, birth date and company number of whoever holds a licence or is meant by a measure."""
        people, organisations = self._names(frame), self._organisations(frame["_company"])
        both = pl.DataFrame(
            {
                "person": people["name"],
                "born": people["birth_date"],
                "name": organisations["name"],
                "trade": organisations["trade_name"],
                "kvk": organisations["kvk_nummer"],
                "undated": frame["_undated"],
                "hodn": frame["_hodn"] if "_hodn" in frame.columns else pl.Series([False] * frame.height),
            }
        )
        doing_business = pl.col("hodn").fill_null(False) & pl.col("trade").is_not_null()
        return both.select(
            pl.when(doing_business & pl.col("person").is_not_null())
            .then(pl.format("{} h.o.d.n. {}", "person", "trade"))
            .otherwise(pl.coalesce("person", "name"))
            .alias(f"{prefix}_naam"),
            pl.when(pl.col("undated").fill_null(False))
            .then(None)
            .otherwise(pl.col("born"))
            .alias(f"{prefix}_geboortedatum"),
            pl.col("kvk"),
            pl.col("trade"),
        )

    # ------------------------------------------------------------------ data sets

    def permits(self) -> pl.DataFrame:
        """Permit cases."""
        frame = self.book.frame("vergunningen")
        party, organisations = self._party(frame, "houder"), self._organisations(frame["_company"])
        lessor = self._organisations(frame["_lessor"])
        return pl.concat(
            [
                frame.with_columns(
                    *self._dates(
                        "datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum", "bibob_vragenlijst_datum"
                    ),
                    pl.col("max_personen", "max_kamers").cast(pl.String),
                    zaaknummer=self._licence_ids(frame["_id"]),
                    kvk_nummer=party["kvk"],
                    handelsnaam=party["trade"],
                    vestigingsnummer=organisations["branch"].zip_with(
                        pl.Series(self.rng.random(frame.height) < 0.5),
                        pl.Series([None] * frame.height, dtype=pl.String),
                    ),
                    verhuurder_kvk=lessor["kvk_nummer"],
                ),
                party.select("houder_naam", "houder_geboortedatum"),
                self._addresses(frame, text=True),
            ],
            how="horizontal",
        )

    def sex_licences(self) -> pl.DataFrame:
        """Sex-establishment licences."""
        frame = self.book.frame("seksinrichtingen")
        party = self._party(frame, "exploitant")
        return pl.concat(
            [
                frame.with_columns(
                    *self._dates("datum_aanvraag", "datum_besluit", "ingangsdatum", "einddatum"),
                    pl.col("aantal_werkruimten").cast(pl.String),
                    vergunning_id=self._licence_ids(frame["_id"]),
                    kvk_nummer=party["kvk"],
                    handelsnaam=party["trade"],
                    vestigingsnummer=self._organisations(frame["_company"])["branch"],
                    verhuurder_kvk=pl.lit(None, dtype=pl.String),
                ),
                party.select("exploitant_naam", "exploitant_geboortedatum"),
                self._addresses(frame, text=False),
            ],
            how="horizontal",
        )

    def reports(self) -> pl.DataFrame:
        """Nuisance reports; a part with a time of day, a part with an incident of an hour or two."""
        frame = self.book.frame("meldingen")
        count = frame.height
        incident, length = self.rng.random(count), self.rng.integers(10, 150, count)
        moment = pl.lit(self.as_of).cast(pl.Datetime("us")) + pl.duration(
            days=pl.col("_day"), seconds=pl.col("_second")
        )
        stamp = "%Y-%m-%dT%H:%M:%S"
        begin = moment - pl.duration(minutes=30)
        # An incident that would begin in the hour that daylight saving skips has none.
        has_incident = (pl.Series(incident) < 0.4) & ~frame["_second"].is_between(7_200, 12_700)
        return pl.concat(
            [
                frame.with_columns(
                    melding_id=self._ids("report", "ML-", frame["_id"]),
                    hoofdmelding_id=self._ids("report", "ML-", frame["_parent"]),
                    datum_melding=moment.dt.strftime(stamp),
                    incident_van=pl.when(has_incident & (pl.col("_second") > 3_600)).then(begin.dt.strftime(stamp)),
                    incident_tot=pl.when(
                        has_incident & (pl.col("_second") > 3_600) & (pl.Series(incident) < 0.25)
                    ).then((begin + pl.duration(minutes=pl.lit(pl.Series(length)))).dt.strftime(stamp)),
                    hoofdcategorie=pl.col("subcategorie").replace_strict(CATEGORIES),
                    omschrijving=self._texts(count),
                    melder_token=self._tokens(frame["_token"]),
                ),
                self._addresses(frame, text=True, pins=True),
            ],
            how="horizontal",
        )

    def _texts(self, count: int) -> pl.Series:
        texts = np.array(words.REPORT_TEXTS)[self.rng.integers(0, len(words.REPORT_TEXTS), count)]
        families = np.array(words.FAMILY_NAMES)[:, 1][self.rng.integers(0, len(words.FAMILY_NAMES), count)]
        digits = self.rng.integers(1_000_000, 9_999_999, count)
        return pl.Series([t.format(name=n, digits=d) for t, n, d in zip(texts, families, digits, strict=True)])

    def _tokens(self, token: pl.Series) -> pl.Series:
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz234567"))
        drawn = letters[self.rng.integers(0, len(letters), (self.book.ids.get("token", 1), 20))]
        tokens = np.array(["".join(row) for row in drawn])
        index = token.fill_null(0).to_numpy()
        return pl.Series(tokens[index]).zip_with(token.is_not_null(), pl.Series([None] * len(index), dtype=pl.String))

    def bag(self) -> pl.DataFrame:
        """Addresses, second addresses, and (messy) withdrawn objects that share the address of a living one."""
        bag = self.book.town.bag
        areas = bag["oppervlakte"].to_numpy().copy()
        for address, area in self.book.areas.items():
            areas[address] = area
        bag = bag.with_columns(oppervlakte=pl.Series(areas).fill_nan(None).cast(pl.Int64), is_nevenadres=pl.lit("nee"))
        count = bag.height
        second = np.sort(self.rng.choice(count, size=max(1, round(count * SECOND_ADDRESS_SHARE)), replace=False))
        extra = bag[second].with_columns(
            nummeraanduiding_id=pl.Series([f"999920{count + i + 1:010d}" for i in range(len(second))]),
            huisnummer=pl.col("huisnummer") + 400,
            is_nevenadres=pl.lit("ja"),
        )
        parts = [bag, extra]
        if self.messy:
            gone = np.sort(self.rng.choice(count, size=max(1, round(count * WITHDRAWN_SHARE)), replace=False))
            parts.append(
                bag[gone].with_columns(
                    nummeraanduiding_id=pl.Series([f"999920{2 * count + i + 1:010d}" for i in range(len(gone))]),
                    adresseerbaar_object_id=pl.Series([f"999901{2 * count + i + 1:010d}" for i in range(len(gone))]),
                    status=pl.lit("Verblijfsobject ingetrokken"),
                )
            )
        return pl.concat(parts).with_columns(
            pl.col("huisnummer", "oppervlakte", "rd_x", "rd_y").cast(pl.String), _planted=pl.lit(False)
        )

    def trade_register(self) -> pl.DataFrame:
        """Establishments."""
        frame = self.book.frame("handelsregister")
        companies = frame.select(pl.col("_company").alias("company")).join(
            self.companies.with_columns(pl.col("company").cast(pl.Int64)),
            on="company",
            how="left",
            maintain_order="left",
        )
        recent = self.rng.random(frame.height) < 0.85
        which = frame["_sbi"].to_numpy()
        lists = [
            words.LINES[line]["sbi_2025" if new else "sbi_2008"]
            for line, new in zip(companies["line"], recent, strict=True)
        ]
        codes = [sbi[number % len(sbi)] for sbi, number in zip(lists, which, strict=True)]
        branch = companies["branch_base"] + frame["_branch"]
        yes_no = {
            c: pl.when(pl.col(c)).then(pl.lit("ja")).otherwise(pl.lit("nee"))
            for c in ("faillissement", "surseance", "afgeschermd")
        }
        frame = frame.with_columns(
            *self._dates("datum_aanvang", "datum_einde"),
            **yes_no,
            kvk_nummer=companies["kvk_nummer"],
            vestigingsnummer=pl.Series([f"0000{b:08d}" for b in branch]),
            rsin=companies["rsin"],
            rechtsvorm=companies["form"],
            statutaire_naam=companies["statutory_name"],
            handelsnamen=self._several(frame, companies["trade_name"], companies["trade_name"] + " Diensten", 0.04),
            sbi_codes=self._several(frame, pl.Series(codes), pl.Series(np.where(recent, "82990", "8299")), 0.08),
            sbi_versie=pl.Series(np.where(recent, "2025", "2008")),
            voortgezet_door_kvk=self._organisations(frame["_continued_by"])["kvk_nummer"],
        )
        # The register does not know every day: of a few old companies only the year in which they began.
        vague = pl.Series(self.rng.random(frame.height) < (0.03 if self.messy else 0.004)) & ~pl.col("_planted")
        old = pl.col("datum_aanvang") < f"{self.as_of.year - 6}"
        frame = frame.with_columns(
            datum_aanvang=pl.when(vague & old & pl.col("datum_einde").is_null())
            .then(pl.col("datum_aanvang").str.slice(0, 4))
            .otherwise(pl.col("datum_aanvang"))
        )
        return pl.concat([frame, self._addresses(frame, text=False)], how="horizontal")

    def _several(self, frame: pl.DataFrame, first: pl.Series, second: pl.Series, share: float) -> pl.Series:
        """A second value beside the first, for a share of the ordinary rows."""
        chosen = pl.Series(self.rng.random(frame.height) < share) & ~frame["_planted"]
        return (first + "|" + second).zip_with(chosen, first)

    def officers(self) -> pl.DataFrame:
        """People and companies in functions."""
        frame = self.book.frame("functionarissen")
        names = self._names(frame)
        return frame.with_columns(
            *self._dates("datum_aanvang", "datum_einde"),
            kvk_nummer=self._organisations(frame["_company"])["kvk_nummer"],
            naam=names["name"],
            geboortedatum=pl.when(pl.col("_undated").fill_null(False)).then(None).otherwise(names["birth_date"]),
            rechtspersoon_kvk=self._organisations(frame["_legal"])["kvk_nummer"],
        )

    def managers(self) -> pl.DataFrame:
        """People named on licences."""
        frame = self.book.frame("leidinggevenden")
        names = self._names(frame)
        return frame.with_columns(
            *self._dates("datum_van", "datum_tot"),
            zaaknummer=self._licence_ids(frame["_licence"]),
            naam=names["name"],
            geboortedatum=pl.when(pl.col("_undated").fill_null(False)).then(None).otherwise(names["birth_date"]),
        )

    def measures(self) -> pl.DataFrame:
        """Decisions."""
        frame = self.book.frame("maatregelen")
        party = self._party(frame, "betrokkene")
        return pl.concat(
            [
                frame.with_columns(
                    *self._dates("datum", "datum_einde"),
                    maatregel_id=self._ids("measure", "BM-", frame["_id"]),
                    betrokkene_kvk=party["kvk"],
                ),
                party.select("betrokkene_naam", "betrokkene_geboortedatum"),
                self._addresses(frame, text=True),
            ],
            how="horizontal",
        )

    def inspections(self) -> pl.DataFrame:
        """Inspections."""
        frame = self.book.frame("controles")
        return pl.concat(
            [
                frame.with_columns(*self._dates("datum"), controle_id=self._ids("inspection", "BZ-", frame["_id"])),
                self._addresses(frame, text=False),
            ],
            how="horizontal",
        )
