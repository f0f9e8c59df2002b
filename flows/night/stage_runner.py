"""The stages of a night one after another: each runs, or what it left in a night that broke is put back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path

from flows.configuration import Configuration
from flows.night.guard import fenced
from flows.night.stage_inputs import TABLES, outside
from flows.night.stage_outputs import StageOutput, StageOutputs
from flows.night.staging import Night
from screening.base.errors import ConfigurationError
from screening.base.machine import peak_memory_bytes
from screening.store import Workspace
from screening.store.files import remove

#: Called with the name of a stage when it begins, and again with its seconds when it has ended.
OnStage = Callable[[str, float | None], None]
Stage = Callable[[str], None]
#: Whether the stage that runs now is tried again where it ends with what may pass: then it need not do with less.
is_tried_again: ContextVar[bool] = ContextVar("is_tried_again", default=False)


def directly(_name: str, stage: Stage, folder: str) -> None:
    """Run a stage in this process."""
    stage(folder)


class StageRunner:
    """Runs the stages of one night in its folder.

    `seconds`: stage -> seconds, those of an earlier night where it was put back. `resumed_from`: the first stage that
    ran, where others were put back. `outputs`: what is kept of each; the night clears it when it is published.
    """

    def __init__(
        self,
        settings: Configuration,
        folder: Path,
        call: Callable[[str, Stage, str], None],
        hear: OnStage,
        *,
        is_dry_run: bool = False,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self.resumed_from: str | None = None
        self.outputs = StageOutputs(Workspace(settings.workspace), folder)
        self._settings, self._folder, self._call, self._hear = settings, folder, call, hear
        self._is_dry_run = is_dry_run
        self._last: StageOutput | None = None  # what the next stage begins with; None: nothing but the configuration

    def run(self, stages: Sequence[tuple[str, Stage]], *, from_stage: str | None = None) -> None:
        """Run these stages in order.

        Args:
            stages: Name and function.
            from_stage: Run this one and all after it, whatever is kept; those before it are put back.

        Raises:
            ConfigurationError: what comes before `from_stage` is not kept, or does not hold any more.
            BarrierError: a stage failed.
        """
        night = Night.begin(self._folder, self._settings, is_dry_run=self._is_dry_run)
        read_outside: dict[str, str] = {}
        if not self._is_dry_run:
            with night.desk() as desk:
                read_outside = {name: outside(name, desk) for name, _ in stages if name in TABLES}
        names = [name for name, _ in stages]
        if from_stage and from_stage not in names:
            raise ConfigurationError(f"--from {from_stage}: the stages are {', '.join(names)}.")
        ready = self._put_back(names, self._kept(names, read_outside), from_stage)
        for name, seconds in ready.items():
            self._hear(name, None)
            self.seconds[name] = seconds
            self._hear(name, 0.0)
        if ready and len(ready) < len(stages):
            self.resumed_from = names[len(ready)]
        for name, stage in stages[len(ready) :]:
            self._run(night, name, stage, read_outside.get(name))

    def _kept(self, names: Sequence[str], read_outside: Mapping[str, str]) -> list[StageOutput]:
        """Find what is kept of the first stages and still holds, in order."""
        kept: list[StageOutput] = []
        files: Mapping[str, str] = self.outputs.files()
        for name in names:
            output = self.outputs.get(self.outputs.address(name, read_outside.get(name, ""), files))
            if output is None:
                break
            kept.append(output)
            files = output.files
        return kept

    def _put_back(self, names: Sequence[str], kept: Sequence[StageOutput], from_stage: str | None) -> dict[str, float]:
        """Put back the last output that can be; return the stages that need not run with the seconds that they took."""
        before = names.index(from_stage) if from_stage else len(kept)
        whole = kept[:before]
        while whole and not self.outputs.put_back(whole[-1]):
            whole = whole[:-1]
        if from_stage and len(whole) < before:
            raise ConfigurationError(
                f"--from {from_stage}: what the stages before it left is not kept, or holds no more: a night left it "
                "more than a day ago, or a register, the code or a decision is another since. Leave --from out."
            )
        self._last = whole[-1] if whole else None
        return {output.stage: output.seconds for output in whole}

    def _run(self, night: Night, name: str, stage: Stage, read_outside: str | None) -> None:
        address = self.outputs.address(name, read_outside) if read_outside else None
        self._hear(name, None)
        start = time.perf_counter()
        night.put("measured", {"timings": self.seconds, "peak_memory_mb": _peak_memory_mb(night)})
        self._call(name, fenced(name, self._again_from_its_inputs(stage)), str(self._folder))
        self.seconds[name] = round(time.perf_counter() - start, 2)
        if address:
            self.outputs.keep(name, address, self.seconds[name])
            self._last = self.outputs.get(address)
        self._hear(name, self.seconds[name])

    def _again_from_its_inputs(self, stage: Stage) -> Stage:
        """A stage that, when a scheduler tries it again, finds its folder as it was before the first try."""
        tries = 0

        def run(folder: str) -> None:
            nonlocal tries
            tries += 1
            if tries > 1 and not (self._last and self.outputs.put_back(self._last)):
                self._begin_anew()
            stage(folder)

        return run

    def _begin_anew(self) -> None:
        """Make the folder that of a night in which no stage has run."""
        for path in self._folder.iterdir():
            remove(path)
        Night.begin(self._folder, self._settings, is_dry_run=self._is_dry_run)
        self._last = None


def _peak_memory_mb(night: Night) -> int:
    """Peak resident memory so far in MB: of this process, or of it and those that read deliveries for it together."""
    so_far: int = night.get("measured").get("peak_memory_mb", 0)
    return max(round(peak_memory_bytes() / 1_000_000), so_far)
