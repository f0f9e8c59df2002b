"""What came of the examination of a rule of an extension, and why the rule is held where nothing good came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from screening.rules.evaluate import NotRun
from screening.rules.examination.trial import TRIALS, Trial, TrialQuestion


@dataclass(frozen=True)
class RuleExamination:
    """What was tried of a rule. `digest`: of the files of its extension, as they are now.

    `day`: when these files were examined by this version of the programme; None where nobody did, and then there are
    no trials.
    """

    code: str
    digest: str
    day: date | None = None
    trials: tuple[Trial, ...] = ()

    @property
    def why_held(self) -> NotRun | None:
        """Why the rule may not run; None where it passed every trial."""
        return why_held(self.code.partition(".")[0], self.trials, TRIALS)


def why_held(namespace: str, trials: Sequence[Trial], questions: Mapping[str, TrialQuestion]) -> NotRun | None:
    """Why what underwent these trials may not run; None where it passed each that is asked of it."""
    failed = [trial.name for trial in trials if not trial.is_passed]
    if failed:
        in_dutch = ", ".join(questions[name].name_nl for name in failed)
        return NotRun("not_passed", f"Niet geslaagd: {in_dutch}.", f"Did not pass: {', '.join(failed)}.")
    if set(questions) <= {trial.name for trial in trials}:
        return None
    command = f"barrier extensions examine {namespace}"
    return NotRun("not_examined", f"Niet onderzocht: geef {command}.", f"Not examined: give `{command}`.")
