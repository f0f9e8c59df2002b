"""`barrier check` looks at everything that a run needs, and makes nothing."""

from __future__ import annotations

import pytest

from flows.configuration import load_configuration
from flows.intake.check import _check_review, _check_workspace
from flows.intake.findings import Findings
from tests.conftest import barrier
from tests.flows.configuration.test_read import GOOD
from tests.mandates import sign_as_real

#: Four faults in three tables, none of which says anything of a run.
FOUR_FAULTS = """
[review]
hosst = "a"
port = "x"
[retention]
bar = 2
[audit]
anker = 1
"""
NAMED = (
    "[review] holds an unknown key 'hosst'. Did you mean 'host'?",
    "review.port must be a whole number, 1 to 65535.",
    "[retention] holds an unknown key 'bar'.",
    "[audit] holds an unknown key 'anker'.",
)


def flat(text: str) -> str:
    """Without the lines and the frame into which a terminal breaks an error."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize(
    "command",
    ["check", "run", "serve --demo", "retention plan", "audit head", "export list --by lea", "rules list", "papers x"],
)
def test_every_command_names_every_fault_of_the_file(town, command):
    config = town / "screening.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[[review.help]]", FOUR_FAULTS + "[[review.help]]"))
    ran = barrier(*command.split(), "--config", config)
    assert ran.code == 2, ran.err
    assert [fault for fault in NAMED if fault not in flat(ran.out + ran.err)] == []
    assert not (town / "var").exists(), "nothing was begun"


def test_check_names_each_fault_as_a_finding_of_its_own(town):
    config = town / "screening.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[[review.help]]", FOUR_FAULTS + "[[review.help]]"))
    ran = barrier("check", "--config", config, "--json")
    assert (ran.code, len(ran.json["findings"])) == (2, len(NAMED))


def test_the_settings_of_the_review_are_looked_at_without_the_secret_of_the_service(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")
    oidc = (
        '[review]\n[review.oidc]\nissuer = "https://aanmelden.example"\nclient_id = "toetsing"\n'
        'client_secret_env = "NOT_SET_HERE"\nrole_map = { toezicht = "officer" }\n'
    )
    for text, code in ((oidc, 0), (oidc.replace("https", "http"), 2), (oidc + "mfa = []\n", 2)):
        (tmp_path / "screening.toml").write_text(GOOD + text, encoding="utf-8")
        findings = Findings()
        _check_review(load_configuration(tmp_path / "screening.toml"), findings)
        assert (len(findings.findings), findings.exit_code) == (1, code), findings


def test_a_workspace_that_can_be_made_is_in_order_and_is_not_made(tmp_path):
    findings = Findings()
    _check_workspace(tmp_path / "new" / "var", findings)
    assert findings.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_where_a_file_stands_is_told_before_the_night(tmp_path):
    (tmp_path / "var").write_text("no folder", encoding="utf-8")
    for place in (tmp_path / "var", tmp_path / "var" / "deeper"):
        findings = Findings()
        _check_workspace(place, findings)
        assert findings.exit_code == 2
        assert "cannot be made or written" in findings.findings[0].text


def test_a_broken_table_of_the_ledger_refuses_a_real_municipality_before_anything_is_published(town):
    config = sign_as_real(town / "screening.toml")
    config.write_text(config.read_text(encoding="utf-8") + "\n[audit]\nanker = 1\n", encoding="utf-8")
    ran = barrier("run", "--config", config)
    assert ran.code == 2
    assert "[audit] holds an unknown key 'anker'." in flat(ran.err)
    assert not (town / "var").exists()
