"""A rule on the made-up town as it is and with other names: what no case shows may show among many addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from screening.rules.declare import Indicator
from screening.rules.evaluate import evaluate
from screening.rules.examination.ablation import declared_before
from screening.rules.examination.names import names_read
from screening.rules.examination.night import Frames, all_activated
from screening.rules.tables import Tables


def changed_in_town(
    rule: Indicator, rules: Mapping[str, Indicator], town: Frames, as_of: date, renamed: Callable[[Frames], Frames]
) -> list[str]:
    """Hits of a rule that come or go in a town where names are replaced; a rule that reads no name is not run.

    `renamed`: the tables with other names in them.
    """
    if not names_read(rule):
        return []
    chosen = declared_before([rule.code], rules)
    seen = {name for earlier in chosen for name in earlier.inputs} | {"bag_adressen", "koppelingen"}
    tables = {name: frame for name, frame in town.items() if name in seen}
    before, after = (_hits(rule, chosen, frames, as_of) for frames in (tables, renamed(tables)))
    return [f"in the made-up town a hit at {address} comes or goes" for address, _ in sorted(before ^ after, key=str)]


def _hits(rule: Indicator, chosen: list[Indicator], tables: Frames, as_of: date) -> set[tuple[str, tuple[str, ...]]]:
    result = evaluate(chosen, Tables(tables), as_of=as_of, activations=all_activated(chosen, as_of))
    rows = (result.findings if rule.is_finding else result.evidence).to_dicts()
    return {(row["address_id"], tuple(row["record_ids"])) for row in rows if row["indicator"] == rule.code}
