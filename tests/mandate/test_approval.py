"""Everything that a municipality that exists must have in order, and each thing of it (G2)."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta

import pytest

from flows import mandate
from flows.audit.log_read_access import reason_to_read
from flows.configuration import load_configuration
from flows.mandate.template import template
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Purpose
from screening.mandate.approval import case_purposes
from tests.mandates import KEYS, TODAY, change, governance, missing, refused, sign


def key_of(line: str) -> str:
    """What a line states; its value may be a key made now, and a test has the same name in every worker."""
    return line.partition("=")[0].strip()


def lines_of(text: str) -> list[str]:
    """Every key of the tables that a real municipality must have, each as the line on which it stands."""
    return [line for line in text.splitlines() if "=" in line]


@pytest.mark.goal("G2", reached="each thing taken away in turn")
@pytest.mark.parametrize("line", lines_of(governance()), ids=key_of)
def test_each_thing_that_is_taken_away_refuses_the_start(bare, line):
    key = key_of(line)
    sign(change(bare, f"{line}\n", ""))
    assert key in refused(bare) or (key in KEYS and "signers" in refused(bare))
    assert key in missing(bare) or key in KEYS


@pytest.mark.parametrize("table", re.findall(r"^\[.+\]$", governance(), re.MULTILINE))
def test_each_table_that_is_taken_away_refuses_the_start(bare, table):
    text = bare.read_text(encoding="utf-8")
    taken = re.sub(rf"{re.escape(table)}\n(?:[^\[\n].*\n)*", "", text)
    assert table not in taken
    bare.write_text(taken, encoding="utf-8")
    sign(bare)
    if table in {'[governance.purposes."P-WON"]', '[governance.purposes."P-OO"]', '[governance.purposes."P-REG"]'}:
        assert missing(bare) == ""  # no rule that is on serves it
    else:
        refused(bare)


@pytest.mark.parametrize("line", lines_of(governance()), ids=key_of)
def test_each_thing_that_says_nothing_refuses_the_start(bare, line):
    key, _, value = line.partition("=")
    if '"' not in value:  # no date and no number: that is no configuration at all
        change(bare, f"{line}\n", f"{key}= true\n")
        with pytest.raises(ConfigurationError, match=f"{key.strip()} must be "):
            load_configuration(bare)
        return
    empty = '[""]' if "[" in value else '"  "'
    sign(change(bare, f"{line}\n", f"{key}= {empty}\n"))
    refused(bare)


def test_a_term_that_is_not_stated_or_not_allowed_refuses_the_start(bare):
    sign(change(bare, "snapshot_days = 90\n", ""))
    assert "run.snapshot_days is not stated" in refused(bare)
    change(bare, "deliveries_days = 7", "deliveries_days = 8")
    with pytest.raises(ConfigurationError, match="deliveries_days must be 1 to 7 days: a raw delivery holds what"):
        load_configuration(bare)


def test_a_rule_whose_purpose_is_not_stated_refuses_the_start(bare):
    basis = 'legal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n'
    sign(change(bare, f'[governance.purposes."P-VERG"]\n{basis}', ""))
    assert 'indicators."LIC-01" serves P-VERG' in refused(bare)
    change(bare, '[governance.purposes."P-WON"]\n', '[governance.purposes."P-WO"]\n')
    with pytest.raises(
        ConfigurationError, match=r"\[governance.purposes\] holds an unknown key 'P-WO'. Did you mean 'P-WON'"
    ):
        load_configuration(bare)


def test_a_register_waits_for_its_purpose_and_for_the_answer_to_the_question_of_its_contract(bare):
    sources = '[sources.eigendom]\npath = "e.csv"\n[sources.zorgaanbieders]\npath = "z.csv"\n'
    change(bare, "[indicators.", f"{sources}[indicators.")
    assert "sources.zorgaanbieders serves P-ZORG" in missing(bare)
    assert "[governance.registers.eigendom] is missing. May this municipality use an extract" in missing(bare)
    answer = '[governance.registers.eigendom]\nanswer = "Ja"\ndocument = "VUL IN"\ndate = 2026-04-01\n'
    care = '[governance.purposes."P-ZORG"]\nlegal_basis = "Wmo 2015"\narticles = ["art. 1"]\n'
    change(bare, "[governance.dpia]\n", f"{answer}{care}[governance.dpia]\n")
    assert missing(bare) == "governance.registers.eigendom.document still says VUL IN."
    change(bare, 'document = "VUL IN"', 'document = "Advies 12"')
    assert "eigendom" not in missing(bare)
    change(bare, '[sources.eigendom]\npath = "e.csv"', '[sources.eigendom]\npath = "e.csv"\nwhen_suspect = "last_good"')
    with pytest.raises(ConfigurationError, match="rows are dropped unread, and so no delivery is kept"):
        load_configuration(bare)


def test_a_dossier_is_read_for_the_purposes_of_the_mandate_alone(bare):
    for name in ("P-WON", "P-OO"):
        change(
            bare,
            f'[governance.purposes."{name}"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]\n',
            "",
        )
    settings = load_configuration(bare)
    assert case_purposes(settings.governance, is_synthetic=False) == (Purpose.VERG,)
    assert reason_to_read(settings, "Z-1", "P-VERG") == ("Z-1", Purpose.VERG)
    with pytest.raises(ConfigurationError, match="mandate states: P-VERG"):
        reason_to_read(settings, "Z-1", "P-WON")


def test_articles_that_are_not_filled_in_are_told_as_such(bare):
    change(
        bare,
        '[governance.purposes."P-OO"]\nlegal_basis = "Verordening van de proef"\narticles = ["art. 1"]',
        '[governance.purposes."P-OO"]\nlegal_basis = "Verordening van de proef"\narticles = ["VUL IN"]',
    )
    assert "governance.purposes.P-OO.articles still says VUL IN." in missing(bare)


@pytest.mark.parametrize(
    ("until", "why"),
    [(TODAY - timedelta(days=1), "DPIA is over"), (TODAY + timedelta(days=5000), "within three years")],
)
def test_a_dpia_that_is_over_or_never_ends_refuses_the_start(bare, until, why):
    text = bare.read_text(encoding="utf-8")
    again = re.sub(r"valid_until = .+", f"valid_until = {until}", text)
    bare.write_text(again, encoding="utf-8")
    sign(bare)
    assert why in refused(bare)


def test_a_dpia_that_ends_before_the_night_that_is_asked_for_refuses_it(bare):
    sign(bare)
    later = TODAY + timedelta(days=701)
    with pytest.raises(ConfigurationError, match="DPIA is over"):
        mandate.require_mandate(load_configuration(bare, as_of=later))


@pytest.mark.parametrize("key", ["governance.mandate", "governance.dpia", "governance.fg_advice"])
def test_what_is_dated_in_the_future_is_not_there_yet(bare, key):
    text = bare.read_text(encoding="utf-8")
    table = f"[{key}]\n"
    head, _, tail = text.partition(table)
    bare.write_text(head + table + re.sub(r"date = .+", f"date = {TODAY + timedelta(days=400)}", tail, count=1))
    sign(bare)
    assert "is not there yet" in refused(bare)


def test_the_example_names_every_key_and_is_refused_until_it_is_filled_in(bare):
    example = tomllib.loads(template())
    have = tomllib.loads(governance())
    assert set(example["retention"]) == set(have["retention"])
    assert set(example["governance"]) == set(have["governance"])
    text = bare.read_text(encoding="utf-8").partition("\n[governance]")[0]
    bare.write_text(text + "\n" + template(), encoding="utf-8")
    assert refused(bare).count("VUL IN") >= 6


def test_a_refusal_never_repeats_what_the_configuration_holds(bare):
    change(bare, "privacy@proef.example", "0612345678 Jansen")
    assert "Jansen" not in refused(sign(bare))
