"""The examination of a rule: what it must show on its own cases and on a made-up town before anyone may activate it."""

from screening.rules.examination.examine import examine_rule
from screening.rules.examination.night import Frames, Screened, screened
from screening.rules.examination.outcome import RuleExamination
from screening.rules.examination.trial import Trial

__all__ = ["Frames", "RuleExamination", "Screened", "Trial", "examine_rule", "screened"]
