"""`barrier init`: a whole `screening.toml` from a folder of exports, and what is still open in it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows.catalogue import all_indicators
from flows.configuration.tables import SYNTHETIC_CODE
from flows.intake.profile import ProfiledFile, look_at
from flows.mandate.template import template
from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError
from screening.contracts.manifest import SUFFIX as MANIFEST
from screening.sources.isolated import profile_files_apart
from screening.sources.profile.file_profile import FileProfile
from screening.sources.profile.toml_lines import quoted
from screening.store.files import write_file

_UNKNOWN_CODE = "0000"
#: What lies beside exports and is none.
_NO_EXPORTS = (".toml", ".sig", ".md", ".html", ".log", MANIFEST)
_EXAMPLE = 'legal_basis = "{basis}"\ndpia = "{dpia}"\nfg_advice = {advice}'


@dataclass
class InitialConfiguration:
    """What was written: the file, what became of each export, and what is still open, a sentence each."""

    path: Path
    files: dict[str, str] = field(default_factory=dict)
    open_points: list[str] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {"config": str(self.path), "files": self.files, "open": self.open_points}


def write_initial_configuration(folder: Path, output: Path) -> InitialConfiguration:
    """Recognise each file of a folder and write the configuration of a municipality that has these registers.

    Raises:
        ConfigurationError: there is no such folder, no file in it, or `output` is there already or cannot be written.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: is no folder. Name the one in which the exports are.")
    if output.exists():
        raise ConfigurationError(f"{output}: is there already. Move it away, or name another file under --output.")
    exports = {file.name: file for file in sorted(folder.iterdir()) if _is_export(file)}
    if not exports:
        raise ConfigurationError(f"{folder}: holds no file. Put the exports of the registers in it.")
    initial = InitialConfiguration(output)
    for name in [name for name in exports if not _can_be_written(name)]:
        del exports[name]
        initial.files[name] = "not read. Its name is no UTF-8, so that no configuration can hold it. Rename it."
    reading = profile_files_apart(exports)
    profiled: list[ProfiledFile] = []
    for name, file in exports.items():
        if name in reading.errors:
            initial.files[name] = f"not read. {reading.errors[name]}"
        else:
            path = os.path.relpath(file, output.parent)
            profiled.append(look_at(FileProfile.of(reading.profiles[name]), Path(path).as_posix()))
    chosen = _choose(profiled, folder, initial)
    try:
        write_file(output, _text(chosen, folder, output, initial).encode())
    except OSError as error:
        raise ConfigurationError(f"{output}: cannot be written ({error.strerror}).") from None
    return initial


def _can_be_written(name: str) -> bool:
    """Whether a name is text: an old archive unpacks names that are none."""
    return name.encode("utf-8", "replace").decode() == name


def _is_export(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and not file.name.lower().endswith(_NO_EXPORTS)


def _choose(profiled: Iterable[ProfiledFile], folder: Path, initial: InitialConfiguration) -> dict[str, ProfiledFile]:
    """One file for each register: of several the likeliest, and of those the longest."""
    by_register: dict[str, list[ProfiledFile]] = {}
    for looked_at in profiled:
        if looked_at.recognition is None:
            first = looked_at.ranked[0]
            initial.files[looked_at.file.name] = (
                f"not recognised as a register; most like {first.dataset} ({first.score:.2f}). If it is one: "
                f"barrier profile {shlex.quote(str(folder / looked_at.file.name))} --register NAME."
            )
            continue
        by_register.setdefault(looked_at.recognition.dataset, []).append(looked_at)
    chosen: dict[str, ProfiledFile] = {}
    for dataset in datasets():
        candidates = sorted(by_register.get(dataset, []), key=lambda profiled: (-_score(profiled), -profiled.file.rows))
        for place, candidate in enumerate(candidates):
            outcome = f"{dataset} ({_score(candidate):.2f}), {candidate.file.rows:,} rows"
            if place:
                outcome += f". Not used: {candidates[0].file.name} is taken for this register"
                initial.open_points.append(_second_file(dataset, candidates[0], candidate))
            initial.files[candidate.file.name] = f"{outcome}."
        if candidates:
            chosen[dataset] = candidates[0]
    return chosen


def _score(profiled: ProfiledFile) -> float:
    return profiled.recognition.score if profiled.recognition else 0.0


def _second_file(dataset: str, taken: ProfiledFile, other: ProfiledFile) -> str:
    names = [[column.name for column in profiled.file.columns] for profiled in (taken, other)]
    is_part = names[0] == names[1] and datasets()[dataset].key is not None
    hint = ' They have the same columns: if they are deliveries of one register, name both by a pattern (path = "…*").'
    return f"sources.{dataset}: {taken.file.name} and {other.file.name} both look like it.{hint if is_part else ''}"


def _text(chosen: Mapping[str, ProfiledFile], folder: Path, output: Path, initial: InitialConfiguration) -> str:
    code = _municipality_code(chosen)
    lines = ["# Made by barrier init. Look at every line; what is marked OPEN is for you to decide.", ""]
    lines += ["[municipality]", f'name = "Gemeente {code}"   # OPEN: the name of the municipality']
    lines.append(
        f'code = "{code}"   # {"of the ids of the BAG" if code != _UNKNOWN_CODE else "OPEN: CBS gemeentecode"}'
    )
    initial.open_points.insert(0, f'municipality.name: stands as "Gemeente {code}".')
    if code == _UNKNOWN_CODE:
        initial.open_points.insert(1, "municipality.code: no file tells it. 9999 is a made-up municipality.")
    lines += ["", "[run]", 'workspace = "var"   # results, quarantine and the store; relative to this file']
    if code != SYNTHETIC_CODE:
        lines.append("# snapshot_days = 90   # OPEN: days for which a run can be run again; no term is assumed")
    lines += ["", *_sources(chosen, folder, output, initial), *_indicators(chosen, code, initial)]
    if code != SYNTHETIC_CODE:
        lines.append(template())
        initial.open_points.append(
            "governance and retention: fill in what says VUL IN, let two people sign (barrier mandate check)."
        )
    return "\n".join(lines).rstrip("\n") + "\n"


def _sources(
    chosen: Mapping[str, ProfiledFile], folder: Path, output: Path, initial: InitialConfiguration
) -> list[str]:
    """The table of each register; of one that is required and not there a table with its usual name."""
    lines: list[str] = []
    for dataset, about in datasets().items():
        if dataset in chosen and (proposed := chosen[dataset].proposed):
            lines += [*proposed.lines, ""]
            initial.open_points += [f"sources.{dataset}: {sentence}" for sentence in proposed.open_points]
        elif about.required:
            missing = Path(os.path.relpath(folder / f"{dataset}.csv", output.parent)).as_posix()
            lines += [f"[sources.{dataset}]   # OPEN: no file was recognised as it, and no run goes without"]
            lines += [f"path = {quoted(missing)}", ""]
            initial.open_points.append(f"sources.{dataset}: no file was recognised as it, and no run goes without.")
    absent = [dataset for dataset, about in datasets().items() if dataset not in chosen and not about.required]
    if absent:
        lines += [f"# Without a file, and so without the indicators that need them: {', '.join(absent)}.", ""]
    return lines


def _municipality_code(chosen: Mapping[str, ProfiledFile]) -> str:
    """The first four digits of most ids of the BAG."""
    rows: dict[str, float] = {}
    bag = chosen.get("bag_adressen")
    for profiled in [bag] if bag else chosen.values():
        for column in profiled.file.columns:
            for code, share in column.municipalities.items():
                rows[code] = rows.get(code, 0.0) + share * column.filled
    return max(sorted(rows), key=lambda code: rows[code], default=_UNKNOWN_CODE)


def _indicators(chosen: Mapping[str, ProfiledFile], code: str, initial: InitialConfiguration) -> list[str]:
    """A table for each indicator whose registers are there: in force where all is made up, else as comments."""
    is_made_up = code == SYNTHETIC_CODE
    ready = [rule for rule in all_indicators() if {*rule.needs} <= chosen.keys() and not rule.reads_terms]
    if is_made_up:
        lines = ["# The municipality is made up: examples stand in the place of legal basis, DPIA and advice.", ""]
        values = {"basis": "APV (voorbeeld)", "dpia": "DPIA-VOORBEELD-01", "advice": "2026-01-15"}
    else:
        lines = ["# OPEN: an indicator runs once its three keys are filled in and its # are taken away.", ""]
        values = {"basis": "", "dpia": "", "advice": "2026-01-15"}
        initial.open_points.append(f"indicators: none runs yet; {len(ready)} have their registers, as comments.")
    mark = "" if is_made_up else "# "
    for rule in ready:
        table = [f'[indicators."{rule.code}"]   # {rule.name_nl}', *_EXAMPLE.format(**values).splitlines()]
        if rule.asks_norm and not is_made_up:
            table += ['norm = ""', f"parameters = {{ }}   # {', '.join(rule.params)}: as the norm has them"]
        lines += [*(f"{mark}{line}" for line in table), ""]
    return lines
