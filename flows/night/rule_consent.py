"""What the ledger of decisions lets a night do: asked before the rules run, and again right before it is published."""

from __future__ import annotations

from flows.configuration import load as settings_module
from flows.desk import open_configured_store
from flows.night.staging import Night


def allowed_purposes(contracts: dict) -> dict[str, dict[str, tuple[str, ...]]]:
    """Data set -> column -> the purposes its contract keeps it for; "" is the data set as a whole."""
    return {
        dataset: {"": contract.about.purposes}
        | {name: column.purposes for name, column in contract.about.columns.items()}
        for dataset, contract in contracts.items()
    }


def held_tonight(night: Night, activations: dict) -> dict:
    """Code -> why a rule may not run (`rules.NotRun`); what was asked is kept in the night's folder.

    An approval must hold today and on `as_of`: a run of an earlier night is processing of today.
    """
    from flows.catalogue import all_contracts, all_indicators
    from screening.store import governance
    from screening.store.rules.consent import held

    settings = night.settings
    with open_configured_store(settings) as store:
        state = governance(store)
    found = held(
        all_indicators(),
        activations,
        state,
        allowed=allowed_purposes(all_contracts()),
        day=max(settings.as_of, settings_module.today()),
        is_synthetic=settings.is_synthetic,
    )
    active = {code: one.version_id for code in settings.indicators if (one := state.active(code))}
    night.put("governance", {
        "stopped": sorted(state.stopped),
        "held": {code: why.kind for code, why in sorted(found.items())},
        "versions": active,
    })  # fmt: skip
    return found


def is_up_to_date(night: Night) -> bool:
    """Whether the rules ran under the stops that are in force now."""
    from screening.store import stops

    with open_configured_store(night.settings) as store:
        return sorted(stops(store)) == night.get("governance")["stopped"]


def identity(night: Night) -> str:
    """What of the governance takes part in the run id: another decision may give another run."""
    import json

    known = night.get("governance")
    said = {name: known.get(name) for name in ("stopped", "held", "versions") if known.get(name)}
    return "\n" + json.dumps(said, sort_keys=True) if said else ""


def document(night: Night) -> dict:
    """What `run.json` says of it: codes and versions, no person."""
    known, is_all = night.get("governance"), are_all_stopped(night)
    return {
        "stopped": known["stopped"],
        "all_stopped": is_all,
        "versions": known["versions"],
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
    from screening.store import ALL_RULES

    stopped = set(night.get("governance")["stopped"])
    return ALL_RULES in stopped or (bool(stopped) and set(night.settings.indicators) <= stopped)
