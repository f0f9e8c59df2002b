"""A stored model is the model, holds no code, and is refused when it is damaged or of another form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from screening import linking as e
from screening.base.errors import ConfigurationError


def test_a_stored_model_links_as_the_one_that_was_stored(
    model: e.LinkModel, persons: pl.DataFrame, tmp_path: Path
) -> None:
    model.save(tmp_path)
    again = e.LinkModel.load(tmp_path)
    assert again.parameters().equals(model.parameters())
    assert again.settings == model.settings
    assert e.link(again, persons).pairs.equals(e.link(model, persons).pairs)


def test_the_readable_part_of_a_model_holds_no_name(model: e.LinkModel, persons: pl.DataFrame, tmp_path: Path) -> None:
    model.save(tmp_path)
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    assert not [name for name in persons["core"].unique() if f'"{name}"' in text]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: (d / "model.json").unlink(),
        lambda d: (d / "model.json").write_text("{"),
        lambda d: (d / "model.json").write_text("[]"),
        lambda d: (d / "frequencies.parquet").write_bytes(b"PAR1"),
        lambda d: pl.DataFrame({"x": [1]}).write_parquet(d / "frequencies.parquet"),
        lambda d: change(d, m={}),
        lambda d: change(d, format="linkmodel/2"),
        lambda d: change(d, settings={"comparisons": []}),
    ],
)
def test_a_damaged_model_is_refused(model: e.LinkModel, tmp_path: Path, spoil: object) -> None:
    model.save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(ConfigurationError):
        e.LinkModel.load(tmp_path)


def change(folder: Path, **values: object) -> None:
    plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(plain | values), encoding="utf-8")


def test_a_weight_set_by_hand_stands_whatever_is_learned(persons: pl.DataFrame, settings: e.Settings) -> None:
    first, *others = settings.comparisons
    byhand = replace(first, levels=(first.levels[0].having(bits=3.25), *first.levels[1:]), otherwise=-7.5)
    model = e.train(persons, replace(settings, comparisons=(byhand, *others)))
    assert model.weights(first.name)[0] == 3.25
    assert model.weights(first.name)[-1] == -7.5
    assert model.parameters()["weight"][0] == 3.25
