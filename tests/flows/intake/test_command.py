"""`barrier check`, and every other command, refuses a file with faults and names them all."""

from __future__ import annotations

import pytest

from tests.conftest import barrier
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
    "command", ["check", "run", "serve --demo", "retention plan", "audit head", "export list", "rules list", "papers x"]
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


def test_a_broken_table_of_the_ledger_refuses_a_real_municipality_before_anything_is_published(town):
    config = sign_as_real(town / "screening.toml")
    config.write_text(config.read_text(encoding="utf-8") + "\n[audit]\nanker = 1\n", encoding="utf-8")
    ran = barrier("run", "--config", config)
    assert ran.code == 2
    assert "[audit] holds an unknown key 'anker'." in flat(ran.err)
    assert list((town / "var" / "runs").iterdir()) == []
