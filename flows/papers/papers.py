"""The papers of a municipality: what its configuration and the rules that it switched on say, as text to work with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from flows.configuration import load as settings_module
from flows.configuration.load import Settings
from screening.datasets import datasets
from screening.errors import BarrierError, ConfigurationError
from screening.mandate.approval import OPEN
from screening.mandate.governance import AdviceTable, DpiaTable, Governance, MandateTable, PurposeTable
from screening.vocabulary import Purpose

if TYPE_CHECKING:
    from screening.papers import Facts

#: Where the papers of the made-up municipality stand in the repository; `python -m flows.papers.papers` writes them.
DIRECTORY = Path(__file__).resolve().parents[2] / "docs" / "reference" / "papers"

#: Keys of `[governance.papers]` that are addresses of pages.
_LINKS = ("public_page", "processing_register", "dpia", "iama", "provider")

#: Purpose -> what it is called in a text for everyone.
PURPOSES = {
    "P-VERG": "toezicht op vergunningen",
    "P-WON": "toezicht op wonen",
    "P-OO": "openbare orde en overlast",
    "P-REG": "goede basisregistraties",
}

#: What a made-up municipality says where it says nothing: an example, and every paper says so.
_EXAMPLE = Governance(
    controller="het college van burgemeester en wethouders (voorbeeld)",
    contact="privacy@voorbeeld.example",
    mandate=MandateTable(
        given_by="het college (voorbeeld)", date=date(2026, 1, 5), document="Mandaatbesluit (voorbeeld)"
    ),
    purposes={
        Purpose.VERG: PurposeTable(
            legal_basis="APV, hoofdstuk 2 en 3 (voorbeeld)", articles=("APV art. 2:28 (voorbeeld)",)
        ),
        Purpose.WON: PurposeTable(
            legal_basis="Huisvestingswet 2014 (voorbeeld)", articles=("Huisvestingswet (voorbeeld)",)
        ),
        Purpose.OO: PurposeTable(
            legal_basis="Gemeentewet en APV (voorbeeld)", articles=("Gemeentewet art. 151d (voorbeeld)",)
        ),
        Purpose.REG: PurposeTable(
            legal_basis="Wet BAG (voorbeeld)", articles=("Wet BAG, terugmelding (voorbeeld)",)
        ),
    },
    dpia=DpiaTable(id="DPIA-VOORBEELD-01", date=date(2026, 1, 10), valid_until=date(2029, 1, 10)),
    fg_advice=AdviceTable(id="FG-VOORBEELD-01", date=date(2026, 1, 15)),
)


def papers_of(settings: Settings) -> dict[str, str]:
    """File name -> text of every paper. ConfigurationError: the entry of the Algoritmeregister lacks something."""
    from screening.papers import papers

    try:
        return papers(facts_of(settings))
    except ValueError as error:
        raise ConfigurationError(
            f"{settings.file}: the entry for the Algoritmeregister cannot be made: {error}. Look at [governance]."
        ) from None


def write_papers(configuration: Path, directory: Path) -> list[Path]:
    """Write the papers into a folder, made where absent; the paths, sorted."""
    return _written(papers_of(settings_module.load(configuration)), directory)


def lagging_papers(configuration: Path, directory: Path) -> list[str]:
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
    from flows.configuration.retention_terms import SNAPSHOTS, TERMS
    from screening.ledger import ACTIVITIES
    from screening.papers import Facts, Source
    from screening.papers import Purpose as PurposeText

    governance, policy = _governance(settings), settings.case_policy
    mandate, dpia, advice, more = governance.mandate, governance.dpia, governance.fg_advice, governance.papers
    registers = datasets()
    stated = {*settings.retention.model_fields_set, *([SNAPSHOTS] if settings.states_snapshots else [])}
    chosen = {key: getattr(settings.terms, key) for key in TERMS if settings.is_synthetic or key in stated}
    return Facts(
        municipality=settings.municipality_name,
        code=settings.municipality_code,
        controller=_stated(governance.controller),
        contact=_stated(governance.contact),
        given_by=_stated(mandate.given_by),
        given_on=_stated(mandate.date),
        document=_stated(mandate.document),
        dpia_id=_stated(dpia.id),
        dpia_date=_stated(dpia.date),
        dpia_valid_until=_stated(dpia.valid_until),
        advice_id=_stated(advice.id),
        advice_date=_stated(advice.date),
        purposes=[
            PurposeText(code, PURPOSES[code], _stated(table.legal_basis), list(table.articles))
            for code, table in sorted(governance.purposes.items())
        ],
        sources=[
            Source(
                registers[dataset].business_name_nl,
                [registers[dataset].columns[name].business_name_nl for name in registers[dataset].kept_columns],
                [
                    registers[dataset].columns[name].business_name_nl
                    for name in registers[dataset].kept_columns
                    if registers[dataset].columns[name].classification in _PERSONAL
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
        learns_from_people=settings.matching.weights_from_judgements,
        has_export=settings.has_export or settings.is_synthetic,
        status=more.status or "In ontwikkeling",
        begin_month=more.begin or "",
        source_code="",
        version=_version(),
        is_example=settings.is_synthetic,
        links={name: link for name in _LINKS if (link := getattr(more, name))},
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
    found = []
    for (table, columns), told in zip(rule.inputs.items(), reads, strict=True):
        if table in datasets():
            register = datasets()[table]
            names = [register.columns[column].business_name_nl for column in columns if column in register.columns]
            found.append(f"{register.business_name_nl} ({', '.join(names)})" if names else register.business_name_nl)
        else:
            found.append(str(told).partition(":")[0])
    return found


def _list(part: Mapping[str, object], name: str) -> list:
    value = part.get(name) or []
    return list(value) if isinstance(value, list | tuple) else [value]


def _governance(settings: Settings) -> Governance:
    """What `[governance]` states; of a made-up municipality beside an example."""
    stated = settings.governance
    if not settings.is_synthetic:
        return stated
    return _EXAMPLE.model_copy(update={name: getattr(stated, name) for name in stated.model_fields_set})


def _stated(value: str | date | None) -> str:
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
    from flows.catalogue import all_indicators
    from screening.synthetic.configuration import LEGAL_BASES, Delivery, screening_toml

    day = date(2026, 11, 1)
    codes = [one.code for one in all_indicators() if not one.is_finding and one.code[:3] in LEGAL_BASES]
    text = screening_toml({name: Delivery(f"{name}.csv") for name in datasets()}, codes, day)
    return settings_module.load(Path("screening.toml"), content=text.encode())


if __name__ == "__main__":
    for path in _written(papers_of(example()), DIRECTORY):
        print(path)
