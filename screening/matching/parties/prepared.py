"""What the linking of a night leaves for the next one, of both kinds of party: the model, records and their pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from screening.base.errors import ContractStopError
from screening.base.frames import PREPARED_FILES, Row
from screening.linking import Settings
from screening.linking.encode import encode
from screening.linking.nightly import Changes, LinkedNight, changes_since
from screening.linking.prepared import CODES, VALUES, decoded, records_from_frames
from screening.matching.parties.name_readings import READING
from screening.matching.parties.persons import PERSONS, person_records


@dataclass(frozen=True)
class Groups:
    """The groups of one kind of party, of which `build` makes records.

    `inputs`: frames with `group` and all that a record is made of; the first has a row a group, others none or several.
    """

    settings: Settings
    build: Callable[..., pl.DataFrame]
    inputs: tuple[pl.DataFrame, ...]

    def changes(self, kept: LinkedNight | None) -> Changes:
        """The records of tonight, those that did not change being taken from what was kept."""
        return changes_since(kept, self._marks(), self._make, self.settings)

    def _make(self, groups: pl.Series) -> pl.DataFrame:
        return self.build(*(frame.filter(pl.col("group").is_in(groups.implode())) for frame in self.inputs))

    def _marks(self) -> pl.DataFrame:
        """MARKS of all that a record is made of."""
        # marks are only held against each other: under another Polars, which may hash otherwise, all would be compared
        whole = self.inputs[0].select("group").sort("group")
        for frame in self.inputs:
            rows = frame.select("group", mark=frame.drop("group").hash_rows())
            # of the first there is a row a group; the sum of others does not depend on their order
            rows = rows if whole.width == 1 else rows.group_by("group").agg(pl.col("mark").sum())
            rows = rows.rename({"mark": f"mark_{whole.width}"})
            whole = whole.join(rows, on="group", how="left", maintain_order="left")
        return whole.select(id="group", mark=(pl.struct(pl.exclude("group")).hash() // 2).cast(pl.Int64))


@dataclass(frozen=True)
class PreparedParties:
    """Records are groups of mentions; the frames hold names and birth dates, the models do not.

    `model`: the weights as a person reads them (`PartyModel.to_json`).
    """

    organisations: LinkedNight
    persons: LinkedNight
    model: str

    @property
    def kinds(self) -> dict[str, LinkedNight]:
        """Both kinds by their names in PREPARED_FILES."""
        return {"organisations": self.organisations, "persons": self.persons}

    def to_frames(self) -> dict[str, pl.DataFrame]:
        """PREPARED_FILES by name."""
        return {
            f"linking_{kind}_{part}.parquet": frame
            for kind, linked in self.kinds.items()
            for part, frame in linked.to_frames().items()
        }

    def plain_models(self) -> Row:
        """The models of both kinds, as JSON that gives the same numbers back."""
        return {kind: linked.model.plain() for kind, linked in self.kinds.items()}

    @staticmethod
    def from_frames(frames: Mapping[str, pl.DataFrame], models: Row, model: str) -> PreparedParties:
        """What `to_frames`, `plain_models` and `model` gave."""
        parts: dict[str, dict[str, pl.DataFrame]] = {"organisations": {}, "persons": {}}
        for name in PREPARED_FILES:
            kind, _, part = name.removeprefix("linking_").removesuffix(".parquet").partition("_")
            parts[kind][part] = frames[name]
        return PreparedParties(
            LinkedNight.from_frames(models["organisations"], parts["organisations"]),
            LinkedNight.from_frames(models["persons"], parts["persons"]),
            model,
        )

    def only(self, groups: pl.Series) -> PreparedParties:
        """Without the groups that are not among these."""
        return PreparedParties(self.organisations.only(groups), self.persons.only(groups), self.model)

    def require_equal(self, full: PreparedParties) -> None:
        """Hold a night against one with the same model that compared all.

        Raises:
            ContractStopError: they differ.
        """
        differing = [
            f"{kind} ({', '.join(names)})"
            for kind, linked in self.kinds.items()
            if (names := linked.differences(full.kinds[kind]))
        ]
        if differing:
            raise ContractStopError(
                f"The linking that carried over what did not change differs from one that compared all: "
                f"{' and '.join(differing)}. Nothing was published. Tell the maintainers; until then set "
                "`estimate_anew_from` under [matching] to the date of this night and run again: then the weights are "
                "estimated anew and all is compared."
            )


def person_as_linked(frames: Mapping[str, pl.DataFrame], name: str, birth_date: date) -> pl.DataFrame:
    """The records of this normalised name and full birth date among PREPARED_FILES, as they are compared."""
    codes, values = (frames[f"linking_persons_{part}.parquet"] for part in (CODES, VALUES))
    records = decoded(records_from_frames({CODES: codes.drop("mark"), VALUES: values}, PERSONS), PERSONS)
    born = records.filter(pl.col("birth_date") == birth_date.isoformat())
    # the readings of a name tell the name
    group = pl.DataFrame({"group": [0], "name_normalised": [name], "birth_date": [birth_date]})
    businesses = pl.DataFrame(schema={"group": pl.Int64, "kvk_nummer": pl.String})
    theirs = decoded(encode(person_records(group, businesses), PERSONS), PERSONS)
    read = [column for column in READING if column in born.columns]
    return born.join(theirs.select(read), on=read, how="semi", nulls_equal=True)
