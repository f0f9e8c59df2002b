"""`screening.toml`, one model a table. A key more is a line more: its type, its default and what it says.

The descriptions are read in an editor, by way of docs/reference/screening.schema.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo, model_validator

from flows.configuration.audit import AuditTable
from flows.configuration.care import CareTable
from flows.configuration.fields import (
    AnyText,
    CountFromZero,
    DataSetName,
    Day,
    FilePath,
    Integer,
    Must,
    Number,
    Switch,
    Text,
    TomlTable,
    Verbatim,
    Whole,
    did_you_mean,
    key,
    reason,
    required_datasets,
)
from flows.configuration.mapping_tables import RegisterTable
from flows.configuration.notify import NotifyTable
from screening.casework.acts.case_system import CaseSystem, Confidentiality
from screening.errors import BarrierError
from screening.mandate.governance import GovernanceTable
from screening.rights.terms import FIVE_YEARS, Terms
from screening.vocabulary import Role, clashing_roles

#: A municipality whose data are made up; it may run with the three keys of an indicator and nothing more.
SYNTHETIC_CODE = "9999"

_INDICATOR_CODE = r"^[A-Z]{3}-\d{2}$"
_Code = Annotated[str, Field(pattern=r"^\d{4}$"), Must("be the four digits of the CBS gemeentecode, in quotes")]


class MunicipalityTable(TomlTable):
    """Which municipality this is."""

    name: Verbatim = Field(description="The name of the municipality.")
    code: _Code = Field(description="The CBS gemeentecode; 9999 is a made-up municipality.")


class RunTable(TomlTable):
    """What holds for every run."""

    as_of: Day | None = key(None, "The date as of which is screened; today when left out.")
    workspace: Verbatim = key("var", "The folder of results, quarantine and store, relative to the file.")
    max_age_days: Whole = key(45, "Days after which a delivery is stale.")
    snapshot_days: CountFromZero = key(90, "Days for which a run can be run again.")
    read_memory_mb: Integer = key(
        4096, "MiB of address space that reading deliveries may take; less where the machine or ulimit -v has less.",
        ge=1280,
    )  # fmt: skip
    read_seconds: Whole = key(30, "Seconds that reading a file may take, for each 32 MiB of it; ten times for a query.")


class MatchingTable(TomlTable):
    """How records are linked."""

    estimate_every_days: Whole = key(90, "Days after which the weights are estimated anew, on all records.")
    estimate_at_drift: Number = key(
        0.2, "Share by which the rows of a register may differ from those at the estimation.", allow_inf_nan=False
    )
    estimate_anew_from: Day | None = key(None, "Weights that were estimated before this date are estimated anew.")


def _word_list(value: object, info: ValidationInfo) -> Mapping[str, str]:
    from screening.sources import read_word_list  # reads registers with polars; few configurations name a word list  # noqa: PLC0415

    if not isinstance(value, str) or not value.strip():
        raise reason("must name a CSV file in quotes.")
    folder: Path = info.context or Path()
    try:
        return read_word_list(folder / value)
    except BarrierError as error:
        raise reason(f"cannot be used. {error}") from None


_Parameters = Annotated[Mapping[str, bool | int | float | str], Must("be a table of numbers, texts and switches")]
_WordList = Annotated[Mapping[str, str], BeforeValidator(_word_list, json_schema_input_type=str)]


class IndicatorTable(TomlTable):
    """An indicator that may run: only with a legal basis, a DPIA and an advice."""

    legal_basis: AnyText | None = key(None, "The article on which the indicator rests.")
    dpia: AnyText | None = key(None, "The number of the DPIA that covers it.")
    fg_advice: Day | None = key(None, "The date of the advice of the data protection officer.")
    parameters: _Parameters = key({}, "Parameters other than their defaults; the page of the indicators names them.")
    word_list: _WordList | None = key(None, "A CSV file (term_id,term) of what is looked for in free text.")

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys without which the indicator does not run."""
        return tuple(name for name, value in self.grounds.items() if not value)

    @property
    def grounds(self) -> dict[str, str | None]:
        """The three keys without which it does not run, as text."""
        advice = self.fg_advice.isoformat() if self.fg_advice else None
        return {"legal_basis": self.legal_basis, "dpia": self.dpia, "fg_advice": advice}


class SessionTable(TomlTable):
    """How long a session of the review lasts."""

    idle_minutes: Whole = key(15, "Minutes without use after which a session ends.", le=15)
    absolute_hours: Whole = key(8, "Hours after which a session ends, used or not.", le=8)


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


class OidcTable(TomlTable):
    """The identity provider through which staff sign in."""

    issuer: Text = Field(description="The https address of the provider.")
    client_id: Text = Field(description="The name of this application at the provider.")
    client_secret_env: Text = Field(description="The environment variable that holds the client secret.")
    roles_claim: Text | None = key(None, "The claim that holds the groups of a person.")
    account_claim: Text | None = key(None, "The claim that holds the account.")
    mfa: tuple[Text, ...] | None = key(None, "Values of amr or acr that prove a second factor.")
    scope: Text | None = key(None, "The scope that is asked for.")
    role_map: Annotated[
        Mapping[str, Annotated[frozenset[Role], BeforeValidator(_as_list, json_schema_input_type=Role | list[Role])]],
        Must(f"give each group of the provider its roles, of: {', '.join(Role)}"),
    ] = key({}, "Group of the provider = role, or list of roles.")
    ca_file: FilePath | None = key(None, "PEM file of the authorities of the provider's certificate.")

    @model_validator(mode="after")
    def _gives_no_group_roles_that_nobody_has_together(self) -> Self:
        for group, roles in self.role_map.items():
            if apart := clashing_roles(roles):
                raise reason(f"role_map: one person cannot have the roles of {group} together: {', '.join(apart)}.")
        return self


class HelpTable(TomlTable):
    """Whom staff call."""

    role: Text = Field(description="police, comensha, care_coordinator, or another word of the municipality.")
    name: Text = Field(description="Who answers.")
    phone: Text = Field(description="The telephone number.")
    when_nl: AnyText = key("", "When to call, in Dutch.")
    when_en: AnyText = key("", "When, in English.")
    is_emergency: Switch = key(False, "Whether this number is for danger now.")


_Help = Annotated[tuple[HelpTable, ...], Must("be tables [[review.help]] with role, name and phone")]
_Oidc = Annotated[OidcTable | None, BeforeValidator(lambda table: None if table == {} else table)]


class ReviewTable(TomlTable):
    """The review: the application in which staff judge what was flagged."""

    host: Text = key("127.0.0.1", "The address on which the application listens.")
    port: Whole = key(8410, "The port on which it listens.", le=65535)
    base_url: Text | None = key(None, "Scheme and host under which browsers reach it.")
    theme: FilePath | None = key(None, "A CSS file of the municipality.")
    accessibility_contact: AnyText = key("", "E-mail address for questions about accessibility.")
    trusted_proxies: tuple[Text, ...] = key((), "Proxies whose X-Forwarded-For is believed.")
    metrics_token_env: Text | None = key(
        None, "The environment variable that holds the token with which /metrics is read; without, there are none."
    )
    session: SessionTable = key(SessionTable(), "How long a session lasts.")
    oidc: _Oidc = key(None, "The identity provider.")
    help: _Help = key((), "Whom staff call, beside the national numbers.", min_length=1)
    sample_share: Number = key(0.10, "Share of the new cases that is drawn at random.", le=0.5)
    sample_when_stopped: CountFromZero = key(10, "Addresses drawn while every rule is stopped.")
    expiry_days: Whole = key(60, "Days after which a case that nobody handled lapses.")
    due_days: Whole = key(14, "Days within which a case should be judged.")
    snooze_days: Whole = key(180, "Days for which an explained address stays out of the queue.")
    lock_minutes: Whole = key(30, "Minutes for which an officer keeps a case that was opened.")
    capacity_per_day: Whole = key(8, "Cases that one officer can do with care in a day.")
    searches_per_day: Whole = key(20, "How often one person may search for a case in a day.")

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


class PolicyRuleTable(TomlTable):
    """A local rule, whose article is shown beside a power in a confirmed case."""

    when_missing = "Without a rule of its own, leave the whole table out: a power then names the national law."

    rule: _ShortText = Field(description="The local regulation.")
    article: _ShortText = Field(description="Its article.")
    duty: _ShortText | None = key(None, "The licence that is needed, if any.")
    partner: _ShortText = Field(description="Who enforces it.")
    since: Day = Field(description="The date on which it came into force.")


class PolicyTable(TomlTable):
    """Which local rules a municipality has; a topic that is left out has none."""

    prostitutie: PolicyRuleTable | None = key(None, "Policy on sex establishments.")
    woonoverlast: PolicyRuleTable | None = key(None, "Policy on nuisance around homes.")
    verhuur: PolicyRuleTable | None = key(None, "Policy on letting.")
    bibob: PolicyRuleTable | None = key(None, "Policy on integrity checks (Wet Bibob).")


def _passes_rsin(text: str) -> str:
    """An RSIN has nine digits and passes the test of eleven: a typing error is seen here, not at the case system."""
    digits = [int(digit) for digit in text] if text.isascii() and text.isdigit() else []
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    if len(digits) != 9 or sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11:
        raise reason("must be the RSIN of an organisation: nine digits that pass the test of eleven.")
    return text


_Rsin = Annotated[Text, AfterValidator(_passes_rsin)]
_Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^https?://[^\s]+$"),
                 Must("be a URL in the catalogue of the case system")]  # fmt: skip


class CaseSystemTable(TomlTable):
    """The case system to which a confirmed case can be handed over, as a file of one ZGW zaak."""

    source_rsin: _Rsin | None = key(None, "RSIN of the organisation that makes the zaak (bronorganisatie).")
    responsible_rsin: _Rsin | None = key(None, "RSIN of who handles it; that of the source by default.")
    case_type: _Url | None = key(None, "URL of the zaaktype in the catalogue.")
    confidentiality: Confidentiality = key(Confidentiality.VERTROUWELIJK, "The vertrouwelijkheidaanduiding.")
    channel: _Url | None = key(None, "URL of the communicatiekanaal, if any.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.model_fields_set and not (self.source_rsin and self.case_type):
            raise reason("needs source_rsin and case_type: without them no case system takes a zaak.")
        return self

    def system(self) -> CaseSystem | None:
        """What a file for the case system needs; None where the table states nothing."""
        if self.source_rsin is None or self.case_type is None:
            return None
        responsible = self.responsible_rsin or self.source_rsin
        return CaseSystem(self.source_rsin, responsible, self.case_type, self.confidentiality, self.channel)


class ContactTable(TomlTable):
    """A function of the municipality that a receiver can call or write to."""

    function: Text = Field(description="The function, never a name.")
    mailbox: Text = Field(description="Its shared mailbox.")
    phone: Text | None = key(None, "Its telephone number.")


_Contacts = Annotated[tuple[ContactTable, ...], Must("be tables [[export.contacts]] with function and mailbox")]


class ExportTable(TomlTable):
    """On what terms signals go to partners, and where the key of tokens and batches are."""

    keys: FilePath | None = key(None, "The folder of the key of tokens; keys/export in the workspace.")
    out: FilePath | None = key(None, "The folder of the batches; export in the workspace.")
    department: Text | None = key(None, "The department that answers for signals.")
    contact_function: Text | None = key(None, "The function that the receiver calls.")
    mailbox: Text | None = key(None, "The shared mailbox.")
    phone: Text | None = key(None, "The telephone number.")
    contacts: _Contacts = key((), "Contacts that may be chosen in place of contact_function.")
    oin: Text | None = key(None, "The OIN of the municipality.")
    dpia: Text | None = key(None, "The number of the DPIA of this disclosure.")
    iama: Text | None = key(None, "The number of the IAMA.")
    keep_days: Whole | None = key(None, "Days for which the receiver may keep a signal.")
    keep_reason: Text | None = key(None, "Why so long.")
    valid_days: Whole = key(30, "Days for which a batch can be opened.", le=90)
    tell_bibob: Switch = key(False, "Whether may be said that an own Bibob inquiry runs.")
    withdraw_automatically: Switch = key(True, "Whether the run prepares withdrawals and corrections.")


def _known_kinds(classes: Mapping[str, str]) -> Mapping[str, str]:
    from screening.rights.kinds import BY_NAME  # they know the schema of the store; few configurations name a class  # noqa: PLC0415

    for odd in sorted(set(classes) - set(BY_NAME)):
        raise reason(f"holds an unknown kind {did_you_mean(odd, BY_NAME)}")
    return classes


class RetentionTable(TomlTable):
    """How long each kind of data stays. A real municipality states every term."""

    runs_kept: Integer = key(Terms.runs_kept, "Full loads that are kept.", ge=2)
    unconfirmed_days: Whole = key(Terms.unconfirmed_days, "Cases that are not confirmed or not handled.")
    confirmed_days: Whole = key(Terms.confirmed_days, "Confirmed cases.")
    visit_photos_days: Whole = key(Terms.visit_photos_days, "Photos of visits; they go with their case at the latest.")
    links_days: Whole = key(Terms.links_days, "Judgements of links.")
    colleague_signals_days: Whole = key(Terms.colleague_signals_days, "Tips of colleagues.")
    batch_files_days: Whole = key(Terms.batch_files_days, "Sealed batches that wait or were sent.")
    disclosures_days: Whole = key(Terms.disclosures_days, "The register of what was disclosed to whom.")
    objections_days: Whole = key(Terms.objections_days, "Objections and requests of data subjects.")
    sessions_days: Whole = key(Terms.sessions_days, "Sessions and stated purposes.")
    accounts_days: Whole = key(Terms.accounts_days, "Accounts of staff.")
    access_log_days: Annotated[Integer, Must(f"be {FIVE_YEARS} days or more: until then somebody may ask who looked")
    ] = key(Terms.access_log_days, "The ledger of who saw and did what.", ge=FIVE_YEARS)  # fmt: skip
    logboek_days: Whole = key(Terms.logboek_days, "The Logboek Dataverwerkingen.")
    backup_days: Whole = key(Terms.backup_days, "Encrypted backups.")
    deliveries_days: Annotated[
        Whole, Must(f"be 1 to {Terms.deliveries_days} days: a raw delivery holds what no run needs")
    ] = key(Terms.deliveries_days, "Raw deliveries.", le=Terms.deliveries_days)  # fmt: skip
    selectielijst: Annotated[
        Mapping[str, Text], AfterValidator(_known_kinds), Must('give each kind its class, such as cases = "11.2"')
    ] = key({}, "Kind of data = class of the selection list (Archiefwet).")

    def terms(self, snapshot_days: int) -> Terms:
        """Every term, with the one of `[run]`."""
        return Terms(**self.model_dump(exclude={"selectielijst"}), snapshot_days=snapshot_days)


def _by_name(tables: object) -> object:
    return dict(sorted(tables.items())) if isinstance(tables, dict) else tables


def _with_the_required(sources: object) -> object:
    """Every required register, so that one that is not there is a fault among the others."""
    return {**dict.fromkeys(required_datasets()), **sources} if isinstance(sources, dict) else sources


#: What a source may call the column that names the town.
_PLACE = re.compile(r"(?i)plaats|town|city|place|stad|dorp")


def _made_up_places_as_they_are(
    sources: Mapping[str, RegisterTable], info: ValidationInfo
) -> Mapping[str, RegisterTable]:
    """What tells that a town is made up (screening.contracts.made_up) may not be made up on the way in."""
    municipality, bag = info.data.get("municipality"), sources.get("bag_adressen")
    if not isinstance(municipality, MunicipalityTable) or municipality.code != SYNTHETIC_CODE or bag is None:
        return sources
    written = {*bag.join, *bag.codes, *(column for table in bag.split.values() for column in table.into)}
    is_as_delivered = not any(column == "woonplaats" or column.endswith("_id") for column in written)
    if bag.query or not is_as_delivered or not _PLACE.search(bag.columns.get("woonplaats", "plaats")):
        raise reason(
            f"gives bag_adressen by a query, or makes its woonplaats or ids of other columns or codes. Code "
            f"{SYNTHETIC_CODE} is a made-up municipality: its addresses are a file, with columns of places and ids."
        )
    return sources


def _one_word_list(indicators: Mapping[str, IndicatorTable]) -> Mapping[str, IndicatorTable]:
    if sum(table.word_list is not None for table in indicators.values()) > 1:
        raise reason("word_list stands at more than one indicator. Only one can have it.")
    return indicators


class ConfigurationTables(TomlTable):
    """The whole file."""

    municipality: MunicipalityTable = Field(description="Which municipality this is.")
    run: RunTable = key(RunTable(), "What holds for every run.")
    sources: Annotated[
        Mapping[Annotated[str, DataSetName], RegisterTable],
        BeforeValidator(_by_name),
        BeforeValidator(_with_the_required),
        AfterValidator(_made_up_places_as_they_are),
    ] = key({}, "One table a register.", validate_default=True, json_schema_extra={"required": [*required_datasets()]})
    matching: MatchingTable = key(MatchingTable(), "How records are linked.")
    indicators: Annotated[
        Mapping[Annotated[str, Field(pattern=_INDICATOR_CODE)], IndicatorTable],
        BeforeValidator(_by_name),
        AfterValidator(_one_word_list),
    ] = key({}, "One table an indicator that may run.", json_schema_extra={"additionalProperties": False})
    review: ReviewTable = key(ReviewTable(), "The review and its terms.")
    care: CareTable = key(CareTable(), "Terms of the care coordinator.")
    policy: PolicyTable = key(PolicyTable(), "Which local rules there are.")
    case_system: CaseSystemTable = key(CaseSystemTable(), "To which case system a confirmed case can go.")
    export: ExportTable = key(ExportTable(), "On what terms signals go to partners.")
    retention: RetentionTable = key(RetentionTable(), "How long each kind of data stays.")
    governance: GovernanceTable = key(GovernanceTable(), "Mandate, purposes, DPIA, advice and signers.")
    audit: AuditTable = key(AuditTable(), "Heads of the ledger.")
    notify: NotifyTable = key(NotifyTable(), "Who is told what became of a night.")
