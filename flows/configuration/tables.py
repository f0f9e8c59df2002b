"""`screening.toml`, one model a table. A key more is a line more: its type, its default and what it says.

The descriptions are read in an editor, by way of docs/reference/screening.schema.json.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo, model_validator

from flows import environment
from flows.configuration.fields import (
    CountFromZero,
    DataSetName,
    Day,
    FilePath,
    Integer,
    Must,
    Number,
    Switch,
    Table,
    Text,
    Texts,
    Verbatim,
    Whole,
    did_you_mean,
    reason,
    required_datasets,
)
from screening.errors import BarrierError
from screening.mandate.governance import Governance
from screening.partners.signal.codes import Theme
from screening.rights.terms import FIVE_YEARS, Terms
from screening.vocabulary import Role

_INDICATOR_CODE = r"^[A-Z]{3}-\d{2}$"


class MunicipalityTable(Table):
    """Which municipality this is."""

    name: Verbatim = Field(description="The name of the municipality.")
    code: Annotated[str, Field(pattern=r"^\d{4}$"), Must("be the four digits of the CBS gemeentecode, in quotes")] = (
        Field(description="The CBS gemeentecode; 9999 is a made-up municipality.")
    )


class RunTable(Table):
    """What holds for every run."""

    as_of: Day | None = Field(None, description="The date as of which is screened; today when left out.")
    workspace: Verbatim = Field("var", description="The folder of results, quarantine and store, relative to the file.")
    max_age_days: Whole = Field(45, description="Days after which a delivery is stale.")
    snapshot_days: CountFromZero = Field(90, description="Days for which a run can be run again.")


class SourceTable(Table):
    """Where a register comes from, and how its columns and codes map."""

    path: Annotated[str, Must("be a text in quotes")] = Field(
        "", description="The delivered file, or a pattern of several such as meldingen/*.csv, relative to this file."
    )
    url_env: str = Field("", description="The environment variable that holds the address of a database.")
    query: str = Field("", description="The SQL query that gives the rows; with url_env.")
    columns: Annotated[Mapping[str, str], Must("map canonical names to the source's names")] = Field(
        {}, description="Canonical name = name in the source; a column not named maps to itself."
    )
    codes: Annotated[
        Mapping[str, Mapping[str, tuple[str, ...]]], Must("map a column's codes to lists of the source's spellings")
    ] = Field({}, description="By column: canonical code = the spellings of the source.")
    drop: Annotated[tuple[str, ...], Must("be a list of column names")] = Field(
        (), description="Columns that are dropped unread."
    )
    max_quarantine: Number = Field(0.05, le=1, description="Share of rejected rows above which the run stops.")
    max_row_change: Number = Field(
        0.2, allow_inf_nan=False, description="Share by which the number of rows may differ from the last run's."
    )
    max_age_days: Whole | None = Field(None, description="Days after which this delivery is stale, instead of [run]'s.")

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if bool(self.path) == bool(self.url_env) or (self.path and self.query):
            raise reason("needs either path, or url_env with query.")
        if self.url_env and not self.query:
            raise reason("names url_env but no query.")
        if self.url_env and not environment.secret(self.url_env):
            raise reason(
                f"wants the environment variable {self.url_env}, which is not set. Secrets stand in the environment "
                "only."
            )
        return self


class MatchingTable(Table):
    """How records are linked."""

    weights_from_judgements: Switch = Field(False, description="Whether judgements may correct the weights of persons.")


def _word_list(value: object, info: ValidationInfo) -> Mapping[str, str]:
    from screening.sources import read_word_list  # reads registers with polars; few configurations name a word list

    if not isinstance(value, str) or not value.strip():
        raise reason("must name a CSV file in quotes.")
    folder: Path = info.context or Path()
    try:
        return read_word_list(folder / value)
    except BarrierError as error:
        raise reason(f"cannot be used. {error}") from None


class IndicatorTable(Table):
    """An indicator that may run: only with a legal basis, a DPIA and an advice."""

    legal_basis: Annotated[str | None, StringConstraints(strip_whitespace=True)] = Field(
        None, description="The article on which the indicator rests."
    )
    dpia: Annotated[str | None, StringConstraints(strip_whitespace=True)] = Field(
        None, description="The number of the DPIA that covers it."
    )
    fg_advice: Day | None = Field(None, description="The date of the advice of the data protection officer.")
    parameters: Annotated[Mapping[str, bool | int | float | str], Must("be a table of numbers, texts and switches")] = (
        Field({}, description="Parameters other than their defaults; the page of the indicators names them.")
    )
    word_list: Annotated[
        Mapping[str, str] | None, BeforeValidator(_word_list, json_schema_input_type=str), Must("name a CSV file")
    ] = Field(None, description="A CSV file (term_id,term) of what is looked for in free text.")

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys without which the indicator does not run."""
        return tuple(name for name, value in self.grounds.items() if not value)

    @property
    def grounds(self) -> dict[str, str | None]:
        """The three keys without which it does not run, as text."""
        advice = self.fg_advice.isoformat() if self.fg_advice else None
        return {"legal_basis": self.legal_basis, "dpia": self.dpia, "fg_advice": advice}


class SessionTable(Table):
    """How long a session of the review lasts."""

    idle_minutes: Whole = Field(15, le=15, description="Minutes without use after which a session ends.")
    absolute_hours: Whole = Field(8, le=8, description="Hours after which a session ends, used or not.")


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


class OidcTable(Table):
    """The identity provider through which staff sign in."""

    issuer: Text = Field(description="The https address of the provider.")
    client_id: Text = Field(description="The name of this application at the provider.")
    client_secret_env: Text = Field(description="The environment variable that holds the client secret.")
    roles_claim: Text | None = Field(None, description="The claim that holds the groups of a person.")
    account_claim: Text | None = Field(None, description="The claim that holds the account.")
    mfa: tuple[Text, ...] | None = Field(None, description="Values of amr or acr that prove a second factor.")
    scope: Text | None = Field(None, description="The scope that is asked for.")
    role_map: Annotated[
        Mapping[str, Annotated[frozenset[Role], BeforeValidator(_as_list, json_schema_input_type=Role | list[Role])]],
        Must(f"give each group of the provider its roles, of: {', '.join(Role)}"),
    ] = Field({}, description="Group of the provider = role, or list of roles.")
    ca_file: FilePath | None = Field(None, description="PEM file of the authorities of the provider's certificate.")


class HelpTable(Table):
    """Whom staff call."""

    role: Text = Field(description="police, comensha, care_coordinator, or another word of the municipality.")
    name: Text = Field(description="Who answers.")
    phone: Text = Field(description="The telephone number.")
    when_nl: Annotated[str, StringConstraints(strip_whitespace=True)] = Field("", description="When to call, in Dutch.")
    when_en: Annotated[str, StringConstraints(strip_whitespace=True)] = Field("", description="When, in English.")
    is_emergency: Switch = Field(False, description="Whether this number is for danger now.")


class ReviewTable(Table):
    """The review: the application in which staff judge what was flagged."""

    host: Text = Field("127.0.0.1", description="The address on which the application listens.")
    port: Whole = Field(8410, le=65535, description="The port on which it listens.")
    base_url: Text | None = Field(None, description="Scheme and host under which browsers reach it.")
    theme: FilePath | None = Field(None, description="A CSS file of the municipality.")
    accessibility_contact: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        "", description="E-mail address for questions about accessibility."
    )
    trusted_proxies: tuple[Text, ...] = Field((), description="Proxies whose X-Forwarded-For is believed.")
    session: SessionTable = Field(SessionTable(), description="How long a session lasts.")
    oidc: Annotated[OidcTable | None, BeforeValidator(lambda table: None if table == {} else table)] = Field(
        None, description="The identity provider."
    )
    help: Annotated[tuple[HelpTable, ...], Must("be tables [[review.help]] with role, name and phone")] = Field(
        (), min_length=1, description="Whom staff call, beside the national numbers."
    )
    sample_share: Number = Field(0.10, le=0.5, description="Share of the new cases that is drawn at random.")
    sample_when_stopped: CountFromZero = Field(10, description="Addresses drawn while every rule is stopped.")
    expiry_days: Whole = Field(60, description="Days after which a case that nobody handled lapses.")
    due_days: Whole = Field(14, description="Days within which a case should be judged.")
    snooze_days: Whole = Field(180, description="Days for which an explained address stays out of the queue.")
    lock_minutes: Whole = Field(30, description="Minutes for which an officer keeps a case that was opened.")
    capacity_per_day: Whole = Field(8, description="Cases that one officer can do with care in a day.")

    @model_validator(mode="after")
    def _is_due_before_it_lapses(self) -> Self:
        if self.due_days > self.expiry_days:
            raise reason("due_days cannot be more than expiry_days: a case would lapse before it is due.")
        return self


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        raise reason("must be a text in quotes of 1 to 200 characters on one line.")
    return text


_ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_on_one_line),
    Must("be a text in quotes of 1 to 200 characters on one line"),
]  # fmt: skip


class PolicyRuleTable(Table):
    """What the municipality has against a barrier."""

    when_missing = "Without a policy on this, leave the whole table out: the page then says that there is none."

    rule: _ShortText = Field(description="The local regulation.")
    article: _ShortText = Field(description="Its article.")
    duty: _ShortText | None = Field(None, description="The licence that is needed, if any.")
    partner: _ShortText = Field(description="Who enforces it.")
    since: Day = Field(description="The date on which it came into force.")


class PolicyTable(Table):
    """Which local rules a municipality has; a topic that is left out has none."""

    prostitutie: PolicyRuleTable | None = Field(None, description="Policy on sex establishments.")
    woonoverlast: PolicyRuleTable | None = Field(None, description="Policy on nuisance around homes.")
    verhuur: PolicyRuleTable | None = Field(None, description="Policy on letting.")
    bibob: PolicyRuleTable | None = Field(None, description="Policy on integrity checks (Wet Bibob).")


class ExportTable(Table):
    """On what terms signals go to the RIEC, and where keys and batches are."""

    keys: FilePath | None = Field(None, description="The folder of the keys; keys/export in the workspace.")
    out: FilePath | None = Field(None, description="The folder of the batches; export in the workspace.")
    department: Text | None = Field(None, description="The department that answers for signals.")
    contact_function: Text | None = Field(None, description="The function that the receiver calls.")
    mailbox: Text | None = Field(None, description="The shared mailbox.")
    phone: Text | None = Field(None, description="The telephone number.")
    oin: Text | None = Field(None, description="The OIN of the municipality.")
    legal_basis: Texts | None = Field(None, description="The legal bases that may be chosen.")
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)] | None = Field(
        None, description="The themes that the regional steering group agreed."
    )
    dpia: Text | None = Field(None, description="The number of the DPIA of this disclosure.")
    iama: Text | None = Field(None, description="The number of the IAMA.")
    keep_days: Whole | None = Field(None, description="Days for which the receiver may keep a signal.")
    keep_reason: Text | None = Field(None, description="Why so long.")
    valid_days: Whole = Field(30, le=90, description="Days for which a batch can be opened.")
    tell_bibob: Switch = Field(False, description="Whether may be said that an own Bibob inquiry runs.")
    withdraw_automatically: Switch = Field(True, description="Whether the run sends withdrawals and corrections.")


def _known_kinds(classes: Mapping[str, str]) -> Mapping[str, str]:
    from screening.rights.kinds import BY_NAME  # they know the schema of the store; few configurations name a class

    for odd in sorted(set(classes) - set(BY_NAME)):
        raise reason(f"holds an unknown kind {did_you_mean(odd, BY_NAME)}")
    return classes


class RetentionTable(Table):
    """How long each kind of data stays. A real municipality states every term."""

    runs_kept: Integer = Field(Terms.runs_kept, ge=2, description="Full loads that are kept.")
    unconfirmed_days: Whole = Field(Terms.unconfirmed_days, description="Cases that are not confirmed or not handled.")
    confirmed_days: Whole = Field(Terms.confirmed_days, description="Confirmed cases.")
    links_days: Whole = Field(Terms.links_days, description="Judgements of links.")
    colleague_signals_days: Whole = Field(Terms.colleague_signals_days, description="Tips of colleagues.")
    batch_files_days: Whole = Field(Terms.batch_files_days, description="Sealed batches that wait or were sent.")
    disclosures_days: Whole = Field(Terms.disclosures_days, description="The register of what was disclosed to whom.")
    objections_days: Whole = Field(Terms.objections_days, description="Objections and requests of data subjects.")
    sessions_days: Whole = Field(Terms.sessions_days, description="Sessions and stated purposes.")
    accounts_days: Whole = Field(Terms.accounts_days, description="Accounts of staff.")
    access_log_days: Annotated[
        Integer, Must(f"be {FIVE_YEARS} days or more: until then somebody may ask who looked")
    ] = Field(Terms.access_log_days, ge=FIVE_YEARS, description="The ledger of who saw and did what.")  # fmt: skip
    logboek_days: Whole = Field(Terms.logboek_days, description="The Logboek Dataverwerkingen.")
    backup_days: Whole = Field(Terms.backup_days, description="Encrypted backups.")
    deliveries_days: Annotated[
        Whole, Must(f"be 1 to {Terms.deliveries_days} days: a raw delivery holds what no run needs")
    ] = Field(Terms.deliveries_days, le=Terms.deliveries_days, description="Raw deliveries.")  # fmt: skip
    selectielijst: Annotated[
        Mapping[str, Text], AfterValidator(_known_kinds), Must('give each kind its class, such as cases = "11.2"')
    ] = Field({}, description="Kind of data = class of the selection list (Archiefwet).")

    def terms(self, snapshot_days: int) -> Terms:
        """Every term, with the one that stands in [run]."""
        return Terms(**self.model_dump(exclude={"selectielijst"}), snapshot_days=snapshot_days)


@dataclass(frozen=True)
class HeadPlace:
    """Where heads are kept: a folder (`file:`), or a command that gets the head on its standard input (`command:`)."""

    kind: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


def _head_place(value: object, info: ValidationInfo) -> HeadPlace:
    kind, _, target = value.partition(":") if isinstance(value, str) else ("", "", "")
    folder: Path = info.context or Path()
    if kind == "file" and target.strip():
        return HeadPlace(kind, str(folder / target))
    try:
        if kind == "command" and shlex.split(target):
            return HeadPlace(kind, target)
    except ValueError:
        pass
    raise reason('must be a list of file:FOLDER and command:PROGRAM, such as ["file:/mnt/elsewhere", "command:lp"].')


def _hours_of_a_day(hours: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= hours[0] < hours[1] <= 24:
        raise reason("must be two hours of a day, such as [7, 20].")
    return hours


class AuditTable(Table):
    """Where heads of the ledger go, and what stands out in the monthly review."""

    anchor: Annotated[
        tuple[Annotated[HeadPlace, BeforeValidator(_head_place, json_schema_input_type=str)], ...] | None,
        Must('be a list such as ["file:/mnt/elsewhere", "command:lp"]'),
    ] = Field(None, description="Places of the heads: file:FOLDER or command:PROGRAM.")
    signing_key: FilePath | None = Field(None, description="The key that signs heads; keys/ in the workspace.")
    working_hours: Annotated[
        tuple[Integer, Integer], AfterValidator(_hours_of_a_day), Must("be two hours of a day, such as [7, 20]")
    ] = Field((7, 20), description="The hours outside which a reading stands out.")  # fmt: skip


def _by_name(tables: object) -> object:
    return dict(sorted(tables.items())) if isinstance(tables, dict) else tables


def _with_the_required(sources: object) -> object:
    """Every required register, so that one that is not there is a fault among the others."""
    return {**dict.fromkeys(required_datasets()), **sources} if isinstance(sources, dict) else sources


def _one_word_list(indicators: Mapping[str, IndicatorTable]) -> Mapping[str, IndicatorTable]:
    if sum(table.word_list is not None for table in indicators.values()) > 1:
        raise reason("word_list stands at more than one indicator. Only one can have it.")
    return indicators


class Tables(Table):
    """The whole file."""

    municipality: MunicipalityTable = Field(description="Which municipality this is.")
    run: RunTable = Field(RunTable(), description="What holds for every run.")
    sources: Annotated[
        Mapping[Annotated[str, DataSetName], SourceTable],
        BeforeValidator(_by_name),
        BeforeValidator(_with_the_required),
    ] = Field(
        default_factory=dict, validate_default=True, description="One table a register.",
        json_schema_extra={"required": required_datasets()},
    )  # fmt: skip
    matching: MatchingTable = Field(MatchingTable(), description="How records are linked.")
    indicators: Annotated[
        Mapping[Annotated[str, Field(pattern=_INDICATOR_CODE)], IndicatorTable],
        BeforeValidator(_by_name),
        AfterValidator(_one_word_list),
    ] = Field({}, description="One table an indicator that may run.", json_schema_extra={"additionalProperties": False})
    review: ReviewTable = Field(ReviewTable(), description="The review and its terms.")
    policy: PolicyTable = Field(PolicyTable(), description="Which local rules there are.")
    export: ExportTable = Field(ExportTable(), description="On what terms signals go to the RIEC.")
    retention: RetentionTable = Field(RetentionTable(), description="How long each kind of data stays.")
    governance: Governance = Field(Governance(), description="Mandate, purposes, DPIA, advice and signers.")
    audit: AuditTable = Field(AuditTable(), description="Heads of the ledger.")
