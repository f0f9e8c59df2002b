"""Extensions are found in packages and in a folder without importing anything, and refused where names clash."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import screening.partners.kinds
from flows.catalogue import all_contracts, all_indicators, code_version
from flows.configuration import load_configuration
from flows.extensions.discovery import discover
from flows.intake.check import check_extensions
from flows.intake.findings import Findings
from screening.base.datasets import datasets
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.extensions import extensions_in_force, use_extensions

EXAMPLE = Path(__file__).parent / "uitbreidingen" / "ZOM"
HEAD = """
[municipality]
name = "Voorbeeldstad"
code = "{code}"
[sources.vergunningen]
path = "v.csv"
[sources.seksinrichtingen]
path = "s.csv"
[sources.meldingen]
path = "m.csv"
[sources.bag_adressen]
path = "b.csv"
[sources.zom_warmtenet]
path = "w.dat"
reader = "zom_warmtemeter"
[indicators."ZOM.LOC-01"]
legal_basis = "APV"
[extensions]
path = "uitbreidingen"
"""


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    use_extensions(())


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with the example extension and a configuration beside it."""
    shutil.copytree(EXAMPLE, tmp_path / "uitbreidingen" / "ZOM", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "screening.toml").write_text(HEAD.format(code="9999"), encoding="utf-8")
    return tmp_path / "screening.toml"


def installed(folder: Path, package: str, namespace: str = "ZOM") -> Path:
    """A package as pip unpacks it: its files, and beside them its metadata."""
    root = folder / package
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        f"[barrier.indicators]\n{namespace} = {package}.indicators\n"
        f"[barrier.contracts]\n{namespace} = {package}.contracts\n"
        f"[barrier.readers]\n{namespace} = {package}.readers\n",
        encoding="utf-8",
    )
    return root


def test_a_folder_brings_its_rule_and_its_register(town: Path):
    before = code_version()
    configuration = load_configuration(town)
    assert "zom_warmtenet" in configuration.sources
    assert list(datasets())[-1] == "zom_warmtenet"
    assert all_contracts()["zom_warmtenet"].key == "aansluiting_id"
    assert [rule.code for rule in all_indicators() if "." in rule.code] == ["ZOM.LOC-01"]
    assert code_version() != before


def test_the_next_configuration_has_none_of_it(town: Path):
    load_configuration(town)
    other = town.with_name("other.toml")
    plain = HEAD.format(code="9999").partition("[sources.zom_warmtenet]")[0]
    other.write_text(plain, encoding="utf-8")
    load_configuration(other)
    assert extensions_in_force() == ()
    assert "zom_warmtenet" not in datasets()
    assert not any("." in rule.code for rule in all_indicators())


def test_a_changed_byte_is_other_code_and_another_run(town: Path):
    first, version = load_configuration(town).canonical, code_version()
    assert (load_configuration(town).canonical, code_version()) == (first, version)
    with next((town.parent / "uitbreidingen/ZOM/indicators").glob("loc_*.py")).open("a", encoding="utf-8") as rule:
        rule.write("\n")
    assert load_configuration(town).canonical != first
    assert code_version() != version


def test_a_package_is_found_without_being_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = installed(tmp_path, "barrier_zomerdam")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    [extension] = discover(None, ["ZOM"])
    assert (extension.namespace, extension.name, extension.origin) == ("ZOM", "barrier-zomerdam", str(root))
    assert [file.name for file in extension.files_of("contracts")] == ["zom_warmtenet.odcs.yaml"]
    assert "barrier_zomerdam" not in sys.modules


def test_two_of_one_name_are_refused_and_both_are_named(tmp_path: Path, town: Path, monkeypatch: pytest.MonkeyPatch):
    installed(tmp_path, "barrier_zomerdam")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    # a package that is installed on the machine joins no municipality that does not name it
    assert [extension.name for extension in (load_configuration(town), *extensions_in_force())[1:]] == ["ZOM"]
    findings = Findings()
    (town.parent / "uitbreidingen" / "ZOM").rename(town.parent / "ZOM")
    town.write_text(HEAD.format(code="9999").partition("[sources.zom_warmtenet]")[0], encoding="utf-8")
    load_configuration(town)
    check_extensions(findings)
    [text] = [finding.text for finding in findings.findings]
    assert text.startswith("Not in force here: barrier-zomerdam is installed")
    (town.parent / "ZOM").rename(town.parent / "uitbreidingen" / "ZOM")
    town.write_text(HEAD.format(code="9999") + 'packages = ["ZOM"]\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"called ZOM: barrier-zomerdam \(.*\) and ZOM \("):
        load_configuration(town)


def test_a_package_that_is_named_and_not_installed_is_refused(town: Path):
    with town.open("a", encoding="utf-8") as text:
        text.write('packages = ["DEN"]\n')
    with pytest.raises(ConfigurationError, match=r"packages names DEN, and no package that is installed"):
        load_configuration(town)


POINTS = "[barrier.indicators]\nZOM = barrier_zomerdam.indicators\n"


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (f"{POINTS}[barrier.contract]\nZOM = barrier_zomerdam.contracts\n", r"no entry point barrier\.contract\. "),
        (POINTS, r"barrier_zomerdam/contracts has no entry point barrier\.contracts"),
    ],
    ids=["a kind that is none", "a folder that is not declared"],
)
def test_nothing_of_a_package_is_passed_over_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: str, why: str
):
    installed(tmp_path, "barrier_zomerdam")
    (tmp_path / "barrier_zomerdam-1.0.dist-info/entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(ConfigurationError, match=why):
        discover(None, ["ZOM"])


def _rule(town: Path) -> Path:
    return next((town.parent / "uitbreidingen/ZOM/indicators").glob("loc_*.py"))


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def _move(town: Path, namespace: str) -> None:
    (town.parent / "uitbreidingen/ZOM").rename(town.parent / "uitbreidingen" / namespace)


def _reader(town: Path) -> Path:
    return town.parent / "uitbreidingen/ZOM/readers/zom_warmtemeter.py"


def _link(path: Path) -> None:
    path.rename(path.with_name("_elsewhere"))
    path.symlink_to(path.with_name("_elsewhere"))


def _add_partner_kinds(town: Path) -> None:
    folder = town.parent / "uitbreidingen/ZOM/partner_kinds"
    folder.mkdir()
    text = (Path(screening.partners.kinds.__path__[0]) / "politie.yaml").read_text(encoding="utf-8")
    for name in ("one", "two"):
        own = text.replace("code: politie", "code: zom.politie", 1).replace("referral: politie", "referral: null", 1)
        (folder / f"{name}.yaml").write_text(own, encoding="utf-8")


def _add_partner_kind_of_ours(town: Path) -> None:
    _add_partner_kinds(town)
    (town.parent / "uitbreidingen/ZOM/partner_kinds/two.yaml").unlink()
    _change(town.parent / "uitbreidingen/ZOM/partner_kinds/one.yaml", "referral: null", "referral: politie")


def _contract(town: Path) -> Path:
    return town.parent / "uitbreidingen/ZOM/contracts/zom_warmtenet.odcs.yaml"


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a rule of ours replaced": (
        lambda town: _change(_rule(town), "ZOM.LOC-01", "LIC-01"),
        r"LIC-01, which is outside its namespace",
    ),
    "a rule of another": (lambda town: _change(_rule(town), "ZOM.LOC-01", "DEN.LOC-01"), r"outside its namespace"),
    "a register of ours replaced": (
        lambda town: _contract(town).rename(_contract(town).with_name("vergunningen.odcs.yaml")),
        r"vergunningen is outside the namespace of ZOM",
    ),
    "a namespace that is no namespace": (lambda town: _move(town, "Zom"), r"'Zom' is no namespace"),
    "a namespace of ours": (lambda town: _move(town, "BAG"), r"BAG would take names .* such as bag_adressen"),
    "a column that may never be read": (
        lambda town: _change(_contract(town), "name: plaats", "name: nationaliteit"),
        r"column nationaliteit.*never",
    ),
    "such a column under another name": (
        lambda town: _change(_contract(town), "businessName: Soort", "businessName: Nationaliteit"),
        r"never be read",
    ),
    "a postcode that a rule would see": (
        lambda town: _change(
            _contract(town),
            "            value: postcode\n",
            "            value: postcode\n          - {property: rule_visible, value: true}\n",
        ),
        r"column postcode: no rule reads a name",
    ),
    "a street that a rule would see": (
        lambda town: _change(
            _contract(town),
            'value: "Straat van het adres, zoals de bron hem schrijft."\n',
            'value: "Straat van het adres, zoals de bron hem schrijft."\n'
            "          - {property: rule_visible, value: true}\n",
        ),
        r"column straatnaam: no rule reads a name",
    ),
    "a rule that follows a neighbourhood": (
        lambda town: _change(_rule(town), "inputs={", 'inputs={"bag_adressen": columns("record postcode"),'),
        r"ZOM\.LOC-01 reads postcode",
    ),
    "a rule that follows the map": (
        lambda town: _change(_rule(town), "inputs={", 'inputs={"bag_adressen": columns("record rd_x rd_y"),'),
        r"ZOM\.LOC-01 reads rd_x, rd_y",
    ),
    "two registers of one name": (
        lambda town: (
            (_contract(town).parent / "more").mkdir(),
            shutil.copy(_contract(town), _contract(town).parent / "more"),
        ),
        r"has this name too",
    ),
    "no purpose": (lambda town: _change(_contract(town), "property: purposes", "property: x_y"), r"purposes"),
    "no legal basis": (lambda town: _change(_contract(town), "property: legal_basis", "property: x_y"), r"legal_basis"),
    "a file that has no place": (
        lambda town: (_contract(town).parent / "notes.txt").write_text("x"),
        r"contracts of ZOM .* are files \*\.odcs",
    ),
    "a reader of another": (
        lambda town: _reader(town).rename(_reader(town).with_name("dbf.py")),
        r"dbf is outside the namespace of ZOM",
    ),
    "a reader that reaches out": (
        lambda town: _change(_reader(town), "import re\n", "import re, os\n"),
        r"line 5: a reader may not import os",
    ),
    "a reader that there is not": (
        lambda town: _change(town, 'reader = "zom_warmtemeter"', 'reader = "zom_meter"'),
        r"no extension in force has",
    ),
    "addresses by a reader": (
        lambda town: _change(town, 'path = "b.csv"', 'path = "b.csv"\nreader = "zom_warmtemeter"'),
        r"No extension reads the addresses",
    ),
    "a link": (lambda town: (_rule(town).parent / "loc_09.py").symlink_to(_rule(town)), r"a link has no place"),
    "a folder that is a link": (lambda town: _link(_rule(town).parent), r"indicators: a link has no place"),
    "an extension that is a link": (lambda town: _link(_rule(town).parent.parent), r"ZOM: a link has no place"),
    "two partner kinds of one code": (_add_partner_kinds, r"two\.yaml: .*one\.yaml has the code zom\.politie too"),
    "a partner kind that takes what goes to ours": (
        _add_partner_kind_of_ours,
        r"one\.yaml: what is passed on as politie goes to the kind politie",
    ),
    "a rule that reaches out": (
        lambda town: _change(_rule(town), "import polars as pl", "import polars as pl, os"),
        r"line \d+: .*import os",
    ),
}


@pytest.mark.parametrize(("change", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_outside_its_place_is_refused(town: Path, change: Callable[[Path], object], why: str):
    change(town)
    with pytest.raises(BarrierError, match=why):
        _rules_of(town)


def _rules_of(town: Path) -> None:
    load_configuration(town)
    all_indicators()


def test_a_real_town_uses_nothing_that_was_not_signed_for(town: Path):
    town.write_text(HEAD.format(code="0457"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="has no hash, and nothing of it may run") as refused:
        load_configuration(town)
    assert extensions_in_force() == ()
    line = next(part for part in str(refused.value).split("; ") if "[extensions.hashes]" in part)
    digest = line.split(" = ")[1].split(",")[0]
    town.write_text(HEAD.format(code="0457") + f"[extensions.hashes]\nZOM = {digest}\n", encoding="utf-8")
    assert load_configuration(town).extensions.hashes == {"ZOM": digest.strip('"')}
    with _rule(town).open("a", encoding="utf-8") as rule:
        rule.write("\n")
    with pytest.raises(ConfigurationError, match="another one than was signed"):
        load_configuration(town)


def test_a_hash_of_nothing_is_refused(town: Path):
    with town.open("a", encoding="utf-8") as text:
        text.write(f'[extensions.hashes]\nDEN = "sha256:{"0" * 64}"\n')
    with pytest.raises(ConfigurationError, match="DEN is of no extension"):
        load_configuration(town)


def test_a_word_list_of_an_extension_is_named_after_it(town: Path):
    lists = town.parent / "uitbreidingen/ZOM/word_lists"
    lists.mkdir()
    (lists / "gebruik.csv").write_text("term_id,term\nsleutelkast,sleutelkastje\n", encoding="utf-8")
    with town.open("a", encoding="utf-8") as text:
        text.write('[indicators."NUI-06"]\nword_list = "ZOM:gebruik.csv"\n')
    assert load_configuration(town).indicators["NUI-06"].word_list == {"sleutelkastje": "sleutelkast"}
    (lists / "gebruik.csv").write_text("term_id,term\nx,poolse vrouwen\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"word_list cannot be used"):
        load_configuration(town)


def test_a_check_prints_the_hash_to_write_down(town: Path):
    configuration = load_configuration(town)
    findings = Findings()
    check_extensions(findings)
    [text] = [finding.text for finding in findings.findings]
    assert configuration.file == town
    assert f'[extensions.hashes] ZOM = "{extensions_in_force()[0].digest}"' in text
    assert "1 indicators, 1 contracts, 1 readers" in text
