"""The gist of an address: which business since when, which licences, which premises, who, and what was reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from screening.base.datasets import datasets
from screening.base.local_formats import without_repeated_years
from screening.review.views.dates import register_date
from screening.review.views.facts import DossierFact, activities, value_words
from screening.review.views.parties import Party
from screening.review.views.words import status_name, word

#: So many lines of one kind are shown; how many more there are is said.
MOST_LINES = 4
_LICENCES = ("vergunningen", "seksinrichtingen")
_OFFICES = ("leidinggevenden", "functionarissen")
_VISITED = ("controles", "maatregelen")
#: Registers that have a row of their own; what others hold, those of a municipality among them, has one together.
_WITH_ROW = (*_LICENCES, *_OFFICES, *_VISITED, "bag_adressen", "handelsregister", "meldingen")
_YEAR = timedelta(days=365)

#: One row of the gist: the key of its name, and its lines.
GistRow = tuple[str, tuple[str, ...]]


def gist(facts: Sequence[DossierFact], parties: Sequence[Party], *, as_of: date, language: str) -> list[GistRow]:
    """The rows of the gist, always in the same order, and "none" where the registers hold nothing.

    Args:
        facts: The records at the address.
        parties: Those named on the records.
        as_of: The day of the data; reports count of the year before it.
        language: `nl` or `en`.
    """
    names = {role.record: party.name for party in parties if not party.is_person for role in party.roles}
    reports = [fact for fact in facts if fact.dataset == "meldingen"]
    businesses = [fact for fact in facts if fact.dataset == "handelsregister"]
    closed = [fact for fact in businesses if _is_over(fact.values, as_of)]
    open_now = [fact for fact in businesses if fact not in closed]
    others = dict.fromkeys(fact.dataset for fact in facts if fact.dataset not in _WITH_ROW)
    other_lines = _lines(facts, [*others], lambda fact: _of_other(fact, language), language)
    before = _lines(closed, ("handelsregister",), lambda fact: _business(fact, names, language), language)
    rows: list[GistRow] = [
        ("business", _lines(open_now, ("handelsregister",), lambda fact: _business(fact, names, language), language)),
        *([("before", before)] if before else []),
        ("licences", _lines(facts, _LICENCES, lambda fact: _licence(fact, names, as_of, language), language)),
        ("premises", _lines(facts, ("bag_adressen",), lambda fact: _premises(fact, language), language)),
        ("people", _people(facts, parties, as_of, language)),
        ("reports", _reports(reports, as_of, language)),
        ("visited", _lines(facts, _VISITED, lambda fact: _visited(fact, language), language)),
        *([("others", other_lines)] if other_lines else []),
    ]
    none = {"business": "no_business_now"} if closed else {}
    return [(name, lines or (word("gist", none.get(name, f"no_{name}"), language),)) for name, lines in rows]


def _lines(
    facts: Iterable[DossierFact], chosen: Sequence[str], line: Callable[[DossierFact], str], language: str
) -> tuple[str, ...]:
    """A line each, the latest first."""
    its_facts = [fact for fact in facts if fact.dataset in chosen]
    its_facts.sort(key=lambda fact: fact.when.order if fact.when else "", reverse=True)
    return _cut([line(fact) for fact in its_facts], language)


def _is_over(values: Mapping[str, str], as_of: date) -> bool:
    ended = values.get("datum_einde") or values.get("datum_tot")
    return bool(ended) and str(ended) <= as_of.isoformat()


def _cut(lines: Sequence[str], language: str) -> tuple[str, ...]:
    """The first lines; of more than fit, how many are left."""
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    more = word("gist", "more", language).format(n=len(lines) - MOST_LINES + 1)
    return (*lines[: MOST_LINES - 1], more)


def _span(start: str | None, end: str | None, language: str) -> str:
    """From when until when, as far as the register says it."""
    begun, ended = (register_date(text, language) for text in (start, end))
    key = {(True, True): "span", (True, False): "since", (False, True): "until", (False, False): "undated"}
    text = word("gist", key[begun is not None, ended is not None], language)
    dates = {name: day.text for name, day in (("start", begun), ("end", ended)) if day}
    return text.format(**dict(zip(dates, without_repeated_years([*dates.values()]), strict=True)))


def _business(fact: DossierFact, names: dict[str, str], language: str) -> str:
    head = [names.get(fact.record) or fact.head]
    head += [", ".join(activities(fact.values, language))] if fact.values.get("sbi_codes") else []
    span = _span(fact.values.get("datum_aanvang"), fact.values.get("datum_einde"), language)
    return ", ".join(part for part in (*head, span) if part)


def _licence(fact: DossierFact, names: dict[str, str], as_of: date, language: str) -> str:
    values, head = fact.values, ": ".join(part for part in (fact.kind, fact.status) if part)
    whose = f", {names[fact.record]}" if fact.record in names else ""
    if "ingangsdatum" not in values and "einddatum" not in values and "datum_aanvraag" in values:
        asked = word("gist", "asked", language).format(day=value_words(values["datum_aanvraag"], language))
        if fact.status == status_name("aangevraagd", language):
            return f"{fact.kind or fact.head}{whose}, {asked}"
        return f"{head}{whose}, {asked}"
    head += whose
    span, note = _span(values.get("ingangsdatum"), values.get("einddatum"), language), ""
    if fact.status == status_name("verleend", language):
        if "einddatum" not in values:
            note = word("gist", "no_end", language)
        elif values["einddatum"] < as_of.isoformat():  # the register still calls it granted
            note = word("gist", "over", language)
    return ", ".join(part for part in (head, span, note) if part)


def _premises(fact: DossierFact, language: str) -> str:
    uses = value_words(fact.values["gebruiksdoelen"], language) if "gebruiksdoelen" in fact.values else ""
    area = fact.values.get("oppervlakte", "")
    size = f"{area} m²" if area and area not in {"1", "999999"} else word("gist", "no_size", language)
    return ", ".join(part for part in (uses, size, (fact.status or "").lower()) if part)


def _people(facts: Sequence[DossierFact], parties: Sequence[Party], as_of: date, language: str) -> tuple[str, ...]:
    """Managers of licences, officers of companies and persons with a licence: as what, and until when if it ended."""
    values = {fact.record: fact.values for fact in facts}
    lines = []
    for party in parties:
        offices = _OFFICES + (_LICENCES if party.is_person else ())
        roles = [role for role in party.roles if role.record.split(":", 1)[0] in offices]
        held = [_office(role.role, values.get(role.record, {}), as_of, language) for role in roles]
        if held:
            lines.append(f"{party.name} ({', '.join(dict.fromkeys(held))})")
    return _cut(lines, language)


def _office(role: str, values: Mapping[str, str], as_of: date, language: str) -> str:
    if not _is_over(values, as_of):
        return role
    return f"{role} {_span(None, values.get('datum_einde') or values.get('datum_tot'), language)}"


def _reports(reports: Sequence[DossierFact], as_of: date, language: str) -> tuple[str, ...]:
    """How many reports of the last year, by kind; and how many earlier ones."""
    since = (as_of - _YEAR).isoformat()
    recent = [fact for fact in reports if fact.when and fact.when.order[:10] > since]
    kinds = Counter(fact.kind or "" for fact in recent)
    by_kind = ", ".join(f"{number}× {kind}" for kind, number in kinds.most_common() if kind)
    lines = [by_kind or word("gist", "no_reports", language)] if reports else []
    earlier = len(reports) - len(recent)
    if earlier:
        lines.append(word("gist", "earlier", language).format(n=earlier))
    return tuple(lines)


def _of_other(fact: DossierFact, language: str) -> str:
    """A record of a register without a row of its own: which register, what, and when by its contract."""
    begin, end = datasets()[fact.dataset].span if fact.dataset in datasets() else ("", "")
    day = fact.when.text if fact.when else ""
    span = _span(fact.values.get(begin), fact.values.get(end), language) if begin else day
    return f"{fact.register}: {', '.join(filter(None, (fact.kind or fact.head, span)))}"


def _visited(fact: DossierFact, language: str) -> str:
    """An inspection or a measure: when, what, and what was found or decided."""
    finding = fact.values.get("bevinding")
    outcome = status_name(finding, language) if finding else ""
    parts = (fact.when.text if fact.when else "", fact.kind or fact.head, outcome)
    return ", ".join(part for part in parts if part)
