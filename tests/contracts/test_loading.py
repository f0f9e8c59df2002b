"""A contract file says only what the compiler understands: every other word is refused with file and entry."""

from __future__ import annotations

import contextlib
import copy
import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.base.datasets import datasets
from screening.base.errors import ContractDefinitionError
from screening.base.vocabulary import ExitCode
from screening.contracts import load_contract


@pytest.fixture(scope="module")
def documents(directory):
    return {
        one: yaml.safe_load((directory / f"{one}.odcs.yaml").read_text(encoding="utf-8"))
        for one in ("handelsregister", "meldingen", "vergunningen", "bag_adressen")
    }


def columns(document):
    return {one["name"]: one for one in document["schema"][0]["properties"]}


def rule(document, name):
    rules = list(document["schema"][0]["quality"])
    for column in columns(document).values():
        rules += column.get("quality", [])
    return next(one for one in rules if one["name"] == name)


def arguments(document, name):
    return rule(document, name)["implementation"]["kwargs"]


def properties(document):
    return {one["property"]: one for one in document["schema"][0]["customProperties"]}


# name of the case -> (contract, change, words of the message)
REFUSED = {
    "key of the file that the standard does not know": ("vergunningen", lambda d: d.update(owners=[]), "owners"),
    "other version of the standard": ("vergunningen", lambda d: d.update(apiVersion="v3.0.2"), "apiVersion"),
    "no legal basis": ("vergunningen", lambda d: d["customProperties"].pop(1), "legal_basis"),
    "unknown purpose": ("vergunningen", lambda d: d["customProperties"][0].update(value=["P-ALLES"]), "purposes"),
    "custom property that is misspelt": (
        "vergunningen",
        lambda d: columns(d)["status"]["customProperties"].append({"property": "purpose", "value": ["P-VERG"]}),
        "column status, customProperties, purpose: not known; did you mean purposes?",
    ),
    "custom property given twice": (
        "vergunningen",
        lambda d: columns(d)["status"]["customProperties"].append(columns(d)["status"]["customProperties"][0]),
        "column status, customProperties, description_nl: given twice",
    ),
    "party in a column that does not exist": (
        "vergunningen",
        lambda d: properties(d)["parties"]["value"][0].update(birth_date="geboren"),
        "schema, customProperties: the contract has no column geboren",
    ),
    "party without a role": (
        "vergunningen",
        lambda d: properties(d)["parties"]["value"][0].pop("role"),
        "schema, customProperties, parties: a role",
    ),
    "words in one language": (
        "vergunningen",
        lambda d: properties(d)["parties"]["value"][0]["role_words"].pop("en"),
        "schema, customProperties, parties, 0, role_words, en",
    ),
    "no place among the data sets": (
        "vergunningen",
        lambda d: properties(d)["order"].update(value="first"),
        "schema, customProperties, order",
    ),
    "two tables": ("vergunningen", lambda d: d["schema"].append(d["schema"][0]), "schema"),
    "key of the table that the standard does not know": ("vergunningen", lambda d: d["schema"][0].update(tag=1), "tag"),
    "misspelt key of a column": ("vergunningen", lambda d: columns(d)["status"].update(requird=True), "requird"),
    "codes in a form that no rule is made of": (
        "vergunningen",
        lambda d: columns(d)["status"].update(enum=[{"value": "x"}]),
        "enum",
    ),
    "share of rows that may fail": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(unit="percent"),
        "unit",
    ),
    "unknown type": ("vergunningen", lambda d: columns(d)["status"].update(logicalType="vector"), "column status"),
    "unknown option": (
        "vergunningen",
        lambda d: columns(d)["kvk_nummer"]["logicalTypeOptions"].update(maxLength=8),
        "column kvk_nummer, logicalTypeOptions, maxLength",
    ),
    "option of another type": (
        "vergunningen",
        lambda d: columns(d)["max_kamers"]["logicalTypeOptions"].update(pattern="^1$"),
        "column max_kamers, logicalTypeOptions, pattern",
    ),
    "bound that is no number": (
        "vergunningen",
        lambda d: columns(d)["max_kamers"]["logicalTypeOptions"].update(minimum="0"),
        "column max_kamers, logicalTypeOptions, minimum",
    ),
    "bounds that nothing can pass": (
        "bag_adressen",
        lambda d: columns(d)["oppervlakte"]["logicalTypeOptions"].update(minimum=9, maximum=1),
        "column oppervlakte",
    ),
    "date without a bound": (
        "vergunningen",
        lambda d: columns(d)["einddatum"]["logicalTypeOptions"].pop("maximum"),
        "column einddatum, logicalTypeOptions, maximum",
    ),
    "date of another format": (
        "vergunningen",
        lambda d: columns(d)["einddatum"]["logicalTypeOptions"].update(format="dd-MM-yyyy"),
        "column einddatum, logicalTypeOptions, format",
    ),
    "timestamps of another zone": (
        "meldingen",
        lambda d: columns(d)["incident_van"]["logicalTypeOptions"].update(defaultTimezone="Etc/UTC"),
        "column incident_van, logicalTypeOptions, timezone",
    ),
    "pattern that searches inside the value": (
        "vergunningen",
        lambda d: columns(d)["kvk_nummer"]["logicalTypeOptions"].update(pattern="[0-9]{8}"),
        "column kvk_nummer, logicalTypeOptions, pattern",
    ),
    "pattern that is none": (
        "vergunningen",
        lambda d: columns(d)["kvk_nummer"]["logicalTypeOptions"].update(pattern="^[0-9{8}$"),
        "column kvk_nummer, logicalTypeOptions, pattern",
    ),
    "pattern with a group": (
        "vergunningen",
        lambda d: columns(d)["kvk_nummer"]["logicalTypeOptions"].update(pattern="^([0-9]{8})$"),
        "column kvk_nummer, logicalTypeOptions, pattern",
    ),
    "unknown form": (
        "vergunningen",
        lambda d: columns(d)["status"]["customProperties"][1].update(value="bsn"),
        "column status, customProperties, form",
    ),
    "code list without form code": (
        "vergunningen",
        lambda d: columns(d)["status"]["customProperties"].pop(1),
        "column status, customProperties, form",
    ),
    "form code without code list": (
        "vergunningen",
        lambda d: columns(d)["status"].pop("quality"),
        "column status, customProperties, form",
    ),
    "no Dutch description": (
        "vergunningen",
        lambda d: columns(d)["status"]["customProperties"].pop(0),
        "column status, customProperties",
    ),
    "unknown classification": (
        "vergunningen",
        lambda d: columns(d)["status"].update(classification="public"),
        "column status, classification",
    ),
    "purpose that the contract lacks": (
        "meldingen",
        lambda d: columns(d)["status"]["customProperties"].append({"property": "purposes", "value": ["P-REG"]}),
        "column status, customProperties, purposes",
    ),
    "flag that is no truth value": ("vergunningen", lambda d: columns(d)["status"].update(required="ja"), "required"),
    "column given twice": (
        "vergunningen",
        lambda d: d["schema"][0]["properties"].append(copy.deepcopy(columns(d)["status"])),
        "column status",
    ),
    "code given twice": (
        "vergunningen",
        lambda d: columns(d)["status"]["quality"][0]["arguments"]["validValues"].append("verleend"),
        "column status, quality status_in_codelijst",
    ),
    "code that is a number": (
        "handelsregister",
        lambda d: columns(d)["sbi_versie"]["quality"][0]["arguments"].update(validValues=[2008]),
        "column sbi_versie",
    ),
    "unknown argument of a code list": (
        "vergunningen",
        lambda d: columns(d)["status"]["quality"][0]["arguments"].update(pattern="^x$"),
        "pattern",
    ),
    "some invalid codes allowed": (
        "vergunningen",
        lambda d: columns(d)["status"]["quality"][0].update(mustBe=5),
        "column status, quality",
    ),
    "key that is not the data set's": (
        "vergunningen",
        lambda d: columns(d)["zaaknummer"].update(primaryKey=False, unique=False),
        "primaryKey",
    ),
    "unique column that is no key": (
        "vergunningen",
        lambda d: columns(d)["houder_naam"].update(unique=True),
        "primaryKey",
    ),
    "key that may be empty": (
        "vergunningen",
        lambda d: columns(d)["zaaknummer"].update(required=False),
        "column zaaknummer",
    ),
    "array without items": ("bag_adressen", lambda d: columns(d)["pand_id"].pop("items"), "column pand_id, items"),
    "items of another type": (
        "bag_adressen",
        lambda d: columns(d)["pand_id"]["items"].update(logicalType="integer"),
        "column pand_id, items, logicalType",
    ),
    "items of a column that is no array": (
        "vergunningen",
        lambda d: columns(d)["status"].update(items={"logicalType": "string"}),
        "column status, items",
    ),
    "rule about free text": ("meldingen", lambda d: columns(d)["omschrijving"].update(required=True), "omschrijving"),
    "unknown metric": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(metric="nullValues"),
        "quality eenmaal_geleverd, metric",
    ),
    "rule in words only": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(type="text"),
        "quality eenmaal_geleverd, type",
    ),
    "severity of another standard": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(severity="info"),
        "quality eenmaal_geleverd, severity",
    ),
    "some repeats allowed": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(mustBe=3),
        "quality eenmaal_geleverd, mustBe",
    ),
    "number of rows that no rule keeps": (
        "bag_adressen",
        lambda d: rule(d, "niet_leeg").update(mustBeGreaterThan=10),
        "quality niet_leeg, mustBeGreaterThan",
    ),
    "rule of one language": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(description="Eenmaal."),
        "quality eenmaal_geleverd, description",
    ),
    "rule without a name": ("vergunningen", lambda d: rule(d, "eenmaal_geleverd").pop("name"), "name is missing"),
    "two rules of one name": (
        "vergunningen",
        lambda d: rule(d, "einddatum_niet_voor_ingangsdatum").update(name="eenmaal_geleverd"),
        "quality eenmaal_geleverd",
    ),
    "rule on a schedule": (
        "vergunningen",
        lambda d: rule(d, "eenmaal_geleverd").update(schedule="0 4 * * *"),
        "schedule",
    ),
    "unknown engine": (
        "vergunningen",
        lambda d: rule(d, "einddatum_niet_voor_ingangsdatum").update(engine="soda"),
        "quality einddatum_niet_voor_ingangsdatum, implementation",
    ),
    "unknown expectation": (
        "vergunningen",
        lambda d: rule(d, "einddatum_niet_voor_ingangsdatum")["implementation"].update(type="expect_nothing"),
        "quality einddatum_niet_voor_ingangsdatum, implementation",
    ),
    "expectation on the wrong floor": (
        "handelsregister",
        lambda d: d["schema"][0]["quality"].append(columns(d)["rsin"]["quality"].pop(0)),
        "quality rsin_doorstaat_elfproef, implementation",
    ),
    "unknown argument": (
        "vergunningen",
        lambda d: arguments(d, "einddatum_niet_voor_ingangsdatum").update(mostly=0.9),
        "quality einddatum_niet_voor_ingangsdatum, kwargs, mostly",
    ),
    "order of columns that do not exist": (
        "vergunningen",
        lambda d: arguments(d, "einddatum_niet_voor_ingangsdatum").update(column_B="begin"),
        "quality einddatum_niet_voor_ingangsdatum, kwargs",
    ),
    "order of what has none": (
        "vergunningen",
        lambda d: arguments(d, "einddatum_niet_voor_ingangsdatum").update(column_B="status"),
        "quality einddatum_niet_voor_ingangsdatum, kwargs",
    ),
    "pair of an unknown code": (
        "meldingen",
        lambda d: arguments(d, "subcategorie_hoort_bij_hoofdcategorie")["value_pairs_set"].append(["wonen", "afval2"]),
        "quality subcategorie_hoort_bij_hoofdcategorie, kwargs",
    ),
    "absent at an unknown code": (
        "handelsregister",
        lambda d: arguments(d, "rsin_niet_bij_eenmanszaak").update(values=["zzp"]),
        "quality rsin_niet_bij_eenmanszaak, kwargs",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_understood_is_refused_with_file_and_entry(case, documents, tmp_path):
    name, change, words = REFUSED[case]
    document = copy.deepcopy(documents[name])
    change(document)
    path = tmp_path / f"{name}.odcs.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ContractDefinitionError) as caught:
        load_contract(path)
    assert path.name in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.exit_code == ExitCode.CONFIGURATION


def places(node, path=()):
    """Every place in a document, as a path of keys and positions."""
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


STRANGE = st.sampled_from([None, [], {}, 7, -1.5, True, "", "x", [[1]], {"a": [1]}])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), strange=STRANGE)
def test_strange_value_anywhere_is_accepted_or_refused_and_never_another_error(data, strange, documents, tmp_path):
    name = data.draw(st.sampled_from(sorted(documents)))
    document = copy.deepcopy(documents[name])
    *above, last = data.draw(st.sampled_from([path for path in places(document) if path]))
    node = document
    for part in above:
        node = node[part]
    node[last] = strange
    path = tmp_path / f"{name}.odcs.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    with contextlib.suppress(ContractDefinitionError):
        assert load_contract(path).dataset == name


def test_unchanged_copy_is_accepted(documents, tmp_path):
    for name, document in documents.items():
        path = tmp_path / f"{name}.odcs.yaml"
        path.write_text(json.dumps(document), encoding="utf-8")
        assert load_contract(path).dataset == name


def test_key_given_twice_is_refused_since_one_of_them_would_vanish(directory, tmp_path):
    path = tmp_path / "controles.odcs.yaml"
    text = (directory / path.name).read_text(encoding="utf-8")
    path.write_text(text.replace("        required: true\n", "        required: true\n        required: false\n", 1))
    with pytest.raises(ContractDefinitionError, match="given twice"):
        load_contract(path)


def test_contract_under_another_file_name_is_refused(directory, tmp_path):
    path = tmp_path / "meldingen.odcs.yaml"
    path.write_bytes((directory / "controles.odcs.yaml").read_bytes())
    with pytest.raises(ContractDefinitionError, match="carry the name"):
        load_contract(path)


@pytest.mark.parametrize("content", [b"schema: [", b"\xff\xfe\x00", b"just words", b""])
def test_file_that_is_no_mapping_is_refused(content, tmp_path):
    path = tmp_path / "controles.odcs.yaml"
    path.write_bytes(content)
    with pytest.raises(ContractDefinitionError, match=r"controles\.odcs\.yaml"):
        load_contract(path)


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ContractDefinitionError, match=r"controles\.odcs\.yaml"):
        load_contract(tmp_path / "controles.odcs.yaml")


METADATA = {
    "servers": [
        {"server": "magazijn", "type": "postgresql", "host": "db", "port": 5432, "database": "d", "schema": "s"}
    ],
    "team": {"name": "Gegevens", "members": [{"username": "beheer", "role": "owner"}]},
    "slaProperties": [{"property": "frequency", "value": 1, "unit": "d"}],
    "tags": ["register"],
    "support": [{"channel": "loket", "url": "https://example.org"}],
    "price": {"priceAmount": 0, "priceCurrency": "EUR"},
    "roles": [{"role": "lezer", "access": "read"}],
    "authoritativeDefinitions": [{"url": "https://example.org/begrip", "type": "businessDefinition"}],
}


def with_metadata(document):
    """The contract as another tool of the standard leaves it behind: with everything that is not about good rows."""
    document.update({name: value for name, value in METADATA.items() if name != "tags"}, tags=["register"])
    document["customProperties"].append({"property": "steward", "value": "team gegevens"})
    table = document["schema"][0]
    table.update(physicalName="reg_tabel", tags=["x"], authoritativeDefinitions=METADATA["authoritativeDefinitions"])
    table["customProperties"].append({"property": "dbtModel", "value": "stg"})
    for column in table["properties"]:
        column.update(physicalType="varchar(80)", physicalName=column["name"].upper(), tags=["x"])
        column.update(examples=["voorbeeld"], criticalDataElement=False, encryptedName="x")
        column["customProperties"].append({"property": "colour", "value": "blue"})
        for rule in column.get("quality", []):
            rule.update(tags=["x"], businessImpact="klein", method="reconciliation")
    for rule in table["quality"]:
        rule.update(customProperties=[{"property": "ticket", "value": 1}])


def test_metadata_of_other_tools_is_kept_and_ignored(documents, tmp_path, contracts):
    for name, delivered in documents.items():
        document = copy.deepcopy(delivered)
        with_metadata(document)
        path = tmp_path / f"{name}.odcs.yaml"
        path.write_text(json.dumps(document), encoding="utf-8")
        contract = load_contract(path)
        assert contract.about == contracts[name].about
        assert [rule.rule_id for rule in contract.rules] == [rule.rule_id for rule in contracts[name].rules]


def test_contracts_come_in_the_order_of_the_data_sets(contracts):
    assert list(contracts) == list(datasets())
    assert [contract.about.order for contract in contracts.values()] == list(range(1, len(contracts) + 1))


def test_contract_tells_purposes_and_a_column_may_narrow_them(contracts):
    contract = contracts["vergunningen"]
    assert contract.about.purposes == ("P-VERG", "P-WON", "P-OO", "P-REG")
    assert contract.about.columns["bibob_vragenlijst_datum"].purposes == ("P-VERG",)
    assert contract.about.columns["status"].purposes == contract.about.purposes
    assert contract.about.legal_basis


def test_elements_of_a_list_give_the_field_its_codes(contracts):
    assert "overige gebruiksfunctie" in contracts["bag_adressen"].fields["gebruiksdoelen"].codes


def test_a_column_of_codes_can_hold_more_of_them(contracts):
    contract = contracts["vergunningen"]
    assert contract.accepting("zaaktype", ("terras",)) is contract
    widened = contract.accepting("zaaktype", ("terras", "standplaats"))
    assert widened.fields["zaaktype"].codes == (*contract.fields["zaaktype"].codes, "standplaats")
    (changed,) = (rule for rule in widened.rules if rule not in contract.rules)
    assert changed.rule_id == "vergunningen.zaaktype.in_code_list"
    assert changed.gx_arguments["value_set"] == list(widened.fields["zaaktype"].codes)
