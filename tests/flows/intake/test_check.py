"""`barrier check` looks at everything that a run needs, and makes nothing."""

from __future__ import annotations

from flows.configuration import load_configuration
from flows.intake.check import _check_areas, _check_review, _check_workspace
from flows.intake.findings import Findings
from tests.flows.configuration.test_read import GOOD


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


def test_an_area_whose_duty_no_indicator_reads_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("BAG_DB", "sqlite:///bag.db")
    (tmp_path / "area.csv").write_text("postcode\n1234AB\n", encoding="utf-8")
    area = (
        '[areas.AREA]\nduty = "DUTY"\npath = "area.csv"\ndecision = "Besluit 1"\n'
        'publication = "https://gemeente.example/1"\nsince = 2024-01-01\nuntil = 2027-12-31\n'
    )
    duties = ("opkoopbescherming", "kamerverhuur", "verhuur_wgv", "horeca", "speelautomaten", "toeristische_verhuur")
    areas = "".join(area.replace("AREA", f"gebied_{duty[:5]}").replace("DUTY", duty) for duty in duties)
    off = "[lines.speelautomaten]\nneeds_licence = false\n"
    (tmp_path / "screening.toml").write_text(GOOD + off + areas, encoding="utf-8")
    findings = Findings()
    _check_areas(load_configuration(tmp_path / "screening.toml"), findings)
    (finding,) = findings.findings
    assert [duty for duty in duties if f"({duty})" in finding.text] == [
        "opkoopbescherming",
        "kamerverhuur",
        "speelautomaten",
    ]
    assert findings.exit_code == 0
