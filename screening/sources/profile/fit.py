"""How well what a column holds fits one of ours, and which code each of its spellings means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.process import extract

from screening.base.datasets import Column
from screening.sources.profile.columns import ColumnProfile
from screening.sources.profile.spellings import MOST_VALUES
from screening.sources.profile.words import fold_code, spellings_of

#: How much alike a spelling is to one that is known before it is proposed: as certain, and as unsure.
SURE, UNSURE = 88.0, 65.0
_BEFORE_A_RIVAL = 5.0
_DENYING = frozenset({"geen", "niet", "no", "non", "not", "zonder"})
_DATES = ("date", "moment", "serial", "compact_date", "partial")
_BAG_IDS = ("bag_number", "bag_object", "bag_building")


@dataclass(frozen=True)
class SpellingMatch:
    """A spelling that is shown or known: its rows, and the code that it means. `is_sure`: no person need look."""

    spelling: str
    rows: int
    code: str | None
    is_sure: bool


@dataclass(frozen=True)
class _Kind:
    """What a column of ours holds: the share of the rows that it is asked of, and the least of it."""

    share: Callable[[ColumnProfile], float]
    least: float


def _of(*kinds: str) -> Callable[[ColumnProfile], float]:
    return lambda profile: profile.share(*kinds)


def _dates(profile: ColumnProfile) -> float:
    return min(profile.share(*_DATES) + sum(profile.forms.values()), 1.0)


def _numbers(profile: ColumnProfile) -> float:
    return profile.share("number") - profile.share(*_BAG_IDS, "vestiging")


def _street(profile: ColumnProfile) -> float:
    """Abroad a street may begin with its number: what is neither number nor long text may be one."""
    is_text = profile.share("number") < 0.1 and profile.share("long") < 0.3
    return max(profile.share("words"), profile.share("address"), 0.6 if is_text else 0.0)


def _town(profile: ColumnProfile) -> float:
    return 0.0 if profile.distinct > 0.5 * profile.filled else profile.share("words")


def _whole_address(profile: ColumnProfile) -> float:
    return max(profile.share("address"), profile.share("postcode"))


def _addition(profile: ColumnProfile) -> float:
    return 1.0 - profile.share("long")


#: What columns hold whose name says it, whose form says it, whose type says it: the first that fits.
_BY_NAME = {
    "nummeraanduiding_id": _Kind(_of("bag_number"), 0.4),
    "pand_id": _Kind(_of("bag_building"), 0.4),
    "lat": _Kind(_of("lat"), 0.7),
    "lon": _Kind(_of("lon"), 0.7),
    "rd_x": _Kind(_of("rd_x"), 0.7),
    "rd_y": _Kind(_of("rd_y"), 0.7),
    "straatnaam": _Kind(_street, 0.6),
    "huisnummer": _Kind(_of("house_number"), 0.6),
    "huisletter": _Kind(_addition, 0.9),
    "huisnummertoevoeging": _Kind(_addition, 0.9),
    "adres_tekst": _Kind(_whole_address, 0.5),
    "plaats": _Kind(_town, 0.6),
    "woonplaats": _Kind(_town, 0.6),
    "openingstijden": _Kind(_of("hours"), 0.5),
}
_BY_FORM = {
    "kvk_nummer": _Kind(_of("kvk", "kvk_cut"), 0.4),
    "vestigingsnummer": _Kind(_of("vestiging"), 0.4),
    "rsin": _Kind(_of("nine"), 0.4),
    "postcode": _Kind(_of("postcode"), 0.4),
    "object_id": _Kind(_of("bag_object"), 0.4),
}
_BY_TYPE = {
    "date": _Kind(_dates, 0.5),
    "timestamp": _Kind(_dates, 0.5),
    "boolean": _Kind(_of("yes_no"), 0.7),
    "integer": _Kind(_numbers, 0.7),
    "number": _Kind(_numbers, 0.7),
}


def content_fit(column: Column, dataset: str, profile: ColumnProfile) -> float | None:
    """How well the content fits the column (0-1); None where it cannot be it."""
    if not profile.filled:
        return 0.0
    if column.codes:
        return _code_fit(column, dataset, profile)
    if not profile.telling:  # words for empty alone fit everywhere, and an open end where there are dates
        return 1.0 if profile.open_ends and column.logical_type == "date" else 0.0
    kind = _BY_NAME.get(column.name) or _BY_FORM.get(column.form or "") or _BY_TYPE.get(column.logical_type)
    if kind:
        share = kind.share(profile)
        return share if share >= kind.least else None
    return _text_fit(column, profile)


def _code_fit(column: Column, dataset: str, profile: ColumnProfile) -> float | None:
    if profile.distinct > 4 * MOST_VALUES or profile.share("date", "long") > 0.5:
        return None
    matched = sum(match.rows for match in match_spellings(dataset, column.name, profile) if match.code)
    return 0.25 + 0.75 * min(matched / profile.filled, 1.0)


def _text_fit(column: Column, profile: ColumnProfile) -> float | None:
    """A key tells rows apart, a name is no number, and no text is a date."""
    is_dated = profile.share("date", "moment") + sum(profile.forms.values()) > 0.5
    is_of_people = column.form in ("name", "free_text")
    if is_dated or (column.unique and profile.distinct < 0.9 * profile.filled):
        return None
    if is_of_people and profile.share("number") > 0.5:
        return None
    return 1.0 if column.unique else 0.9 if is_of_people else 0.7


def match_spellings(dataset: str, column: str, profile: ColumnProfile) -> list[SpellingMatch]:
    """What the spellings of a column mean: those of ours, the known ones, and those that are like one of them."""
    table = spellings_of(dataset, column)
    matches = []
    for spelling, rows in {**profile.known_codes, **profile.spellings}.items():
        folded = fold_code(spelling)
        if folded in table:
            matches.append(SpellingMatch(spelling, rows, table[folded], is_sure=True))
        elif spelling in profile.spellings and "|" not in spelling:
            alike = [other for other in table if _is_denied(other) == _is_denied(folded)]
            code, is_sure = _likeliest(extract(folded, alike, scorer=fuzz.token_sort_ratio, limit=3), table)
            matches.append(SpellingMatch(spelling, rows, code, is_sure))
    return matches


def _is_denied(folded: str) -> bool:
    """Whether a spelling says that something is not so: `niet verleend` is not like `verleend`."""
    return not _DENYING.isdisjoint(folded.split())


def _likeliest(best: list[tuple[str, float, int]], table: Mapping[str, str]) -> tuple[str | None, bool]:
    """The code of the spelling that is most alike; unsure where it is little alike, or another code nearly as much."""
    if not best or best[0][1] < UNSURE:
        return None, False
    code = table[best[0][0]]
    rival = max((score for spelling, score, _ in best[1:] if table[spelling] != code), default=0.0)
    return code, best[0][1] >= SURE and rival < SURE - _BEFORE_A_RIVAL
