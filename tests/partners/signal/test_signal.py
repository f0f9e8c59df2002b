"""The signal: closed everywhere, described by a schema that is published, and true to its own rules."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator

import jsonschema
import pytest
from pydantic import ValidationError

from screening.base.datasets import datasets
from screening.base.vocabulary import Barrier, Purpose
from screening.partners.signal import schema as schema_module
from screening.partners.signal.attachments import attachment_name
from screening.partners.signal.canonical import canonical, signal_hash
from screening.partners.signal.codes import CERTAINTY_WORDS, LEGAL_PERSONS, Certainty, LegalForm, reliabilities
from screening.partners.signal.schema import SCHEMA_OF, published_schema, schema, schema_bytes
from screening.partners.signal.signal import FIRST_FORMAT, Signal
from screening.partners.signal.signal_paths import leaves
from screening.wording.fact_words import document_words
from tests.partners import example


def objects(part: object, at: str = "") -> Iterator[tuple[str, dict]]:
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield at, part
        for name, inner in part.items():
            yield from objects(inner, f"{at}/{name}")
    elif isinstance(part, list):
        for place, inner in enumerate(part):
            yield from objects(inner, f"{at}/{place}")


def test_the_published_schema_is_that_of_the_model():
    assert published_schema() == schema_bytes(), "python -m screening.partners.signal.schema > that file"


def test_the_schema_is_2020_12_and_closed_at_every_object():
    jsonschema.Draft202012Validator.check_schema(schema())
    found = list(objects(schema()))
    assert len(found) >= 20
    assert [at for at, one in found if one.get("additionalProperties") is not False] == []


def test_a_signal_is_valid_and_one_field_more_anywhere_is_not():
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(example.plain_signal())) == []

    def places(part: object) -> Iterator[dict]:
        if isinstance(part, dict):
            yield part
            for inner in part.values():
                yield from places(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from places(inner)

    for number in range(len(list(places(example.plain_signal())))):
        spoiled = example.plain_signal()
        list(places(spoiled))[number]["buurt"] = "x"
        assert list(validator.iter_errors(spoiled)), number
        with pytest.raises(ValidationError):
            Signal.model_validate(spoiled)


def test_the_canonical_form_is_stable_and_reads_back_to_the_same():
    signal = example.signal()
    again = Signal.model_validate_json(canonical(signal))
    assert again == signal
    assert canonical(again) == canonical(signal)
    assert signal_hash(again) == signal_hash(signal)
    assert b"null" not in canonical(signal)


def test_every_leaf_says_what_it_is_called_and_why_it_leaves():
    for leaf in leaves(example.signal()):
        assert leaf.title_nl, leaf.path
        assert leaf.title_en, leaf.path
        assert leaf.why_nl, leaf.path
        assert leaf.why_en, leaf.path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("meta.tweede_beoordelaar", example.plain_signal()["meta"]["eerste_beoordelaar"]),
        ("meta.signaal_id", "1"),
        ("meta.vertrouwelijkheid", "openbaar"),
        ("meta.aanmaakdatum", "2026-02-30"),
        ("aanleiding.wijze", "steekproef"),
        ("aanleiding.geautomatiseerde_selectie", False),
        ("aanleiding.verklaring", "Iemand zag iets."),
        ("object.adres", "Kade\u202e12"),
        ("object.adres", "Kade\n12"),
        ("object.adres", "Kade\x0012"),
        ("object.adres", ""),
        ("object.oppervlakte_m2", 999_999),
        ("object.rd_x", 1e9),
        ("feiten", []),
        ("feiten.0.betrouwbaarheid", "melding"),
        ("feiten.0.datum", "ooit"),
        ("afwijkingen", []),
        ("afwijkingen.0.verklaringen", []),
        ("afwijkingen.0.record_ids", ["vergunningen:elders"]),
        ("afwijkingen.0.verklaringen.0.waarom_onvoldoende", "Nee."),
        ("organisaties.0.rechtsvorm", "eenmanszaak"),
        ("organisaties.1.naam", "Café J. de Vries"),
        ("organisaties.1.rsin", "123456782"),
        ("personen.0.rol", "bewoner"),
        ("personen.0.noodzaak", "Handig."),
        ("personen.0.kenmerk", "Jan de Vries"),
        ("personen.0.geboortejaar", {"waarde": "1971-05-03", "motivering": "Een lange reden die toch niet geldt."}),
        ("onderzoek_en_maatregelen.bibob_eigen_onderzoek_loopt", "Het advies luidt: ernstig gevaar."),
        ("onderzoek_en_maatregelen.maatregelen.0.status", "vernietigd"),
        ("barrieres_en_vraag.voorgestelde_partner", "buurtwacht"),
        ("barrieres_en_vraag.vraag", ""),
        ("twijfels.tegenindicaties", []),
        ("twijfels.koppelingen.0.niveau", "probable"),
        ("bewaring_en_contact.kennisgeving", "geinformeerd"),
        ("bewaring_en_contact.kennisgeving", "niet_van_toepassing"),
        ("bewaring_en_contact.contact.mailbox", "bel mij maar"),
    ],
)
def test_what_a_signal_cannot_say(path: str, value: object):
    spoiled = example.plain_signal()
    part = spoiled
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        part = part[step]
    assert part.get(last) != value if isinstance(part, dict) else True
    part[last] = value
    with pytest.raises(ValidationError) as refused:
        Signal.model_validate(spoiled)
    assert "Jan de Vries" not in str(refused.value)


def test_a_signal_of_the_first_format_holds_and_its_bytes_stay_the_same():
    old = example.first_format()
    signal = Signal.model_validate(old)
    assert json.loads(canonical(signal)) == old
    assert "bijlagen" not in json.loads(canonical(signal))
    schema_of_old = json.loads(published_schema(SCHEMA_OF[FIRST_FORMAT]))
    assert list(jsonschema.Draft202012Validator(schema_of_old).iter_errors(old)) == []
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(old)) != []


@pytest.mark.parametrize("change", ["urgency", "attachments", "name"])
def test_a_format_has_what_belongs_to_it(change: str):
    attachment = {
        "soort": "besluit",
        "datum": "2026-11-01",
        "noodzaak": "Zonder dit besluit is het niet te volgen.",
        "bestand": attachment_name(f"S-{1:032x}", 2 if change == "name" else 1),
        "sha256": "0" * 64,
        "bytes": 10,
        "paginas": 1,
    }
    spoiled = example.plain_signal() if change == "name" else example.first_format()
    if change == "urgency":
        spoiled["barrieres_en_vraag"]["urgentie"] = "gewoon"
    else:
        spoiled["bijlagen"] = [attachment]
    with pytest.raises(ValidationError):
        Signal.model_validate(spoiled)


def test_haste_has_a_reason():
    hasty = example.plain_signal()
    hasty["barrieres_en_vraag"]["urgentie"] = "spoed"
    with pytest.raises(ValidationError, match="haste without a reason"):
        Signal.model_validate(hasty)
    hasty["barrieres_en_vraag"]["urgentie_reden"] = "De termijn van de aanvraag loopt volgende week af."
    assert Signal.model_validate(hasty)


def test_nothing_of_a_signal_can_be_changed_afterwards():
    with pytest.raises(ValidationError):
        example.signal().meta.versie = 2  # type: ignore[misc]


def test_the_closed_lists_cover_the_vocabulary():
    assert {name: dataset.reliability for name, dataset in datasets().items() if dataset.reliability} == reliabilities()
    assert set(CERTAINTY_WORDS) == set(Certainty)
    assert set(document_words()) >= {*Barrier, *Purpose}
    assert LegalForm.EENMANSZAAK not in LEGAL_PERSONS


def test_the_schema_is_printed_as_it_is_published(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    runpy.run_path(schema_module.__file__, run_name="__main__")
    assert capsysbinary.readouterr().out == published_schema()
