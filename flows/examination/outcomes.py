"""What came of an examination, kept in the workspace for these very files of an extension and this very code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from flows.catalogue import all_indicators, code_version
from screening.extensions import Extension, extensions_in_force
from screening.frames import Row
from screening.rules import Indicator, NotRun
from screening.rules.examination import Trial
from screening.rules.examination.trial import TRIALS

#: The folder of the workspace in which outcomes are kept.
FOLDER = "examinations"


def extension_of(rule: Indicator) -> Extension | None:
    """The extension in force that a rule is of; None of a rule of the programme."""
    namespace = rule.code.rpartition(".")[0]
    return next((extension for extension in extensions_in_force() if extension.namespace == namespace), None)


def keep_outcome(workspace: Path, extension: Extension, trials: Iterable[Trial]) -> Row:
    """Write down what was tried and what was wrong; the same files and code have one outcome."""
    outcome = {
        "namespace": extension.namespace, "digest": extension.digest, "code_version": code_version(),
        "trials": [
            {"code": trial.code, "name": trial.name, "tried": trial.tried, "faults": list(trial.faults)}
            for trial in trials
        ],
    }  # fmt: skip
    path = _path(workspace, extension)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(outcome, ensure_ascii=False, indent=1), "utf-8")
    partial.replace(path)
    return outcome


def kept_outcome(workspace: Path, extension: Extension) -> Row | None:
    """The outcome for these very files and this very code; None where they were not examined."""
    try:
        outcome = json.loads(_path(workspace, extension).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(outcome, dict):
        return None
    is_same = (outcome.get("digest"), outcome.get("code_version")) == (extension.digest, code_version())
    return outcome if is_same else None


def unexamined_rules(workspace: Path) -> dict[str, NotRun]:
    """Code -> why a rule of an extension is held: nobody examined it as it is now, or it did not pass."""
    reasons: dict[str, NotRun] = {}
    for rule in all_indicators():
        extension = extension_of(rule)
        if extension is None:
            continue
        why = _why(rule, extension, kept_outcome(workspace, extension))
        if why is not None:
            reasons[rule.code] = why
    return reasons


def _why(rule: Indicator, extension: Extension, outcome: Row | None) -> NotRun | None:
    trials = [trial for trial in outcome["trials"] if trial["code"] == rule.code] if outcome else []
    failed = [trial["name"] for trial in trials if trial["faults"]]
    if failed:
        in_dutch = ", ".join(TRIALS[name].name_nl for name in failed)
        return NotRun("not_passed", f"Niet geslaagd: {in_dutch}.", f"Did not pass: {', '.join(failed)}.")
    if set(TRIALS) <= {trial["name"] for trial in trials}:
        return None
    command = f"`barrier extensions examine {extension.namespace}`"
    return NotRun("not_examined", f"Niet onderzocht: geef {command}.", f"Not examined: give {command}.")


def _path(workspace: Path, extension: Extension) -> Path:
    digest, code = extension.digest.rpartition(":")[2][:16], code_version().rpartition("+")[2]
    return workspace / FOLDER / f"{extension.namespace}-{digest}-{code}.json"
