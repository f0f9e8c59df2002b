"""A package that pip installed brings a rule, a register and a reader into a real run, without a line of code here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import polars as pl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from flows.configuration import load_configuration
from flows.papers.papers import papers_of
from flows.rules.backtest import backtest
from flows.rules.configured import configured_rules
from screening.base.extensions import extensions_in_force, use_extensions
from screening.base.vocabulary import ExitCode, Role
from screening.partners.desk.signal_versions import signal_of
from screening.partners.signal.canonical import canonical
from screening.partners.signal.schema import schema as published_schema
from screening.review.cookies import SESSION
from screening.rights.answer import records_of_address
from screening.rights.subject_access import dossiers_of_address
from screening.store import Workspace
from screening.store.schema.cases import review_case
from tests.flows.extensions.heat_network import TABLES, deliver_heat_network
from tests.partners.desk.disclosed import policy, recipient
from tests.review.conftest import Client, Served, overflows, serving
from tests.review.pages.officers import judge, ready, words
from tests.review.pages.test_partner_signals import EVERYONE, prepared

EXAMPLE = Path(__file__).parent / "uitbreidingen" / "ZOM"
PACKAGE = "barrier_zomerdam"


def built_wheel(folder: Path, rule_ends_with: str = "") -> Path:
    """The wheel of the example extension. `rule_ends_with`: what the file of its rule has more."""
    wheel = folder / f"{PACKAGE}-1.0-py3-none-any.whl"
    about = f"{PACKAGE}-1.0.dist-info"
    kinds = ("indicators", "contracts", "readers")
    points = "".join(f"[barrier.{kind}]\nZOM = {PACKAGE}.zomerdam.{kind}\n" for kind in kinds)
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted(path for kind in kinds for path in (EXAMPLE / kind).iterdir() if path.is_file()):
            text = path.read_text(encoding="utf-8") + (rule_ends_with if path.suffix == ".py" else "")
            archive.writestr(f"{PACKAGE}/zomerdam/{path.relative_to(EXAMPLE).as_posix()}", text)
        archive.writestr(f"{PACKAGE}/__init__.py", "raise RuntimeError('imported')\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/entry_points.txt", points)
        archive.writestr(f"{about}/RECORD", "")
    return wheel


def install(wheel: Path, target: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--no-compile",
            "--upgrade",
            "--target",
            str(target),
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )


def barrier_with(target: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own that sees what is installed in `target`."""
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(target)},
    )


#: What an examination that passed leaves; the examination itself is in tests/flows/examination.
EXAMINED = """
import sys
from pathlib import Path
from flows.configuration import load_configuration
from flows.examination.outcomes import keep_outcome
from flows.examination.reader_trials import READER_TRIALS
from screening.base.extensions import extensions_in_force
from screening.rules.examination import Trial
from screening.rules.examination.trial import TRIALS
settings = load_configuration(Path(sys.argv[1]))
for extension in extensions_in_force():
    passed = [Trial("ZOM.LOC-01", name, 1, ()) for name in TRIALS]
    passed += [Trial("zom_warmtemeter", name, 1, ()) for name in READER_TRIALS]
    keep_outcome(settings.workspace, extension, passed, day=settings.as_of)
"""


def pass_examination(target: Path, configuration: Path) -> None:
    """Keep the outcome of an examination that its rule and its reader passed."""
    subprocess.run(
        [sys.executable, "-c", EXAMINED, str(configuration)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(target)},
    )


@pytest.fixture
def configured(town: Path) -> Path:
    """The synthetic town with a delivery of the heat network."""
    deliver_heat_network(town)
    file = town / "screening.toml"
    file.write_text(file.read_text(encoding="utf-8") + TABLES + '[extensions]\npackages = ["ZOM"]\n', encoding="utf-8")
    return file


def fits_the_window(browser: Browser, served: Served, client: Client, path: str, text: str) -> None:
    """The page of this person, with this text, in a wide and a narrow window."""
    context = browser.new_context(locale="nl-NL")
    cookie = served.review.app.state.application.cookies.name(SESSION)
    context.add_cookies([{"name": cookie, "value": client.session_id or "", "url": served.url}])
    page = context.new_page()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{served.url}{path}")
        assert page.get_by_text(text).first.is_visible()
        assert not overflows(page)
    context.close()


def followed_to_a_partner(configured: Path, address_id: str, browser: Browser) -> None:
    """A hit of its rule is replayed, read, confirmed and sent as every other, in the words of its contract."""
    settings = load_configuration(configured)
    replayed = backtest(configured, "ZOM.LOC-01")
    assert [(night["hits_before"], night["hits_after"]) for night in replayed["runs"]] == [(1, 1)]
    assert replayed["skipped"] == []
    assert "**Beproefd** op 1 november 2026" in papers_of(settings)["indicatoren.md"]
    with serving(Workspace(settings.workspace), rules=configured_rules(settings), export=policy()) as served:
        review = served.review
        recipient(review.store)
        with review.store.engine.connect() as connection:
            case_id = connection.scalars(sa.select(review_case.c.case_id).filter_by(address_id=address_id)).one()
        for number in (1, 2):
            officer = review.client(Role.OFFICER, Role.SENSITIVE_REVIEWER)
            told = words(ready(officer, case_id).text)
            if number == 1:
                fits_the_window(browser, served, officer, f"/zaken/{case_id}", "Warmtenet: aansluiting voor een")
            judged = judge(officer, case_id, why=f"Beoordelaar {number} ziet dat de aansluiting doorloopt.")
            assert judged.status_code == 303, words(judged.text)
        for text in (
            "Warmtenet: aansluiting voor een bedrijf, sinds 1 januari 2020",
            "Andere perioden",
            "aansluiting W-0",
            "De aansluiting loopt door. De onderneming is beëindigd op",
            "contracthouder van de aansluiting",
            "KVK-nummer van de contracthouder",
            "Aansluiting in gebruik",
            "Het contract is nog niet overgezet.",
        ):
            assert text in told, text
        prepared(review, case_id, kennisgeving="geinformeerd")
        signal = signal_of(review.store, EVERYONE, case_id)
        assert signal is not None
        assert signal.content is not None
        jsonschema.validate(json.loads(canonical(signal.content)), published_schema())
        facts = {fact.record_id: fact for fact in signal.content.feiten}
        fact = facts["zom_warmtenet:W-0"]
        assert fact.omschrijving == "Aansluiting W-0 (aansluiting voor een bedrijf), vanaf 1 januari 2020."
        assert fact.datum == "2020-01-01"
        asked = records_of_address(dossiers_of_address(review.store, address_id))
        (connection_to_heat,) = [record for record in asked if record.number == "W-0"]
        assert ("Soort", "aansluiting voor een bedrijf") in connection_to_heat.fields


def test_its_rule_register_and_reader_run_and_other_code_is_a_run_that_holds_them(
    configured: Path, tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    target = tmp_path / "site"
    install(built_wheel(tmp_path), target)
    pass_examination(target, configured)
    ran = barrier_with(target, "run", "--config", configured, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    first = json.loads(ran.stdout)
    folder = Path(first["folder"])
    hits = pl.read_parquet(folder / "evidence.parquet").filter(pl.col("indicator") == "ZOM.LOC-01")
    records = pl.read_parquet(folder / "records.parquet").filter(pl.col("dataset") == "zom_warmtenet")
    rejected = pl.read_parquet(folder / "quarantine.parquet").filter(pl.col("dataset") == "zom_warmtenet")
    parties = pl.read_parquet(folder / "parties.parquet").filter(pl.col("dataset") == "zom_warmtenet")
    assert hits.select("address_id").to_series().to_list() == records.filter(key="W-0")["address_id"].to_list()
    assert "zom_warmtenet:W-0" in hits["record_ids"][0]
    assert records["address_id"].null_count() == 0
    assert records["key"].to_list() == ["W-0", "W-1"]
    assert rejected.select("key", "column", "expectation").rows() == [("W-2", "soort", "in_code_list")]
    assert parties["role"].to_list() == ["contracthouder", "contracthouder"]
    before = extensions_in_force()
    with monkeypatch.context() as here:
        here.syspath_prepend(target)
        try:  # in the process and not in a block: what is served answers in another thread
            followed_to_a_partner(configured, hits["address_id"].item(), browser)
        finally:
            use_extensions(before)

    install(built_wheel(tmp_path, rule_ends_with="\n"), target)
    other = barrier_with(target, "run", "--config", configured, "--json")
    assert other.returncode == ExitCode.STALE_OR_MISSING, other.stdout + other.stderr
    second = json.loads(other.stdout)
    assert second["run_id"] != first["run_id"]
    [held] = json.loads((Path(second["folder"]) / "run.json").read_text(encoding="utf-8"))["unavailable"]
    assert held["reason_en"] == (
        "the reader zom_warmtemeter may not read. Not examined: give `barrier extensions examine ZOM`."
    )
