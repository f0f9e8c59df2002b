"""What the ledger of decisions lets a night do: asked before the rules run, and again right before it is published."""

from __future__ import annotations

import json

from flows.catalogue import all_contracts, all_indicators
from flows.configuration import today
from flows.examination.outcomes import unexamined_rules
from flows.night.staging import Night
from screening.base.frames import Row
from screening.store.rules.consent import held
from screening.store.rules.governance import rule_governance, stopped_rules
from screening.store.schema.rules import ALL_RULES


def allowed_purposes(contracts: Row) -> dict[str, dict[str, tuple[str, ...]]]:
    """Data set -> column -> the purposes its contract keeps it for; "" is the data set as a whole."""
    return {
        dataset: {"": contract.about.purposes}
        | {name: column.purposes for name, column in contract.about.columns.items()}
        for dataset, contract in contracts.items()
    }


def held_tonight(night: Night, activations: Row) -> Row:
    """Code -> why a rule may not run (`rules.NotRun`); what was asked is kept in the night's folder.

    An approval must hold today and on `as_of`: a run of an earlier night is processing of today.
    """
    with night.desk() as desk:
        settings, state = desk.configuration, rule_governance(desk.store)
    held_rules = held(
        all_indicators(),
        activations,
        state,
        allowed=allowed_purposes(all_contracts()),
        day=max(settings.as_of, today()),
        is_synthetic=settings.is_synthetic,
        unexamined=unexamined_rules(settings.workspace),
    )
    active = {code: version.version_id for code in settings.indicators if (version := state.active(code))}
    night.put(
        "governance",
        {
            "stopped": sorted(state.stopped),
            "held": {code: why.kind for code, why in sorted(held_rules.items())},
            "versions": active,
        },
    )
    return held_rules


def is_up_to_date(night: Night) -> bool:
    """Whether the rules ran under the stops that are in force now."""
    with night.desk() as desk:
        return bool(sorted(stopped_rules(desk.store)) == night.get("governance")["stopped"])


def consent_identity(night: Night) -> str:
    """Return what of the decisions takes part in the run id: another decision may give another run."""
    decisions = night.get("governance")
    decided = {name: decisions[name] for name in ("stopped", "held", "versions") if decisions.get(name)}
    return "\n" + json.dumps(decided, sort_keys=True) if decided else ""


def consent_document(night: Night) -> dict[str, object]:
    """What `run.json` says of it: codes and versions, no person."""
    decisions, is_all = night.get("governance"), are_all_stopped(night)
    return {
        "stopped": decisions["stopped"],
        "all_stopped": is_all,
        "versions": decisions["versions"],
        "note_nl": "Alle indicatoren zijn stopgezet. Er zijn geen treffers en geen aandachtspunten. Alleen de aselecte "
        "steekproef blijft over."
        if is_all
        else "",
        "note_en": "All indicators are stopped. There are no hits and no flags. Only the random sample remains."
        if is_all
        else "",
    }


def are_all_stopped(night: Night) -> bool:
    """Whether every rule that is configured is stopped, one by one or all at once."""
    stopped = set(night.get("governance")["stopped"])
    return ALL_RULES in stopped or (bool(stopped) and set(night.settings.indicators) <= stopped)
