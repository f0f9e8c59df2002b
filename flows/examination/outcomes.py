"""What came of an examination, kept in the workspace for these very files of an extension and this very code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from flows.catalogue import all_indicators, code_version
from flows.examination.reader_trials import READER_TRIALS
from screening.base.extensions import Extension, extensions_in_force
from screening.base.frames import Row
from screening.rules import Indicator, NotRun
from screening.rules.examination import RuleExamination, Trial
from screening.rules.examination.outcome import why_held

#: The folder of the workspace in which outcomes are kept.
FOLDER = "examinations"


def extension_of(rule: Indicator) -> Extension | None:
    """The extension in force that a rule is of; None of a rule of the programme."""
    namespace = rule.code.rpartition(".")[0]
    return next((extension for extension in extensions_in_force() if extension.namespace == namespace), None)


def keep_outcome(workspace: Path, extension: Extension, trials: Iterable[Trial], *, day: date) -> Row:
    """Write down what was tried on a day and what was wrong; the same files and code have one outcome."""
    outcome = {
        "namespace": extension.namespace,
        "digest": extension.digest,
        "code_version": code_version(),
        "day": day.isoformat(),
        "trials": [
            {"code": trial.code, "name": trial.name, "tried": trial.tried, "faults": list(trial.faults)}
            for trial in trials
        ],
    }
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
    if not isinstance(outcome, dict) or "day" not in outcome:
        return None
    is_same = (outcome.get("digest"), outcome.get("code_version")) == (extension.digest, code_version())
    return outcome if is_same else None


def rule_examinations(workspace: Path) -> dict[str, RuleExamination]:
    """Code -> what came of the examination of each rule of an extension, of its files as they are now."""
    examinations: dict[str, RuleExamination] = {}
    for rule in all_indicators():
        extension = extension_of(rule)
        if extension is not None:
            outcome = kept_outcome(workspace, extension)
            examinations[rule.code] = RuleExamination(
                rule.code,
                extension.digest,
                date.fromisoformat(outcome["day"]) if outcome else None,
                _trials(rule.code, outcome),
            )
    return examinations


def _trials(code: str, outcome: Row | None) -> tuple[Trial, ...]:
    """What was tried of a rule or a reader."""
    trials = [trial for trial in outcome["trials"] if trial["code"] == code] if outcome else []
    return tuple(Trial(code, trial["name"], trial["tried"], tuple(trial["faults"])) for trial in trials)


def unexamined_rules(workspace: Path) -> dict[str, NotRun]:
    """Code -> why a rule of an extension is held: nobody examined it as it is now, or it did not pass."""
    examinations = rule_examinations(workspace)
    return {code: why for code, examination in examinations.items() if (why := examination.why_held)}


def unexamined_readers(workspace: Path) -> dict[str, NotRun]:
    """Name -> why a reader of an extension is held, as rules are: no delivery is read by it."""
    reasons: dict[str, NotRun] = {}
    for extension in extensions_in_force():
        for name in extension.readers:
            trials = _trials(name, kept_outcome(workspace, extension))
            if why := why_held(extension.namespace, trials, READER_TRIALS):
                reasons[name] = why
    return reasons


def _path(workspace: Path, extension: Extension) -> Path:
    digest, code = extension.digest.rpartition(":")[2][:16], code_version().rpartition("+")[2]
    return workspace / FOLDER / f"{extension.namespace}-{digest}-{code}.json"
