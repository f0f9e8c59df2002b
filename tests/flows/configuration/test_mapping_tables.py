"""The keys of a register that say how it is written: read as they stand, and refused with a clear fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.configuration import load_configuration
from flows.configuration.mapping_tables import KEYS_OF_MAPPING, MappingKeys, RegisterTable
from flows.configuration.read import unmapped
from flows.configuration.tables import ConfigurationTables
from screening.base.errors import ConfigurationError
from screening.base.frames import DateForms, JoinSpec, SplitSpec
from screening.sources.handover import SourceRequest, request_from_json, request_to_json
from tests.flows.configuration.test_read import GOOD

HEAD = "[sources.seksinrichtingen]\n"
ALL_KEYS = """
encoding = "CP850"
header = 0
names = ["a", "b"]
sheet = "Blad1"
null = ["NULL", "n.v.t."]
open_end = ["31-12-9999"]
dates = { forms = ["%d/%m/%y", "%d %B %Y"], pivot = 50 }
constant = { status = "verleend" }
lacks = ["datum_aanvang"]
otherwise.subcategorie = "overig"
join.adres_tekst = { from = ["straat", "nr"], with = " " }
split.naam = { at = ",", into = ["achternaam", "voornaam"] }
where = { soort = ["horeca"] }
"""

PAGE = (Path(__file__).parents[3] / "docs/sources/mapping.md").read_text(encoding="utf-8")


def with_keys(text: str) -> str:
    return GOOD.replace(HEAD, HEAD + text, 1)


def test_every_key_reaches_the_reader(write):
    spec = load_configuration(write(with_keys(ALL_KEYS))).source_specs["seksinrichtingen"]
    assert spec.encoding == "cp850"
    assert (spec.header, spec.names, spec.sheet) == (0, ("a", "b"), "Blad1")
    assert (spec.null, spec.open_end) == (("NULL", "n.v.t."), ("31-12-9999",))
    assert spec.dates == DateForms(("%d/%m/%y", "%d %B %Y"), 50)
    assert (spec.constant, spec.lacks) == ({"status": "verleend"}, ("datum_aanvang",))
    assert spec.otherwise == {"subcategorie": "overig"}
    assert spec.join == {"adres_tekst": JoinSpec(("straat", "nr"), " ")}
    assert spec.split == {"naam": SplitSpec(",", ("achternaam", "voornaam"))}
    assert spec.belonging == {"soort": ("horeca",)}
    assert request_from_json(request_to_json(SourceRequest(spec, {}))).spec == spec


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('encoding = "cp037"', "encoding is none of the encodings that can be read: cp1252"),
        ('encoding = "nonsense"', "encoding is none of the encodings"),
        ("header = -1", "header must be a whole number, 0 or more"),
        ("header = 0", "[sources.seksinrichtingen] needs both header = 0 and names"),
        ('names = ["a"]', "needs both header = 0 and names"),
        ('header = 0\nnames = ["a", "A"]', "names a column twice"),
        ('null = "-"', "null must be a list of texts"),
        ('dates = { forms = ["%d/%m/%y"] }', "dates.pivot is missing"),
        ('dates = { forms = ["%d/%m/%y"], pivot = 101 }', "dates.pivot must be 0 to 100"),
        ('dates = { forms = ["%d/%m/%Y", "%m/%d/%Y"] }', "two forms that the same text can have"),
        ('dates = { forms = ["%d%m%Y", "%Y%m%d"] }', "two forms that the same text can have"),
        ('dates = { forms = ["%d-%m-%y", "%y-%m-%d"], pivot = 50 }', "two forms that the same text can have"),
        ('dates = { forms = ["%d/%j/%Y"] }', "dates.forms may hold %d"),
        ('dates = { forms = ["%m/%Y"] }', "must each hold a day, a month and a year"),
        ("constant = { status = 5 }", "constant must give columns a code in quotes"),
        ('join.adres_tekst = { from = ["straat"] }', "join.adres_tekst.from must be a list of texts"),
        (
            'join.adres_tekst = { form = ["straat"] }',
            "join.adres_tekst] holds an unknown key 'form'. Did you mean 'from'",
        ),
        ('split.naam = { into = ["a", "b"] }', "split.naam.at is missing"),
        ('where = { soort = "horeca" }', "where must give columns of the source a list"),
    ],
)
def test_a_fault_is_told_by_its_key(write, keys, said):
    with pytest.raises(ConfigurationError) as told:
        load_configuration(write(with_keys(keys + "\n")))
    assert said in str(told.value)


def test_what_is_for_files_does_not_stand_beside_a_query(write):
    text = GOOD.replace('url_env = "BAG_DB"', 'url_env = "BAG_DB"\nencoding = "cp850"')
    with pytest.raises(ConfigurationError, match="which are for files"):
        load_configuration(write(text))


def test_the_page_on_mapping_shows_every_key_in_examples_that_load(write):
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    for example in examples:
        load_configuration(write(with_keys(example)))
    keys = {info.alias or name for name, info in MappingKeys.model_fields.items()}
    assert keys <= {re.split(r"[ .]", line)[0] for example in examples for line in example.splitlines()}


#: Keys of a register that take part in what two signers approve: they say what is read, not how it is written.
NEED_TWO_SIGNERS = {
    "path",
    "url_env",
    "query",
    "drop",
    "open_end",
    "constant",
    "lacks",
    "otherwise",
    "join",
    "split",
    "where",
    "max_quarantine",
    "max_age_days",
    "manifest",
    "when_suspect",
    "last_good_days",
    "reader",
}


def test_every_key_is_said_to_need_two_signers_or_an_author_and_one_other():
    keys = {info.alias or name for name, info in RegisterTable.model_fields.items()}
    assert keys - KEYS_OF_MAPPING - NEED_TWO_SIGNERS == set(), "say in this test who signs a change of the new key"
    assert keys == KEYS_OF_MAPPING | NEED_TWO_SIGNERS
    assert not KEYS_OF_MAPPING & NEED_TWO_SIGNERS


def test_a_change_of_any_key_but_those_of_mapping_is_a_change_of_what_is_signed():
    for key in NEED_TWO_SIGNERS | {"a new key"}:
        assert unmapped({"sources": {"meldingen": {key: 1}}}) != unmapped({"sources": {"meldingen": {key: 2}}}), key
    for key in KEYS_OF_MAPPING:
        assert unmapped({"sources": {"meldingen": {key: 1}}}) == unmapped({"sources": {"meldingen": {}}}), key
        assert unmapped({key: 1}) != unmapped({key: 2}), f"{key} elsewhere"
    for table in ConfigurationTables.model_fields.keys() - {"sources"}:
        assert unmapped({table: {"columns": 1}}) != unmapped({table: {"columns": 2}}), table
    assert unmapped({"sources": {}}) != unmapped({"sources": {"meldingen": {}}})
