"""What was found before a run, and how grave it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from screening.base.errors import BarrierError
from screening.base.vocabulary import ExitCode

#: The gravest first.
_GRAVITY = (
    ExitCode.CONFIGURATION,
    ExitCode.UNEXPECTED,
    ExitCode.CANNOT_WRITE,
    ExitCode.CONTRACT_STOP,
    ExitCode.STALE_OR_MISSING,
)


@dataclass(frozen=True)
class CheckFinding:
    """What was found of one subject."""

    subject: str
    ok: bool
    text: str
    exit_code: int = ExitCode.OK


@dataclass
class Findings:
    """Everything that was found; the exit code is that of the gravest finding."""

    findings: list[CheckFinding] = field(default_factory=list)

    def add(self, subject: str, text: str, exit_code: int = ExitCode.OK) -> None:
        """Add what was found of a subject."""
        self.findings.append(CheckFinding(subject, exit_code == ExitCode.OK, text, exit_code))

    def refuse(self, subject: str, error: BarrierError) -> None:
        """Add an error, a line each."""
        for line in str(error).splitlines():
            self.add(subject, line, error.exit_code)

    @property
    def exit_code(self) -> int:
        """That of the gravest finding."""
        codes = {finding.exit_code for finding in self.findings}
        return next((code for code in _GRAVITY if code in codes), ExitCode.OK)

    def document(self) -> dict[str, object]:
        """The findings as JSON."""
        return {"exit_code": int(self.exit_code), "findings": [vars(finding) for finding in self.findings]}
