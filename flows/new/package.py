"""A package of a municipality's own, written from templates: what its names are, and which files it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from screening.base.errors import BarrierError, ConfigurationError
from screening.base.extensions import EXTENSION_DATA_SET, NAMESPACE

_NUMBERED = r"[A-Z]{3}-[0-9]{2}"


@dataclass(frozen=True)
class NewPackage:
    """What a package is to hold: a rule (`code`), a register (`register`), or a rule that reads its register."""

    namespace: str
    code: str | None = None
    register: str | None = None

    def __post_init__(self) -> None:
        """Raises ConfigurationError for a name that is none."""
        if not re.fullmatch(NAMESPACE, self.namespace):
            raise ConfigurationError(f"{self.namespace!r} is no namespace. It is three capitals, such as ZOM.")
        if self.code is not None and not re.fullmatch(_NUMBERED, self.code):
            raise ConfigurationError(
                f"{self.code!r} is no code. It is three capitals, a hyphen and two digits, such as LOC-01; the "
                "namespace comes before it."
            )
        if self.register is not None and not re.fullmatch(EXTENSION_DATA_SET, self.dataset):
            raise ConfigurationError(
                f"{self.register!r} is no name of a register. It is small letters, digits and _, such as warmtenet; "
                "the namespace comes before it."
            )

    @property
    def dataset(self) -> str:
        """The register that the rule is about: its own, else that of licences."""
        return f"{self.namespace.lower()}_{self.register}" if self.register else "vergunningen"

    @property
    def package(self) -> str:
        """The name under which Python finds it."""
        return f"barrier_{self.namespace.lower()}"

    def files(self) -> dict[str, str]:
        """Path -> content of every file."""
        stem = f"{self.namespace}_{self.code}".lower().replace("-", "_")
        paths = {"pyproject.toml": "pyproject.toml", "README.md": "README.md"}
        if self.code:
            paths |= {
                f"{self.package}/indicators/{stem}.py": "indicator.py",
                f"{self.package}/cases/{stem}.cases.yaml": "cases.yaml",
                "tests/test_rules.py": "test_rules.py",
            }
        if self.register:
            paths |= {
                f"{self.package}/contracts/{self.dataset}.odcs.yaml": "contract.odcs.yaml",
                f"{self.package}/samples/{self.dataset}.good.csv": "good.csv",
                f"{self.package}/samples/{self.dataset}.bad.csv": "bad.csv",
                "tests/test_samples.py": "test_samples.py",
            }
        texts = {path: self._filled(template) for path, template in paths.items()}
        return texts | {f"{self.package}/__init__.py": '"""Rules and registers of our own."""\n'}

    def _filled(self, template: str) -> str:
        text = files("flows.new").joinpath("template", f"{template}.txt").read_text("utf-8")
        for name, value in self._names().items():
            text = text.replace(f"@{name}@", value)
        return text

    def _names(self) -> dict[str, str]:
        kinds = [kind for kind, is_there in (("indicators", self.code), ("contracts", self.register)) if is_there]
        points = [
            f'[project.entry-points."barrier.{kind}"]\n{self.namespace} = "{self.package}.{kind}"' for kind in kinds
        ]
        what = {"indicators": "a rule", "contracts": "a register"}
        return {
            "ENTRY_POINTS": "\n\n".join(points),
            "WHAT": " and ".join(what[kind] for kind in kinds).capitalize(),
            "NAMESPACE": self.namespace,
            "PROJECT": self.package.replace("_", "-"),
            "PACKAGE": self.package,
            "CODE": f"{self.namespace}.{self.code}",
            "REGISTER": self.register or "",
            "DATASET": self.dataset,
            "KIND_COLUMN": "soort" if self.register else "status",
            "KIND": "bedrijf" if self.register else "verleend",
            "KEY": "kenmerk" if self.register else "zaaknummer",
        }


def write_package(new: NewPackage, directory: Path) -> list[Path]:
    """Write the package into a folder that is not there yet; return its files.

    Raises:
        ConfigurationError: There is something of this name.
        BarrierError: It cannot be written.
    """
    if directory.exists():
        raise ConfigurationError(f"{directory} is there already, and may be somebody's work. Name another --directory.")
    try:
        for path, text in new.files().items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text, "utf-8")
    except OSError as error:
        raise BarrierError(f"{directory}: the package cannot be written ({error.strerror}).") from None
    return [directory / path for path in new.files()]
