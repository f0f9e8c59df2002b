"""Tables against their contracts: what stops a run, what is typed how, what the counts say."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import partial

import polars as pl
import pytest

from screening import contracts as judging
from screening.base.datasets import datasets
from screening.base.errors import ConfigurationError, ContractDefinitionError, ContractStopError
from screening.base.frames import PROVENANCE, QUARANTINE
from screening.base.vocabulary import ExitCode
from screening.contracts import QualityRule, check_threshold, oracle

#: Great Expectations judges too, and must find the same rows.
validate = partial(judging.validate, is_checked=True)
CONTROLE = {"controle_id": "CT-1", "datum": "2025-09-09", "situatie": "niemand_aanwezig"}
TYPES = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "array": pl.List(pl.String()),
    "timestamp": pl.Datetime("us"),
    "date": pl.Date(),
}


def rejected(rows):
    return pl.DataFrame(
        [
            {
                "dataset": "controles",
                "source_file_sha256": "f" * 64,
                "row_number": number,
                "key": f"CT-{number}",
                "column": column,
                "expectation": "no_bsn",
                "reason": "een waarde kan een BSN zijn",
            }
            for number, column in rows
        ],
        schema=QUARANTINE,
    )


@pytest.mark.parametrize("dataset", list(datasets()))
def test_typed_frame_has_every_kept_column_in_its_type(dataset, contracts, samples, table):
    accepted = validate(table(dataset, [samples[dataset]["good"]]), contracts[dataset]).accepted
    expected = {}
    for name, spec in contracts[dataset].kept_fields.items():
        expected[name] = TYPES[spec.logical_type]
        if spec.logical_type == "date":
            expected |= {f"{name}_min": pl.Date(), f"{name}_max": pl.Date()}
    assert dict(accepted.schema) == expected | PROVENANCE
    assert accepted.height == 1


def test_columns_that_the_source_lacks_are_there_and_null(contracts, table):
    accepted = validate(table("controles", [CONTROLE]), contracts["controles"]).accepted
    assert accepted["straatnaam"].to_list() == [None]
    assert accepted["bevinding"].to_list() == [None]


def test_values_are_typed_with_their_precision(contracts, samples, table):
    dataset = "vergunningen"
    row = validate(table(dataset, [samples[dataset]["good"]]), contracts[dataset]).accepted.row(0, named=True)
    assert (row["datum_besluit"], row["datum_besluit_min"], row["datum_besluit_max"]) == (
        None,
        date(2021, 4, 1),
        date(2021, 4, 30),
    )
    assert row["einddatum"] == row["einddatum_min"] == row["einddatum_max"] == date(2021, 6, 30)
    assert (row["max_personen"], row["kvk_nummer"]) == (8, "00000012")


def test_report_keeps_local_time_and_loses_its_text(contracts, samples, table):
    dataset = "meldingen"
    rows = [samples[dataset]["good"] | {"omschrijving": "geheime tekst"}]
    accepted = validate(table(dataset, rows), contracts[dataset]).accepted
    row = accepted.row(0, named=True)
    assert str(row["datum_melding"]) == "2025-05-02 08:15:00"
    assert (row["lat"], row["lon"]) == (52.100001, 5.300002)
    assert "omschrijving" not in accepted.columns
    assert "geheime tekst" not in str(accepted.rows())


def test_lists_and_truth_values_are_typed(contracts, samples, table):
    dataset = "bag_adressen"
    row = validate(table(dataset, [samples[dataset]["good"]]), contracts[dataset]).accepted.row(0, named=True)
    assert row["pand_id"] == ["9999100000000001", "9999100000000002"]
    assert row["gebruiksdoelen"] == ["woonfunctie", "overige gebruiksfunctie"]
    assert row["is_nevenadres"] is True


def test_sloppy_bars_and_blanks_in_a_list_cost_nothing(contracts, samples, table):
    dataset = "bag_adressen"
    rows = [samples[dataset]["good"] | {"gebruiksdoelen": "woonfunctie |  | overige gebruiksfunctie|"}]
    accepted = validate(table(dataset, rows), contracts[dataset]).accepted
    assert accepted["gebruiksdoelen"].to_list() == [["woonfunctie", "overige gebruiksfunctie"]]


def test_accepted_rows_keep_their_order(contracts, table):
    rows = [CONTROLE | {"controle_id": f"CT-{number}"} for number in (5, 3, 9)]
    rows.insert(1, CONTROLE | {"controle_id": "CT-4", "situatie": None})
    accepted = validate(table("controles", rows), contracts["controles"]).accepted
    assert accepted["controle_id"].to_list() == ["CT-5", "CT-3", "CT-9"]


def test_row_rejected_on_the_way_in_is_counted_once_and_kept_in_the_quarantine(contracts, table):
    rows = [CONTROLE, CONTROLE | {"controle_id": "CT-2", "datum": "morgen", "situatie": "dicht"}]
    given = table("controles", rows, rejected=rejected([(7, "situatie"), (7, "datum"), (8, "datum")]))
    result = validate(given, contracts["controles"])
    assert (result.rows_read, result.rows_quarantined, result.accepted.height) == (4, 3, 1)
    assert result.quarantined.schema == pl.Schema(QUARANTINE)
    assert result.quarantined.select("row_number", "key", "column", "expectation", "reason").rows() == [
        (2, "CT-2", "datum", "is_date", "geen geldige datum"),
        (2, "CT-2", "situatie", "in_code_list", "geen bekende code"),
        (7, "CT-7", "datum", "no_bsn", "een waarde kan een BSN zijn"),
        (7, "CT-7", "situatie", "no_bsn", "een waarde kan een BSN zijn"),
        (8, "CT-8", "datum", "no_bsn", "een waarde kan een BSN zijn"),
    ]


def test_each_expectation_tells_how_many_rows_it_tested(contracts, table):
    rows = [CONTROLE, CONTROLE | {"controle_id": "CT-2", "bevinding": "gesloten"}, CONTROLE | {"controle_id": "CT-3"}]
    rows[2] |= {"bevinding": "open"}
    result = validate(table("controles", rows), contracts["controles"])
    found = {one["rule_id"]: (one["rows_tested"], one["rows_failed"]) for one in result.expectations}
    assert found["controles.bevinding.in_code_list"] == (2, 1)
    assert found["controles.controle_id.not_null"] == (3, 0)
    assert all(one["description_nl"] and one["description_en"] for one in result.expectations)


def test_required_column_that_is_absent_stops_the_run_by_name(contracts, table):
    rows = [{"controle_id": "CT-1", "datum": "2025-09-09"}]
    with pytest.raises(ContractStopError, match=r"controles.csv: required column\(s\) situatie absent"):
        validate(table("controles", rows), contracts["controles"])


def test_table_under_the_contract_of_another_data_set_is_refused(contracts, table):
    with pytest.raises(ContractDefinitionError, match="not the contract of controles"):
        validate(table("controles", [CONTROLE]), contracts["meldingen"])


@pytest.mark.parametrize("dataset", ["bag_adressen", "vergunningen"])
def test_real_object_id_in_a_synthetic_municipality_is_refused(dataset, contracts, samples, table):
    good = samples[dataset]["good"]
    real = good | {"adresseerbaar_object_id": "0000010000000012"}
    given = table(dataset, [good, real])
    with pytest.raises(ConfigurationError) as caught:
        validate(given, contracts[dataset], code_allowed_prefix="9999")
    assert f"{dataset}.csv, column adresseerbaar_object_id: 1 row(s)" in str(caught.value)
    assert "0000010000000012" not in str(caught.value)
    assert caught.value.exit_code == ExitCode.CONFIGURATION


def test_object_id_of_a_wrong_form_costs_an_addressed_row_nothing(contracts, table):
    rows = [CONTROLE | {"adresseerbaar_object_id": "onbekend"}, CONTROLE | {"controle_id": "CT-2"}]
    result = validate(table("controles", rows), contracts["controles"], code_allowed_prefix="9999")
    assert result.accepted.height == 2


def test_foreign_ids_are_no_matter_to_a_real_municipality(contracts, table):
    rows = [CONTROLE | {"adresseerbaar_object_id": "0000010000000012"}]
    assert validate(table("controles", rows), contracts["controles"]).accepted.height == 1


def test_share_of_rejected_rows_at_the_limit_passes_and_above_it_stops(contracts, table):
    rows = [CONTROLE | {"controle_id": f"CT-{number}"} for number in range(20)]
    rows[3] |= {"datum": "morgen", "situatie": "dicht"}
    result = validate(table("controles", rows), contracts["controles"])
    check_threshold(result, 0.05, "bezoeken.csv")
    with pytest.raises(ContractStopError) as caught:
        check_threshold(result, 0.049, "bezoeken.csv")
    message = str(caught.value)
    assert "bezoeken.csv: 1 of 20 rows rejected (5.0%" in message
    assert "datum is_date 1; situatie in_code_list 1" in message
    assert caught.value.exit_code == ExitCode.CONTRACT_STOP


def test_rows_rejected_on_the_way_in_count_for_the_limit(contracts, table):
    given = table("controles", [CONTROLE], rejected=rejected([(2, "datum")]))
    result = validate(given, contracts["controles"])
    with pytest.raises(ContractStopError, match="datum no_bsn 1"):
        check_threshold(result, 0.4, "bezoeken.csv")


def test_empty_register_is_under_any_limit(contracts, table):
    result = validate(table("controles", [], list(CONTROLE)), contracts["controles"])
    check_threshold(result, 0.0, "bezoeken.csv")


@pytest.mark.parametrize(
    ("gx_type", "arguments"),
    [
        ("ExpectColumnValuesToBeBetween", {"column": "situatie:text", "min_value": 1}),
        ("ExpectColumnValuesToNotBeNull", {"column": "no such column"}),
    ],
)
def test_rule_that_raises_is_no_ordinary_failure_and_stops_the_run(gx_type, arguments, contracts, table):
    contract = contracts["controles"]
    raising = QualityRule(
        rule_id="controles.raises",
        column="situatie",
        expectation="raises",
        gx_type=gx_type,
        gx_arguments=arguments,
        inputs={"situatie:text": pl.col("situatie")},
        reason_nl="",
        description_nl="",
        description_en="",
    )
    contract = dataclasses.replace(contract, rules=(*contract.rules, raising))
    with pytest.raises(ContractStopError, match=r"controles.csv: the rule\(s\) controles.raises did not run"):
        validate(table("controles", [CONTROLE]), contract)


def stops_at_each(rules, contract, rows) -> None:
    for rule in rules:
        raising = dataclasses.replace(rule, gx_arguments=rule.gx_arguments | {"column": "no such column"})
        broken = dataclasses.replace(contract, rules=tuple(raising if old == rule else old for old in contract.rules))
        with pytest.raises(ContractStopError, match=f"{rule.rule_id} did not run"):
            validate(rows, broken)


def of_columns(contract):
    return [rule for rule in contract.rules if "column" in rule.gx_arguments]


@pytest.mark.parametrize("dataset", ["bag_adressen", "meldingen"])
def test_a_rule_that_does_not_run_stops_the_run(dataset, contracts, samples, table):
    contract = contracts[dataset]
    stops_at_each(of_columns(contract)[-1:], contract, table(dataset, [samples[dataset]["good"]]))


@pytest.mark.goal("R10", reached="every rule that does not run stops the run")
@pytest.mark.long
@pytest.mark.parametrize("dataset", list(datasets()))
def test_each_rule_that_does_not_run_stops_the_run(dataset, contracts, samples, table):
    """R10: every expectation broken in turn."""
    contract = contracts[dataset]
    stops_at_each(of_columns(contract), contract, table(dataset, [samples[dataset]["good"]]))


def test_line_feed_behind_a_number_is_not_overlooked(contracts, table):
    rows = [CONTROLE | {"postcode": "9988 ZX\n"}]
    result = validate(table("controles", rows), contracts["controles"])
    assert result.quarantined["column"].to_list() == ["postcode"]


def test_same_table_gives_the_same_result(contracts, table):
    rows = [CONTROLE | {"controle_id": f"CT-{n % 7}", "datum": "morgen" if n % 3 else "2025-09-09"} for n in range(30)]
    one, other = (validate(table("controles", rows), contracts["controles"]) for _ in range(2))
    assert one.quarantined.equals(other.quarantined)
    assert one.accepted.equals(other.accepted)
    assert one.expectations == other.expectations


def test_a_column_that_the_register_lacks_is_asked_of_no_row(contracts, table):
    given = table("controles", [{"controle_id": "CT-1", "datum": "2025-09-09"}])
    with pytest.raises(ContractStopError, match="situatie absent"):
        validate(given, contracts["controles"])
    result = validate(given, contracts["controles"].lacking(("situatie",)))
    assert result.accepted["situatie"].to_list() == [None]
    assert result.rows_quarantined == 0
    assert contracts["controles"].lacking(()) is contracts["controles"]


def test_batches_change_no_verdict(contracts, samples, table, monkeypatch):
    good = samples["vergunningen"]["good"]
    rows = [good | {"zaaknummer": f"K-{n}", "status": "vreemd" if n % 7 == 0 else "verleend"} for n in range(30)]
    rows += [rows[1], rows[2] | {"houder_naam": "Iemand anders"}]
    whole = validate(table("vergunningen", rows), contracts["vergunningen"])
    monkeypatch.setattr(oracle, "BATCH_ROWS", 3)
    in_batches = validate(table("vergunningen", rows), contracts["vergunningen"])
    assert in_batches.quarantined.equals(whole.quarantined)
    assert in_batches.expectations == whole.expectations
    failed = {counts["rule_id"].partition(".")[2]: counts["rows_failed"] for counts in whole.expectations}
    assert (failed["status.in_code_list"], failed["eenmaal_geleverd"], failed["zaaknummer.unique_key"]) == (5, 1, 2)


def test_a_warning_is_counted_and_the_row_is_accepted(contracts, samples, table):
    contract = contracts["vergunningen"]
    rules = tuple(
        dataclasses.replace(rule, severity="warning") if rule.expectation == "not_before" else rule
        for rule in contract.rules
    )
    row = samples["vergunningen"]["good"] | {"einddatum": "1950-01-01"}
    result = validate(table("vergunningen", [row]), dataclasses.replace(contract, rules=rules))
    assert (result.accepted.height, result.quarantined.height) == (1, 0)
    counts = [entry for entry in result.expectations if entry["rows_failed"]]
    assert [(entry["severity"], entry["expectation"]) for entry in counts] == [("warning", "not_before")]


def test_an_empty_table_that_only_warns_does_not_stop(contracts, samples, table):
    contract = contracts["bag_adressen"]
    rules = tuple(
        dataclasses.replace(rule, severity="warning") if rule.expectation == "has_rows" else rule
        for rule in contract.rules
    )
    result = validate(
        table("bag_adressen", [], list(samples["bag_adressen"]["good"])), dataclasses.replace(contract, rules=rules)
    )
    assert [entry["rows_failed"] for entry in result.expectations if entry["expectation"] == "has_rows"] == [1]
