"""Which of our registers a file looks like: by the names of its columns and by what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.base.datasets import Column, DataSet, datasets
from screening.sources.firewall import forbidden_category
from screening.sources.profile.columns import ColumnProfile
from screening.sources.profile.file_profile import FileProfile
from screening.sources.profile.fit import content_fit
from screening.sources.profile.words import hinted_register, names_alike

#: From this score on, and so far before the next, a file is taken for a register.
LEAST_SCORE = 0.48
_LEAST_LEAD = 0.05
_LEAST_BY_CONTENT = 0.15
_LEAST_FIT = 0.45
_NAME, _CONTENT = 0.6, 0.4
#: A column whose name says nothing is taken only where its content says much, as an id of the BAG does.
_TELLING = {"kvk_nummer": 0.7, "vestigingsnummer": 0.75, "object_id": 0.8, "postcode": 0.7, "code": 0.75, "rsin": 0.5}
#: What a date, or a column that tells rows apart, is worth where no name of a column is known.
_TELLING_WITHOUT_NAMES = 0.5
_OPTIONAL = 0.35
_HINT = 0.08
#: A file that is called as a register is taken for it also where little of it is known.
_LEAST_HINTED, _HINTED_BESIDE_FIRST = 0.15, 0.5
#: What an adapter reads is of one register.
_OF_KIND = {
    "BAG 2.0 extract": "bag_adressen",
    "Signalen export": "meldingen",
    "Signalen page": "meldingen",
    "daily list of Signalen": "meldingen",
    "ZGW": "vergunningen",
    "profiles of the trade register": "handelsregister",
    "official notices": "vergunningen",
}


@dataclass(frozen=True)
class Fit:
    """A column of a file that feeds one of ours, and how well it fits (0-1)."""

    column: str
    profile: ColumnProfile
    score: float


@dataclass(frozen=True)
class Recognition:
    """How much a file looks like a register: the score (0-1), and which column feeds which of ours.

    `has_names`: whether the names of the file's columns are known; without, nothing but its content tells. `is_hinted`:
    whether the file is called as the register, `is_of_kind`: whether its kind is one of this register alone.
    """

    dataset: str
    score: float
    fits: Mapping[str, Fit]
    has_names: bool = True
    is_hinted: bool = False
    is_of_kind: bool = False


def rank_registers(file: FileProfile) -> list[Recognition]:
    """Every register with its score, the likeliest first."""
    alike = names_alike([column.name for column in file.columns])
    hint = hinted_register(file.name)
    ranked = [_recognise(file, about, alike, is_hinted=hint == dataset) for dataset, about in datasets().items()]
    return sorted(ranked, key=lambda recognition: (-recognition.score, list(datasets()).index(recognition.dataset)))


def recognised(ranked: list[Recognition]) -> Recognition | None:
    """The register that a file is taken for; None where none is like it, or two are."""
    first, second = ranked[0], ranked[1]
    sure = next((recognition for recognition in ranked if recognition.is_of_kind), None)
    if sure:
        return sure
    is_clear = first.score >= LEAST_SCORE and first.score >= second.score + _LEAST_LEAD
    is_clear_by_content = not first.has_names and first.score >= _LEAST_BY_CONTENT and first.score >= 1.5 * second.score
    if is_clear or is_clear_by_content:
        return first
    hinted = next((recognition for recognition in ranked if recognition.is_hinted), None)
    is_enough = hinted and hinted.score >= max(_LEAST_HINTED, _HINTED_BESIDE_FIRST * first.score)
    return hinted if is_enough else None


def _recognise(
    file: FileProfile, about: DataSet, alike: list[dict[tuple[str, str], float]], *, is_hinted: bool
) -> Recognition:
    pairs = [
        Fit(name, profile, score)
        for profile, names in zip(file.columns, alike, strict=True)
        if not profile.category and not forbidden_category(profile.name, about.name)
        for name, column in about.columns.items()
        if column.form not in {"term_ids", "outline"}
        and (score := _pair(column, about.name, profile, names.get((about.name, name), 0.0), file)) >= _LEAST_FIT
    ]
    order = list(about.columns)
    fits: dict[str, Fit] = {}
    taken: set[int] = set()
    for fit in sorted(pairs, key=lambda fit: (-fit.score, order.index(fit.column), fit.profile.place)):
        if fit.column not in fits and fit.profile.place not in taken:
            fits[fit.column] = fit
            taken.add(fit.profile.place)
    if not file.are_names_known:
        fits |= _name_that_is_left(file, about, fits)
    score = _score(about, fits, len([column for column in file.columns if not column.category]))
    if not file.are_names_known and _lacks_codes(about, fits):
        score = 0.0
    if is_hinted and score >= LEAST_SCORE / 2:
        score += _HINT
    in_order = {name: fits[name] for name in order if name in fits}
    is_of_kind = _OF_KIND.get(file.kind) == about.name
    return Recognition(about.name, round(min(score, 1.0), 3), in_order, file.are_names_known, is_hinted, is_of_kind)


def _lacks_codes(about: DataSet, fits: Mapping[str, Fit]) -> bool:
    """Whether none of the code lists that every row of the register must keep to is kept to in the file."""
    required = {name for name, column in about.columns.items() if column.form == "code" and column.required}
    return bool(required) and not required & fits.keys()


def _name_that_is_left(file: FileProfile, about: DataSet, fits: Mapping[str, Fit]) -> dict[str, Fit]:
    """Without a header: the one column of text that is left, for the one required name that is."""
    taken = {fit.profile.place for fit in fits.values()}
    left = [column for column in file.columns if column.place not in taken and column.share("number") < 0.5]
    names = [name for name, column in about.columns.items() if column.form == "name" and column.required]
    if len(left) != 1 or len(names) != 1 or names[0] in fits:
        return {}
    return {names[0]: Fit(names[0], left[0], _LEAST_FIT)}


def _score(about: DataSet, fits: Mapping[str, Fit], columns: int) -> float:
    """The columns that it has, each as heavy as few registers have one of that name; and how many of the file's fit.

    Optional columns are together no heavier than the required ones: few files have many of them.
    """
    required = sum(_weight(name) for name, column in about.columns.items() if column.required)
    optional = sum(_weight(name) * _OPTIONAL for name, column in about.columns.items() if not column.required)
    heavy = required + min(optional, required)
    has = sum(
        _weight(name) * fit.score * (1.0 if about.columns[name].required else _OPTIONAL) for name, fit in fits.items()
    )
    explained = len(fits) / columns if columns else 0.0
    return has / heavy * (0.75 + 0.25 * explained)


def _weight(name: str) -> float:
    return 1 / sum(name in about.columns for about in datasets().values())


def _pair(column: Column, dataset: str, profile: ColumnProfile, alike: float, file: FileProfile) -> float:
    content = content_fit(column, dataset, profile)
    if content is None:
        return 0.0
    if not profile.filled:
        return alike * 0.6 if alike else 0.0
    if not alike:
        tells = not file.are_names_known and (column.unique or column.logical_type in ("date", "timestamp"))
        return content * _TELLING.get(column.form or "", _TELLING_WITHOUT_NAMES if tells else 0.0)
    return _NAME * alike + _CONTENT * content
