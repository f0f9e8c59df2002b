"""Registers that others made come in by configuration alone: no script beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.catalogue import all_contracts
from screening.base.frames import JoinSpec, SourceSpec
from screening.contracts import validate
from screening.sources import read_source
from tests.sources.conftest import KEY

REAL = Path(__file__).parents[3] / "shared/datasets/real"
COMPANIES = REAL / "ind_bedrijven/ind_2024-08.txt"
LICENCES = REAL / "licences_scottsdale/ct_BusinessLicences.csv"


def judged(spec):
    contract = all_contracts()[spec.dataset].lacking(spec.lacks)
    table = read_source(spec, all_contracts()[spec.dataset].fields, reporter_key=KEY)
    return validate(table, contract)


@pytest.mark.real
def test_a_list_of_companies_without_a_header_and_two_required_columns():
    result = judged(
        SourceSpec(
            "handelsregister",
            path=str(COMPANIES),
            header=0,
            names=("naam", "kvk"),
            columns={"kvk_nummer": "kvk", "handelsnamen": "naam", "statutaire_naam": "naam"},
            null=("0",),
            lacks=("rechtsvorm", "datum_aanvang"),
        )
    )
    assert (result.rows_read, result.accepted.height) == (11_383, 11_377)


@pytest.mark.real
def test_foreign_business_licences_without_a_status():
    result = judged(
        SourceSpec(
            "vergunningen",
            path=str(LICENCES),
            columns={
                "zaaknummer": "LicenseNumber",
                "zaaktype": "LicenseType",
                "datum_aanvraag": "IssuedDate",
                "houder_naam": "BusinessName",
            },
            codes={"zaaktype": {"exploitatie": ["TPS"], "logies": ["BOP"]}},
            constant={"status": "verleend"},
            join={"adres_tekst": JoinSpec(("ServiceStreet", "ServiceCity"), ", ")},
        )
    )
    assert (result.rows_read, result.accepted.height) == (25_757, 25_641)
