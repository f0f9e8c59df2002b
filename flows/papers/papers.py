"""The papers of a municipality: what its configuration and the rules that it switched on say, as text to work with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from screening.errors import BarrierError, ConfigurationError

if TYPE_CHECKING:
    from screening.papers import Facts

#: Where the papers of the made-up municipality stand in the repository; `python -m flows.papers.papers` writes them.
DIRECTORY = Path(__file__).resolve().parents[2] / "docs" / "reference" / "papers"

#: `[governance.papers]`: what only papers need. `status`, `begin` (YYYY-MM), and addresses of pages.
_LINKS = ("public_page", "processing_register", "dpia", "iama", "provider")
_KEYS = {*_LINKS, "status", "begin"}

#: Purpose -> what it is called in a text for everyone.
PURPOSES = {
    "P-VERG": "toezicht op vergunningen",
    "P-WON": "toezicht op wonen",
    "P-OO": "openbare orde en overlast",
    "P-REG": "goede basisregistraties",
}

#: What a made-up municipality says where it says nothing: an example, and every paper says so.
_EXAMPLE: Mapping[str, object] = {
    "controller": "het college van burgemeester en wethouders (voorbeeld)",
    "contact": "privacy@voorbeeld.example",
    "mandate": {"given_by": "het college (voorbeeld)", "date": "2026-01-05", "document": "Mandaatbesluit (voorbeeld)"},
    "purposes": {
        "P-VERG": {"legal_basis": "APV, hoofdstuk 2 en 3 (voorbeeld)", "articles": ["APV art. 2:28 (voorbeeld)"]},
        "P-WON": {"legal_basis": "Huisvestingswet 2014 (voorbeeld)", "articles": ["Huisvestingswet (voorbeeld)"]},
        "P-OO": {"legal_basis": "Gemeentewet en APV (voorbeeld)", "articles": ["Gemeentewet art. 151d (voorbeeld)"]},
        "P-REG": {"legal_basis": "Wet BAG (voorbeeld)", "articles": ["Wet BAG, terugmelding (voorbeeld)"]},
    },
    "dpia": {"id": "DPIA-VOORBEELD-01", "date": "2026-01-10", "valid_until": "2029-01-10"},
    "fg_advice": {"id": "FG-VOORBEELD-01", "date": "2026-01-15"},
}  # fmt: skip


def papers_of(settings: Settings) -> dict[str, str]:
    """File name -> text of every paper. ConfigurationError: the entry of the Algoritmeregister lacks something."""
    from screening.papers import papers

    try:
        return papers(facts_of(settings))
    except ValueError as error:
        raise ConfigurationError(
            f"{settings.file}: the entry for the Algoritmeregister cannot be made: {error}. Look at [governance]."
        ) from None


def write(configuration: Path, directory: Path) -> list[Path]:
    """Write the papers into a folder, made where absent; the paths, sorted."""
    return _written(papers_of(settings_module.load(configuration)), directory)


def drift(configuration: Path, directory: Path) -> list[str]:
    """Names of papers in the folder that are not what they would be now, that lack, or that nothing makes any more."""
    now = papers_of(settings_module.load(configuration))
    try:
        there = {one.name: one.read_bytes() for one in directory.iterdir() if one.is_file()}
    except OSError as error:
        raise ConfigurationError(f"{directory}: the papers cannot be read ({error.strerror}).") from None
    made = {name: text.encode() for name, text in now.items()}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def facts_of(settings: Settings) -> Facts:
    """What the papers are made of. What `[governance]` does not say is an open question in them."""
    from flows.catalogue import all_contracts
    from flows.configuration.retention_terms import SNAPSHOTS, TERMS
    from flows.mandate.governance import states_snapshots
    from flows.night.open_cases import case_policy
    from screening.ledger import ACTIVITIES
    from screening.papers import Facts, Purpose, Source

    said = {**(_EXAMPLE if settings.is_synthetic else {}), **settings.tables.get("governance", {})}
    more = _more(settings, said)
    mandate, dpia, advice = (_table(said, name) for name in ("mandate", "dpia", "fg_advice"))
    contracts = all_contracts()
    terms: dict[str, object] = {key: one.default for key, one in TERMS.items()} if settings.is_synthetic else {}
    terms |= settings.tables.get("retention", {})
    if states_snapshots(settings):
        terms[SNAPSHOTS] = settings.snapshot_days
    chosen = {key: number for key in TERMS if type(number := terms.get(key)) is int}
    policy = case_policy(settings)
    return Facts(
        municipality=settings.municipality_name,
        code=settings.municipality_code,
        controller=_text(said, "controller"),
        contact=_text(said, "contact"),
        given_by=_text(mandate, "given_by"),
        given_on=_text(mandate, "date"),
        document=_text(mandate, "document"),
        dpia_id=_text(dpia, "id"),
        dpia_date=_text(dpia, "date"),
        dpia_valid_until=_text(dpia, "valid_until"),
        advice_id=_text(advice, "id"),
        advice_date=_text(advice, "date"),
        purposes=[
            Purpose(code, PURPOSES[code], _text(one, "legal_basis"), [str(text) for text in one.get("articles", [])])
            for code, one in sorted(_table(said, "purposes").items())
            if code in PURPOSES and isinstance(one, Mapping)
        ],
        sources=[
            Source(
                contracts[dataset].business_name_nl,
                [contracts[dataset].meanings[name].business_name_nl for name in contracts[dataset].kept_fields],
                [
                    contracts[dataset].meanings[name].business_name_nl
                    for name in contracts[dataset].kept_fields
                    if contracts[dataset].meanings[name].classification in _PERSONAL
                ],
            )
            for dataset in settings.sources
        ],
        rules=_rules(settings),
        terms=[(TERMS[key].about_nl, number, TERMS[key].unit_nl) for key, number in chosen.items()],
        unstated=[one.about_nl for key, one in TERMS.items() if key not in chosen],
        sample_percent=round(100 * policy.sample_share),
        expiry_days=policy.expiry_days,
        snooze_days=policy.snooze_days,
        learns_from_people=settings.weights_from_judgements,
        has_export=bool(settings.tables.get("export")) or settings.is_synthetic,
        status=more.get("status", "In ontwikkeling"),
        begin_month=more.get("begin", ""),
        source_code="",
        version=_version(),
        is_example=settings.is_synthetic,
        links={name: more[name] for name in _LINKS if name in more},
        activities=list(ACTIVITIES),
    )


#: Classifications of a column that is about a person.
_PERSONAL = {"persoonsgegeven", "bijzonder"}


def _rules(settings: Settings) -> list:
    from flows.catalogue import all_indicators
    from screening.papers import Rule
    from screening.rules.describe_barrier_model import rule_part

    found = []
    for one in sorted(all_indicators(), key=lambda rule: rule.code):
        chosen = settings.indicators.get(one.code)
        if (
            chosen is None
            or chosen.missing
            or one.is_finding
            or any(name not in settings.sources for name in one.needs)
        ):
            continue
        declared = one.declaration(one.parameters(chosen.parameters))
        part = rule_part(declared, "nl")
        found.append(
            Rule(
                code=one.code,
                name=one.name_nl,
                version=one.version,
                kind=str(one.cls),
                is_sensitive=one.sensitive,
                why=one.rationale_nl,
                purposes=[PURPOSES[name] for name in one.purposes],
                data=_data(one, _list(part, "reads")),
                thresholds=[str(text) for text in _list(part, "thresholds")],
                ruled_out=one.ruled_out_nl,
                innocent=one.innocent_nl,
                unseen=one.limits_nl,
                feedback=one.feedback_risk_nl or "",
                legal_basis=str(chosen.legal_basis),
                dpia=str(chosen.dpia),
                advice=str(chosen.fg_advice),
            )
        )
    return found


def _data(rule, reads: list) -> list[str]:
    """What a rule is handed, by table, in the names of the contracts."""
    from flows.catalogue import all_contracts

    contracts = {str(name): one for name, one in all_contracts().items()}
    found = []
    for (table, columns), told in zip(rule.inputs.items(), reads, strict=True):
        if table in contracts:
            meanings = contracts[table].meanings
            names = [meanings[one].business_name_nl for one in columns if one in meanings]
            found.append(
                f"{contracts[table].business_name_nl} ({', '.join(names)})"
                if names
                else contracts[table].business_name_nl
            )
        else:
            found.append(str(told).partition(":")[0])
    return found


def _list(part: Mapping[str, object], name: str) -> list:
    value = part.get(name) or []
    return list(value) if isinstance(value, list | tuple) else [value]


def _more(settings: Settings, said: Mapping[str, object]) -> dict[str, str]:
    """`[governance.papers]`, checked."""
    table = _table(said, "papers")
    odd = sorted(set(table) - _KEYS)
    if odd:
        raise ConfigurationError(
            f"{settings.file}: governance.papers.{odd[0]} is not known. Known: {', '.join(sorted(_KEYS))}."
        )
    for name, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(f"{settings.file}: governance.papers.{name} must be a text in quotes.")
    return {name: str(value) for name, value in table.items()}


def _table(said: Mapping[str, object], name: str) -> Mapping:
    found = said.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(table: Mapping[str, object], name: str) -> str:
    from flows.mandate.governance import OPEN

    value = table.get(name)
    return "" if value is None or OPEN in str(value) else str(value)


def _version() -> str:
    from flows.catalogue import code_version

    return code_version().partition("+")[0]


def _written(made: Mapping[str, str], directory: Path) -> list[Path]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{directory}: the papers cannot be written ({error.strerror}).") from None
    return sorted(directory / name for name in made)


def example() -> Settings:
    """The configuration of the made-up municipality, with every register and every rule that can run on it."""
    from datetime import date

    from flows.catalogue import all_indicators
    from screening.synthetic.configuration import LEGAL_BASES, Delivery, screening_toml
    from screening.vocabulary import Dataset

    day = date(2026, 11, 1)
    codes = [one.code for one in all_indicators() if not one.is_finding and one.code[:3] in LEGAL_BASES]
    text = screening_toml({name: Delivery(f"{name}.csv") for name in Dataset}, codes, day)
    return settings_module.load(Path("screening.toml"), content=text.encode())


if __name__ == "__main__":
    for path in _written(papers_of(example()), DIRECTORY):
        print(path)
