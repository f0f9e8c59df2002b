"""From pairs to parties: average linkage inside components, under vetoes and judgements; a hub chains nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from screening.base.components import connected
from screening.base.errors import ConfigurationError
from screening.linking.encode import Records, encode
from screening.linking.linkage import average_linkages, sparse_linkage
from screening.linking.model import LinkModel
from screening.linking.rank import to_grid
from screening.linking.scorer import Scorer

#: Of a larger component only the pairs that rules brought together count: the matrix of all would not fit.
MOST_MEMBERS = 2_000
#: One pair counts for no more than this in an average, so that one field cannot outvote a whole cluster.
MOST_BITS = 20.0
#: What two weigh whom no rule brought together: more than any link, so that who stands between two strangers joins one.
STRANGER_BITS = -MOST_BITS - 1.0
_CELLS_AT_ONCE = 1_000_000

#: The bits of pairs that no rule brought together (rows in order of id); a veto is minus infinity.
Unscored = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class JudgedPairs:
    """Pairs of ids (`left`, `right`) that are settled before anything is averaged.

    `confirmed`: one party by a person's judgement, whatever their pairs say. `same`: one content, so one party as well.
    `forbidden`: never one party, directly or through others; of judgements that contradict each other these hold.
    """

    confirmed: pl.DataFrame | None = None
    same: pl.DataFrame | None = None
    forbidden: pl.DataFrame | None = None


NOTHING_JUDGED = JudgedPairs()


@dataclass(frozen=True)
class _Pairs:
    """Rows and bits of pairs, each once; a veto is minus infinity."""

    left: np.ndarray
    right: np.ndarray
    bits: np.ndarray

    def take(self, kept: np.ndarray) -> _Pairs:
        """These pairs only."""
        return _Pairs(self.left[kept], self.right[kept], self.bits[kept])


def cluster(
    model: LinkModel,
    records: pl.DataFrame,
    pairs: pl.DataFrame,
    threshold: float = 0.0,
    judged: JudgedPairs = NOTHING_JUDGED,
) -> pl.DataFrame:
    """One row a record: `id`, `cluster` (the smallest id of its members), in order of id.

    `pairs`: `left`, `right`, `log_odds`, `is_vetoed` as `link` gives them; those at `threshold` (bits) or above make
    components. In a component every pair of members is scored, also those that no rule found, and the two clusters with
    the highest average are joined while it reaches the threshold; so a record that resembles two strangers joins the
    nearer one and is no bridge. No pair that a veto of the settings parts, nor one that is judged to be two, is ever in
    one cluster, directly or through others; who is judged to be one is one.

    Raises:
        ConfigurationError: a pair comes twice, or a record with itself.
    """
    low, high = pl.min_horizontal("left", "right"), pl.max_horizontal("left", "right")
    ends = pairs.select(low=low, high=high)
    if ends.is_duplicated().any() or (ends["low"] == ends["high"]).any():
        raise ConfigurationError("A pair to cluster comes twice, or a record stands in a pair with itself.")
    return cluster_encoded(model, encode(records, model.settings), pairs, threshold, judged)


def cluster_encoded(
    model: LinkModel,
    records: Records,
    pairs: pl.DataFrame,
    threshold: float = 0.0,
    judged: JudgedPairs = NOTHING_JUDGED,
) -> pl.DataFrame:
    """As `cluster`, on records that are encoded already."""
    scorer = Scorer(model, records)
    in_order = records.ids.arg_sort().to_numpy().astype(np.int32)

    def scored(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        compared = scorer.compare(in_order[left], in_order[right])
        return np.where(scorer.vetoed(compared), -np.inf, to_grid(scorer.gated_bits(compared)))

    ids, places = cluster_rows(records.ids, pairs, threshold, threshold, judged, scored)
    return pl.DataFrame({"id": ids, "cluster": ids.gather(places)})


def strangers(left: np.ndarray, _right: np.ndarray) -> np.ndarray:
    """Pairs that no rule brought together, all as two strangers."""
    return np.full(len(left), STRANGER_BITS)


def cluster_rows(  # noqa: PLR0917 - `cluster` on numbers instead of records
    ids: pl.Series,
    pairs: pl.DataFrame,
    threshold: float,
    least: float,
    judged: JudgedPairs = NOTHING_JUDGED,
    unscored: Unscored = strangers,
) -> tuple[pl.Series, np.ndarray]:
    """As `cluster`, of pairs alone: the ids in order, and where in it the smallest id of the cluster of each stands.

    Args:
        ids: of all records, each once, those without a pair too.
        pairs: `left`, `right`, `log_odds`, `is_vetoed`, each pair once.
        threshold: log-odds of a pair that makes a component.
        least: the average at which two clusters are still joined.
        judged: records that are one before anything is averaged, for whom the best of their pairs counts but a veto
            before all, and records that never are.
        unscored: what the other pairs of a component weigh; of records that are one the first in order stands for all.
    """
    ids = ids.sort()
    rows = pl.DataFrame({"id": ids, "row": np.arange(len(ids), dtype=np.int32)})
    # without the tie-breaker, so that a pair weighs what it does where no rule found it
    bits = np.where(pairs["is_vetoed"].to_numpy(), -np.inf, to_grid(pairs["log_odds"].to_numpy()))
    threshold, least = to_grid(np.array([threshold, least])).tolist()
    scored = _Pairs(*_rows(pairs, rows), _bounded(bits, threshold))
    scored = scored.take(np.flatnonzero((scored.left >= 0) & (scored.right >= 0)))
    confirmed, same, forbidden = (
        [] if frame is None else sorted(pair for pair in zip(*_rows(frame, rows), strict=True) if min(pair) >= 0)
        for frame in (judged.confirmed, judged.same, judged.forbidden)
    )
    leader = np.arange(len(ids))
    if confirmed or same or forbidden:
        leader = _contracted(len(ids), [*confirmed, *same], forbidden)
        scored = _among_leaders(scored, leader, forbidden)
    label = _joined(len(ids), scored, threshold, least, lambda a, b: _bounded(unscored(a, b), threshold))
    return ids, label[leader]


def with_judged_vetoes(pairs: pl.DataFrame, sure: float, apart: pl.DataFrame) -> pl.DataFrame:
    """The pairs, vetoed as well where a person told the two `apart` (`left`, `right`, in any order).

    Who is not one record is none of those either that are surely one with it: links of `sure` bits that nothing tears.
    Of those that are surely one with both nobody said on which side they are.
    """
    if apart.is_empty():
        return pairs
    parted = _both_ways(apart)
    loose = pl.concat([parted, _both_ways(torn(pairs, sure))])
    firm = _links(pairs, sure).join(loose, on=["left", "right"], how="anti")
    of_both = _both_ways(_with_kin(parted, firm))
    further = _with_kin(parted, firm.join(of_both, on=["left", "right"], how="anti"))
    parted = pl.concat([parted, _both_ways(further)]).unique()
    marked = pairs.join(parted.with_columns(is_parted=True), on=["left", "right"], how="left", maintain_order="left")
    return marked.with_columns(pl.col("is_vetoed") | pl.col("is_parted").fill_null(False)).drop("is_parted")


def _with_kin(parted: pl.DataFrame, firm: pl.DataFrame) -> pl.DataFrame:
    return parted.join(firm, left_on="right", right_on="left", suffix="_kin").select("left", right="right_kin")


def torn(pairs: pl.DataFrame, sure: float) -> pl.DataFrame:
    """The sure links (`left`, `right`) of records that fit two which a veto parts: who fits both belongs to neither.

    `pairs`: `left`, `right`, `log_odds`, `is_vetoed`; links are those of `sure` bits at least without a veto.
    """
    links = _links(pairs, sure)
    vetoes = pairs.filter("is_vetoed").select(a="left", b="right")
    both = vetoes.join(links.rename({"left": "hub", "right": "a"}), on="a").join(
        links.rename({"left": "hub", "right": "b"}), on=["hub", "b"]
    )
    ends = pl.concat([both.select("hub", end="a"), both.select("hub", end="b")]).unique()
    return ends.select(left=pl.min_horizontal("hub", "end"), right=pl.max_horizontal("hub", "end")).unique()


def _links(pairs: pl.DataFrame, sure: float) -> pl.DataFrame:
    return _both_ways(pairs.filter((pl.col("log_odds") >= sure) & ~pl.col("is_vetoed")))


def _both_ways(pairs: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([pairs.select("left", "right"), pairs.select(left="right", right="left")])


def _rows(pairs: pl.DataFrame, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `left` and `right`; -1 for an id that is not there."""
    left, right = (
        pairs.select(id=side).join(rows, on="id", how="left", maintain_order="left")["row"].fill_null(-1).to_numpy()
        for side in ("left", "right")
    )
    return left, right


def _bounded(bits: np.ndarray, threshold: float) -> np.ndarray:
    """What each pair may weigh in an average; what makes a component always reaches its threshold."""
    bounded: np.ndarray = np.where(bits == -np.inf, bits, np.clip(bits, STRANGER_BITS, max(MOST_BITS, threshold)))
    return bounded


def _contracted(records: int, joined: Iterable[tuple[int, int]], forbidden: Iterable[tuple[int, int]]) -> np.ndarray:
    """The smallest record that each is one with, joined in this order but where a forbidden pair stands between."""
    members: dict[int, set[int]] = {}
    leader = np.arange(records)
    enemies: dict[int, set[int]] = {}
    for left, right in forbidden:
        enemies.setdefault(left, set()).add(right)
        enemies.setdefault(right, set()).add(left)
    for left, right in joined:
        low, high = sorted((int(leader[left]), int(leader[right])))
        own, other = members.get(low, {low}), members.get(high, {high})
        if low == high or any(enemies.get(record, set()) & other for record in own):
            continue
        members[low] = own | other
        leader[list(other)] = low
    return leader


def _among_leaders(scored: _Pairs, leader: np.ndarray, forbidden: list[tuple[int, int]]) -> _Pairs:
    """Pairs of leaders, each once: of several the most bits, but one veto before all."""
    parted = np.array(forbidden, dtype=np.int64).reshape(-1, 2)
    frame = pl.DataFrame(
        {
            "a": leader[np.concatenate([scored.left, parted[:, 0]])],
            "b": leader[np.concatenate([scored.right, parted[:, 1]])],
            "bits": np.concatenate([scored.bits, np.full(len(parted), -np.inf)]),
        }
    ).filter(pl.col("a") != pl.col("b"))
    frame = frame.group_by(left=pl.min_horizontal("a", "b"), right=pl.max_horizontal("a", "b")).agg(
        bits=pl.when(pl.col("bits").min() == -np.inf).then(-np.inf).otherwise(pl.col("bits").max())
    )
    return _Pairs(*(frame[column].to_numpy() for column in ("left", "right", "bits")))


def _joined(n: int, scored: _Pairs, threshold: float, least: float, unscored: Unscored) -> np.ndarray:
    """The smallest member of each row's cluster."""
    edge = scored.bits >= threshold
    component = connected(n, scored.left[edge], scored.right[edge])
    scored = scored.take(np.flatnonzero(component[scored.left] == component[scored.right]))
    own, size = component[scored.left], np.bincount(component)
    lowest, smallest = np.full(len(size), np.inf), np.full(len(size), n, dtype=np.int32)
    np.minimum.at(lowest, own, scored.bits)
    every = np.arange(n, dtype=np.int32)
    np.minimum.at(smallest, component, every)
    # where every pair was scored and is worth joining there is nothing to part: nearly all, told without a matrix
    is_whole = (np.bincount(own, minlength=len(size)) == size * (size - 1) // 2) & (lowest >= least)
    label = np.where(is_whole[component], smallest[component], every)
    scored = scored.take(np.flatnonzero(~is_whole[own]))
    rows = np.flatnonzero(~is_whole[component])
    rows = rows[np.lexsort((component[rows], size[component[rows]]))]
    # components in order of their size: `turn` of each row, and its seat there
    starts = np.flatnonzero(np.diff(component[rows], prepend=-1))
    sizes = size[component[rows[starts]]]
    turn, seat = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
    turn[rows] = np.repeat(np.arange(len(starts)), sizes)
    seat[rows] = np.arange(len(rows)) - starts[turn[rows]]
    scored = scored.take(np.argsort(turn[scored.left], kind="stable"))
    ends = np.searchsorted(turn[scored.left], np.arange(len(starts) + 1))
    for first, last in _batches(sizes):
        members = rows[starts[first] :][: (last - first) * sizes[first]].reshape(last - first, -1)
        batch = scored.take(np.arange(ends[first], ends[last]))
        seats = _Pairs(seat[batch.left], seat[batch.right], batch.bits)
        if sizes[first] > MOST_MEMBERS:
            labels = sparse_linkage(sizes[first], seats.left, seats.right, seats.bits, least, STRANGER_BITS)[None, :]
        else:
            labels = average_linkages(_matrices(members, turn[batch.left] - first, seats, unscored), least)
        label[members] = np.take_along_axis(members, labels, axis=1)
    return label


def _batches(sizes: np.ndarray) -> Iterator[tuple[int, int]]:
    """From where to where in the components, in order of their size, are as many of one size as fit at once.

    A component of more than MOST_MEMBERS comes alone.
    """
    for size in np.unique(sizes):
        start, end = (int(np.searchsorted(sizes, size, side=side)) for side in ("left", "right"))
        at_once = 1 if size > MOST_MEMBERS else max(1, _CELLS_AT_ONCE // int(size) ** 2)
        for first in range(start, end, at_once):
            yield first, min(first + at_once, end)


def _matrices(members: np.ndarray, owner: np.ndarray, seats: _Pairs, unscored: Unscored) -> np.ndarray:
    """The bits of all pairs in components of one size (a row of `members` each), of which `seats` were scored."""
    size = members.shape[1]
    bits = np.full((len(members), size, size), np.nan)
    bits[owner, seats.left, seats.right] = bits[owner, seats.right, seats.left] = seats.bits
    first, second = _corners(size)
    which, corner = np.nonzero(np.isnan(bits[:, first, second]))
    a, b = first[corner], second[corner]
    bits[which, a, b] = bits[which, b, a] = unscored(members[which, a], members[which, b])
    return bits


@lru_cache(maxsize=64)
def _corners(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of all pairs among so many members."""
    first, second = np.triu_indices(size, 1)
    return first, second
