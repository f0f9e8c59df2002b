"""Starting at all: without a mandate, purposes, a DPIA, advice, terms and two signatures no register is read.

A made-up municipality (code 9999) needs none of it and can read nothing real.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flows.activations import activations
from flows.catalogue import all_indicators
from flows.configuration import Configuration, today
from flows.configuration.local_tables import file_hashes
from flows.configuration.retention_terms import SNAPSHOTS, STATED
from flows.desk import Desk
from flows.environment import ledger_url, store_url
from screening.base.errors import ConfigurationError
from screening.ledger import Ledger, terminal_origin
from screening.ledger.open import DATABASE as LEDGER
from screening.mandate.approval import RuleInUse, ToApprove
from screening.mandate.signatures import change_refusals, in_force, record_in_force, signatures
from screening.mandate.signing import MandateState, approvals
from screening.store import Store
from screening.store.workspace import DATABASE as STORE


def require_mandate(configuration: Configuration, *, now: datetime | None = None) -> list[str]:
    """Let a command of a real municipality begin. A made-up municipality passes.

    The configuration in force and its signers are in the ledger afterwards: a change of it is an entry.

    Returns:
        What a person should know, a line each.

    Raises:
        ConfigurationError: something is missing, all of which it names.
        LedgerError: the ledger cannot be used.
    """
    if configuration.is_synthetic:
        return []
    refuse_without_mandate(configuration)
    with Desk(configuration, now=now) as desk:
        return put_in_force(state_of(configuration, desk.ledger, desk.store), desk.ledger, now=desk.now)


def refuse_without_mandate(configuration: Configuration) -> None:
    """Raise ConfigurationError as `require_mandate` does, and write nothing: for what leaves nothing behind."""
    if not configuration.is_synthetic and (missing := known_state(configuration).missing):
        raise ConfigurationError(_refusal(configuration, missing))


def put_in_force(state: MandateState, ledger: Ledger, *, now: datetime) -> list[str]:
    """Write in the ledger what is in force from now on, where that changed. Returns what a person should know."""
    if state.plan is None:
        return []
    return record_in_force(ledger, state.plan, state.before, now=now, origin=terminal_origin())


def examine(configuration: Configuration) -> tuple[list[str], list[str]]:
    """Look at what `require_mandate` asks, without writing anything.

    Returns:
        All that is missing, and what is in order, a line each. Both are empty for made-up data.
    """
    if configuration.is_synthetic:
        return [], []
    state = known_state(configuration)
    if state.unready or state.plan is None or state.signed is None:
        return list(state.missing), []
    governance, signed = state.plan.governance, state.signed
    fine = [
        f"Mandate of {governance.mandate.date}, DPIA {governance.dpia.id.strip()} valid until "
        f"{governance.dpia.valid_until}, advice {governance.fg_advice.id.strip()} of {governance.fg_advice.date}, "
        f"purposes {', '.join(sorted(governance.purposes))}.",
        f"Signed by {', '.join(signature.account for signature in signed.listed) or 'nobody'}.",
    ]
    if not all(signature.is_whole for signature in signed.listed):
        fine.append(f"Mapping since signed by {', '.join(each.account for each in signed.mapping) or 'nobody'}.")
    return list(state.missing), fine


def known_state(configuration: Configuration) -> MandateState:
    """How the mandate stands by what is there: no store and no ledger is made where there is none."""
    workspace = configuration.workspace
    with Desk(configuration, reads_only=True) as desk:
        return state_of(
            configuration,
            desk.ledger if ledger_url() or (workspace / LEDGER).exists() else None,
            desk.store if store_url() or (workspace / STORE).exists() else None,
        )


def state_of(configuration: Configuration, ledger: Ledger | None, store: Store | None) -> MandateState:
    """How the mandate of a configuration stands, by what its ledger and its store know; None: there is none yet."""
    plan = to_approve(configuration)
    before = in_force(ledger) if ledger else None
    unready = tuple(plan.missing(day_of_approval(configuration)))
    if unready:
        return MandateState(unready, unready, plan, before)
    signed = signatures(plan, approvals(store) if store else ())
    missing = signed.missing or change_refusals(before, plan, signed)
    return MandateState(tuple(missing), (), plan, before, signed)


def to_approve(configuration: Configuration) -> ToApprove:
    """What two people approve of this configuration."""
    rules, chosen = {rule.code: rule for rule in all_indicators()}, activations(configuration)
    unstated = [f"retention.{key}" for key in STATED if key not in configuration.retention.model_fields_set]
    if not configuration.states_snapshots:
        unstated.append(f"run.{SNAPSHOTS}")
    return ToApprove(
        file=configuration.file,
        content=configuration.content,
        unmapped=configuration.unmapped,
        governance=configuration.governance,
        registers=tuple(configuration.sources),
        rules=tuple(
            RuleInUse(code, rules[code].purposes, table.fg_advice)
            for code, table in configuration.indicators.items()
            if code in rules and not chosen[code].missing(rules[code])
        ),
        word_lists={
            code: table.word_list for code, table in configuration.indicators.items() if table.word_list is not None
        },
        areas=file_hashes(configuration.areas),
        unstated_terms=tuple(unstated),
    )


def day_of_approval(configuration: Configuration) -> date:
    """The day on which everything must hold: today, or the later date as of which is asked."""
    return max(configuration.as_of, today())


def _refusal(configuration: Configuration, missing: Iterable[str]) -> str:
    return (
        f"{configuration.file}: municipality {configuration.municipality.code} is real, and nothing of it is read "
        "before this is in order:\n"
        + "\n".join(f"  - {text}" for text in missing)
        + "\nWrite [governance] and [retention] (barrier mandate init shows them), and let two people sign on the page "
        "/mandaat of the review (barrier serve)."
    )
