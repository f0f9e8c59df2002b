"""Night after night on the engine: equal to all at once, whatever came, changed and went."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from screening import linking as e
from screening.base.errors import ConfigurationError
from screening.linking.nightly import LinkedNight, changes_since


def marks_of(records: pl.DataFrame) -> pl.DataFrame:
    text = pl.concat_str(pl.all().exclude("id").cast(pl.String).fill_null(""), separator="|")
    return records.select("id", mark=text.hash() // 2).with_columns(pl.col("mark").cast(pl.Int64))


def night(model: e.LinkModel, kept: LinkedNight | None, records: pl.DataFrame) -> tuple[LinkedNight, int]:
    """The night, and how many records were made for it."""
    asked = []

    def make(ids: pl.Series) -> pl.DataFrame:
        asked.append(len(ids))
        return records.filter(pl.col("id").is_in(ids.implode()))

    changes = changes_since(kept, marks_of(records), make, model.settings)
    pairs = changes.link(model).pairs.drop("probability", "rule")
    if changes.carried is not None:
        pairs = pl.concat([changes.carried, pairs])
    return LinkedNight(model, changes.records, changes.marks, pairs), sum(asked)


@pytest.fixture(scope="module")
def nights(persons: pl.DataFrame) -> list[pl.DataFrame]:
    """Three nights: records come, go, change, and one comes back as it was."""
    other = pl.when(pl.col("id").is_between(20, 29)).then(pl.col("core") + "q").otherwise("core")
    first = persons[:2000]
    second = pl.concat([persons[50:2100].with_columns(core=other), persons[:10]])
    return [first, second, pl.concat([persons[:2300], persons[2400:]])]


def test_three_nights_give_what_all_at_once_gives_and_make_only_what_changed(
    model: e.LinkModel, nights: list[pl.DataFrame]
) -> None:
    kept, made = night(model, None, nights[0])
    assert made == 2000
    for records in nights[1:]:
        frames = kept.to_frames()
        kept = LinkedNight.from_frames(model.plain(), frames)
        kept, made = night(kept.model, kept, records)
        assert 0 < made < 900
        full, _ = night(kept.model, None, records)
        assert kept.differences(full) == []
        assert kept.pairs.height > 300


def test_a_pair_that_was_tampered_with_shows_as_a_difference(model: e.LinkModel, nights: list[pl.DataFrame]) -> None:
    kept, _ = night(model, None, nights[0])
    moved = kept.pairs.with_columns(
        log_odds=pl.when(pl.int_range(pl.len()) == pl.len() - 1).then(pl.col("log_odds") + 0.5).otherwise("log_odds")
    )
    second, _ = night(model, LinkedNight(model, kept.records, kept.marks, moved), nights[0])
    assert second.differences(kept) == ["pairs"]


def test_who_is_left_out_is_in_no_frame_and_is_new_the_next_night(
    model: e.LinkModel, nights: list[pl.DataFrame]
) -> None:
    named = nights[0].with_columns(core=pl.when(pl.col("id") == 5).then(pl.lit("kanarie")).otherwise("core"))
    kept, _ = night(model, None, named)
    assert "kanarie" in kept.to_frames()["values"]["value"]
    left = kept.only(kept.records.ids.filter(kept.records.ids != 5))
    frames = left.to_frames()
    for frame in frames.values():
        texts = frame.select(pl.concat_str(pl.col(pl.String).fill_null(""), pl.lit("")).alias("text"))["text"]
        assert not texts.str.contains("kanarie").any()
    assert 5 not in left.pairs["left"]
    assert 5 not in left.marks["id"]
    again, made = night(model, LinkedNight.from_frames(model.plain(), frames), named)
    assert made == 1
    assert again.differences(night(again.model, None, named)[0]) == []


def test_frames_of_a_model_with_other_levels_are_refused(model: e.LinkModel, nights: list[pl.DataFrame]) -> None:
    kept, _ = night(model, None, nights[0].head(50))
    learned = model.plain()
    learned["m"] = {name: values[1:] for name, values in learned["m"].items()}
    with pytest.raises(ConfigurationError, match="train the model anew"):
        LinkedNight.from_frames(learned, kept.to_frames())


def test_no_records_are_a_night_too(model: e.LinkModel, persons: pl.DataFrame) -> None:
    kept, _ = night(model, None, persons[:100])
    nobody, made = night(model, kept, persons[:0])
    assert (made, len(nobody.records), nobody.pairs.height) == (0, 0, 0)
    back, made = night(model, LinkedNight.from_frames(model.plain(), nobody.to_frames()), persons[:100])
    assert made == 100
    assert isinstance(back.records.rank, np.ndarray)
    assert back.differences(kept) == ["frequencies"] or back.differences(kept) == []
