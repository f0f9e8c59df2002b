"""The papers of a municipality: what its configuration and the rules that it switched on say, as text to work with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.activations import activations
from flows.catalogue import all_indicators, code_version
from flows.configuration import Configuration, load_configuration
from flows.configuration.read import parse_toml
from flows.configuration.retention_terms import SNAPSHOTS, TERMS
from flows.examination.outcomes import rule_examinations
from flows.papers.lists_in_force import lists_in_force
from flows.papers.partner_facts import partner_facts
from flows.papers.pooled_facts import pooled_facts
from screening.base.datasets import DataSet, datasets
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.powers import POWERS
from screening.base.vocabulary import Purpose
from screening.ledger import ACTIVITIES
from screening.mandate.approval import OPEN
from screening.mandate.governance import AdviceTable, DpiaTable, GovernanceTable, MandateTable, PurposeTable
from screening.papers import QUESTIONS, Facts, Paper, PurposeFacts, RuleFacts, SourceFacts, own_recipients, papers
from screening.rules import Indicator
from screening.rules.describe_barrier_model import rule_part
from screening.rules.examination import RuleExamination
from screening.rules.examination.ablation import OF_WHOLE_REGISTERS
from screening.rules.examination.trial import TRIALS
from screening.synthetic.configuration import LEGAL_BASES, DeliveryFormat, screening_toml
from screening.synthetic.messy import DELIVERIES
from screening.wording.forms import code_word
from screening.wording.hit import HEADS
from screening.wording.sentence import text_list

#: Keys of `[governance.papers]` that are addresses of pages.
_LINKS = ("public_page", "processing_register", "source_register", "dpia", "iama", "provider")
#: The table of a file of answers.
_ANSWERS = "answers"

#: What a made-up municipality says where it says nothing: an example, and every paper says so.
_EXAMPLE = GovernanceTable(
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
        Purpose.REG: PurposeTable(legal_basis="Wet BAG (voorbeeld)", articles=("Wet BAG, terugmelding (voorbeeld)",)),
    },
    dpia=DpiaTable(id="DPIA-VOORBEELD-01", date=date(2026, 1, 10), valid_until=date(2029, 1, 10)),
    fg_advice=AdviceTable(id="FG-VOORBEELD-01", date=date(2026, 1, 15)),
)


def papers_of(settings: Configuration) -> dict[str, str]:
    """File name -> text of every paper. ConfigurationError as `papers_with_answers`."""
    return {name: paper.text for name, paper in papers_with_answers(settings, read_answers(settings)).items()}


def papers_with_answers(settings: Configuration, answers: Mapping[str, str]) -> dict[str, Paper]:
    """File name -> every paper with these answers. ConfigurationError: the entry lacks something."""
    try:
        return papers(facts_of(settings), answers)
    except ValueError as error:
        raise ConfigurationError(
            f"{settings.file}: the papers cannot be made: {error}. Look at [governance]."
        ) from None


def write_papers(configuration: Path, directory: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Write the papers into a folder, made where absent; the paths, sorted, and the answers that no paper asks."""
    settings = load_configuration(configuration)
    texts = papers_with_answers(settings, read_answers(settings))
    return _written({name: paper.text for name, paper in texts.items()}, directory), texts[QUESTIONS].unasked


def lagging_papers(configuration: Path, directory: Path) -> list[str]:
    """Names of papers in the folder that are not what they would be now, that lack, or that nothing makes any more."""
    now = papers_of(load_configuration(configuration))
    try:
        there = {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    except OSError as error:
        raise ConfigurationError(f"{directory}: the papers cannot be read ({error.strerror}).") from None
    wanted_papers = {name: text.encode() for name, text in now.items()}
    return sorted(name for name in wanted_papers.keys() | there.keys() if wanted_papers.get(name) != there.get(name))


def read_answers(settings: Configuration) -> dict[str, str]:
    """Key of a question -> the answer of the municipality, of the TOML file that `[governance.papers]` names.

    What is empty is not answered. An answer is one line: a line break would end the row of its table in a paper, and
    an indented line is code. ConfigurationError: the file cannot be read, or is no table [answers] of texts.
    """
    if settings.governance.papers.answers is None:
        return {}
    file = settings.file.parent / settings.governance.papers.answers
    try:
        document = parse_toml(file, file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror}).") from None
    table = document.get(_ANSWERS)
    if set(document) != {_ANSWERS} or not isinstance(table, dict):
        raise ConfigurationError(f"{file}: one table [{_ANSWERS}] is expected, and nothing else.")
    odd = next((key for key, value in table.items() if not isinstance(value, str)), None)
    if odd is not None:
        raise ConfigurationError(f"{file}: {odd} must be a text in quotes.")
    return {key: " ".join(value.split()) for key, value in table.items() if value.strip()}


def facts_of(settings: Configuration) -> Facts:
    """What the papers are made of. What `[governance]` does not say is an open question in them."""
    governance, policy = _governance(settings), settings.case_policy
    mandate, dpia, advice, more = governance.mandate, governance.dpia, governance.fg_advice, governance.papers
    registers, rules = datasets(), _rules(settings)
    stated = {*settings.retention.model_fields_set, *([SNAPSHOTS] if settings.states_snapshots else [])}
    chosen = {key: getattr(settings.terms, key) for key in TERMS if settings.is_synthetic or key in stated}
    return Facts(
        municipality=settings.municipality.name,
        code=settings.municipality.code,
        controller=_stated(governance.controller),
        contact=_stated(governance.contact),
        given_by=_stated(mandate.given_by),
        document=_stated(mandate.document),
        dpia_id=_stated(dpia.id),
        dpia_date=_stated(dpia.date),
        dpia_valid_until=_stated(dpia.valid_until),
        advice_id=_stated(advice.id),
        purposes=[
            PurposeFacts(code, code_word(code, "nl"), _stated(table.legal_basis), list(table.articles))
            for code, table in sorted(governance.purposes.items())
        ],
        sources=[_source(registers[dataset]) for dataset in settings.sources],
        rules=[rule for rule in rules if not rule.awaits],
        awaiting=[rule for rule in rules if rule.awaits],
        trials=[(trial.name_nl, trial.nl) for trial in TRIALS.values()],
        not_ablated=sorted(OF_WHOLE_REGISTERS),
        recipients=[*partner_facts(), *own_recipients()],
        terms=[(TERMS[key].about_nl, number, TERMS[key].unit_nl) for key, number in chosen.items()],
        unstated=[term.about_nl for key, term in TERMS.items() if key not in chosen],
        sample_percent=round(100 * policy.sample_share),
        expiry_days=policy.expiry_days,
        snooze_days=policy.snooze_days,
        estimate_days=settings.matching.estimate_every_days,
        estimate_drift_percent=round(100 * settings.matching.estimate_at_drift),
        has_export=settings.has_export or settings.is_synthetic,
        status=more.status or "In ontwikkeling",
        begin_month=more.begin or "",
        source_code="",
        version=_version(),
        is_example=settings.is_synthetic,
        lists=_lists(settings),
        links={name: link for name in _LINKS if (link := getattr(more, name))},
        laws=more.laws,
        activities=list(ACTIVITIES),
        **pooled_facts(settings),
    )


#: Classification of a column that only few may see; of those about a person.
_SPECIAL = "bijzonder"
_PERSONAL = {"persoonsgegeven", _SPECIAL}
#: What the programme may do with any register, which a contract repeats beside its own laws.
_OF_ALL = "AVG art. 6 lid 1 onder e"


def _source(register: DataSet) -> SourceFacts:
    kept = [register.columns[name] for name in register.kept_columns]
    return SourceFacts(
        dataset=register.name,
        name=register.business_name_nl,
        columns=[column.business_name_nl for column in kept],
        personal=[column.business_name_nl for column in kept if column.classification in _PERSONAL],
        special=[column.business_name_nl for column in kept if column.classification == _SPECIAL],
        bases=[basis for basis in register.legal_basis if not basis.startswith(_OF_ALL)],
        purposes=[code_word(purpose, "nl") for purpose in register.purposes],
        reliability=code_word(register.reliability, "nl") if register.reliability else "ander register",
    )


def _lists(settings: Configuration) -> list[tuple[str, list[str]]]:
    """The lines of business, kinds of permit and areas in force."""
    part = lists_in_force(settings, "nl")
    return [(HEADS["nl"][name], list(text_list(content))) for name, content in part.items() if name in HEADS["nl"]]


def _rules(settings: Configuration) -> list[RuleFacts]:
    """The rules that are switched on: those that run, and those that wait for their norm or their examination."""
    rules, activated, examinations = [], activations(settings), rule_examinations(settings.workspace)
    for rule in sorted(all_indicators(), key=lambda rule: rule.code):
        chosen, examination = activated.get(rule.code), examinations.get(rule.code)
        if (
            chosen is None
            or (chosen.missing(rule) and not chosen.awaits_norm(rule))
            or rule.is_finding
            or any(name not in settings.sources for name in rule.needs)
        ):
            continue
        declared = rule.declaration(rule.parameters(chosen.parameters))
        part = rule_part(declared, "nl")
        rules.append(
            RuleFacts(
                code=rule.code,
                name=rule.name_nl,
                version=rule.version,
                kind=str(rule.cls),
                is_sensitive=rule.sensitive,
                why=rule.rationale_nl,
                purposes=[code_word(name, "nl") for name in rule.purposes],
                powers=[POWERS[power].nl for power in rule.powers],
                data=_data(rule, _list(part, "reads")),
                thresholds=[str(text) for text in _list(part, "thresholds")],
                ruled_out=rule.ruled_out_nl,
                innocent=rule.innocent_nl,
                unseen=rule.limits_nl,
                feedback=rule.feedback_risk_nl or "",
                legal_basis=str(chosen.legal_basis),
                dpia=str(chosen.dpia),
                advice=str(chosen.fg_advice),
                barrier=str(rule.barrier),
                datasets=[name for name in rule.inputs if name in settings.sources],
                awaits=_awaited(chosen.awaits_norm(rule), examination),
                **_examined(examination),
            )
        )
    return rules


def _awaited(awaits_norm: bool, examination: RuleExamination | None) -> str:
    """What a rule that is switched on does not run without yet."""
    awaited = ["de gemeente haar norm heeft gekozen"] * awaits_norm
    awaited += ["hij het onderzoek heeft doorstaan"] * bool(examination and examination.why_held)
    return " en ".join(awaited)


def _examined(examination: RuleExamination | None) -> dict[str, Any]:
    """What a paper says of the examination of a rule of an extension; nothing of a rule of the programme."""
    if examination is None:
        return {}
    return {
        "examined_on": str(examination.day or ""),
        "examined_files": examination.digest,
        "trials": [(name, state) for name, _, state in (trial.told("nl") for trial in examination.trials)],
    }


def _data(rule: Indicator, reads: Sequence[object]) -> list[str]:
    """What a rule is handed, by table, in the names of the contracts."""
    data = []
    for (table, columns), text in zip(rule.inputs.items(), reads, strict=True):
        if table in datasets():
            register = datasets()[table]
            names = [register.columns[column].business_name_nl for column in columns if column in register.columns]
            data.append(f"{register.business_name_nl} ({', '.join(names)})" if names else register.business_name_nl)
        else:
            data.append(str(text).partition(":")[0])
    return data


def _list(part: Mapping[str, object], name: str) -> list[object]:
    value = part.get(name) or []
    return list(value) if isinstance(value, list | tuple) else [value]


def _governance(settings: Configuration) -> GovernanceTable:
    """What `[governance]` states; of a made-up municipality beside an example."""
    stated = settings.governance
    if not settings.is_synthetic:
        return stated
    return _EXAMPLE.model_copy(update={name: getattr(stated, name) for name in stated.model_fields_set})


def _stated(value: str | date | None) -> str:
    return "" if value is None or OPEN in str(value) else str(value)


def _version() -> str:

    return code_version().partition("+")[0]


def _written(texts: Mapping[str, str], directory: Path) -> list[Path]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BarrierError(f"{directory}: the papers cannot be written ({error.strerror}).") from None
    return sorted(directory / name for name in texts)


def example() -> Configuration:
    """The configuration of the made-up municipality, with every register and every rule that can run on it."""
    day = date(2026, 11, 1)
    codes = [rule.code for rule in all_indicators() if not rule.is_finding and rule.code[:3] in LEGAL_BASES]
    text = screening_toml({name: DeliveryFormat(f"{name}.csv") for name in DELIVERIES}, codes, day)
    return load_configuration(Path("screening.toml"), content=text.encode())


def write_example(directory: Path) -> list[Path]:
    """Write the papers of the made-up municipality into a folder, made where absent; the paths, sorted."""
    return _written(papers_of(example()), directory)
