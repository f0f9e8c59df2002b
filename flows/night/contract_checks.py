"""In which nights Great Expectations judges the registers too, and what a run says of it."""

from __future__ import annotations

from flows.catalogue import code_version, contracts_in_force
from flows.desk import Desk
from flows.night.staging import Night
from screening.base.frames import Row
from screening.contracts.check_rule import JudgedBy, plan_check

#: Key of `run.json` under which a run says what judged its registers.
CONTRACT_CHECKS = "contract_checks"


def plan_contract_check(night: Night, desk: Desk) -> bool:
    """Decide whether Great Expectations judges this night too, and note it."""
    settings = night.settings
    last = desk.store.last_published(before=settings.as_of)
    lacks = {dataset: spec.lacks for dataset, spec in settings.source_specs.items()}
    plan = plan_check(
        desk.store.summary(last.run_id).get(CONTRACT_CHECKS, {"nights": 0}) if last else None,
        JudgedBy.of(code_version(), contracts_in_force(settings), lacks),
        is_synthetic=settings.is_synthetic,
    )
    night.put(CONTRACT_CHECKS, plan)
    return bool(plan["is_checked"])


def contract_checks_document(night: Night, run_id: str) -> Row:
    """What `run.json` says: what judged, whether Great Expectations did, and in which run it did last."""
    plan = night.get(CONTRACT_CHECKS)
    return {**plan, "checked_in": run_id if plan["is_checked"] else plan["checked_in"]}
