"""`screening.toml`, one model a table. A key more is a line more: its type, its default and what it says.

The descriptions are read in an editor, by way of docs/reference/screening.schema.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from flows.configuration.audit import AuditTable
from flows.configuration.care import CareTable
from flows.configuration.extension_tables import ExtensionsTable
from flows.configuration.fields import (
    CountFromZero,
    DataSetName,
    Day,
    Integer,
    Must,
    Number,
    Text,
    TomlTable,
    Verbatim,
    Whole,
    by_name,
    did_you_mean,
    key,
    reason,
    required_datasets,
)
from flows.configuration.indicator_tables import Indicators
from flows.configuration.local_tables import Areas, Lines, PermitTypes
from flows.configuration.mapping_tables import RegisterTable
from flows.configuration.notify import NotifyTable
from flows.configuration.partner_tables import CaseSystemTable, ExportTable
from flows.configuration.pooling import PoolingTable
from flows.configuration.review_tables import ReviewTable
from screening.base.datasets import datasets
from screening.mandate.governance import GovernanceTable
from screening.rights.terms import FIVE_YEARS, Terms

#: A municipality whose data are made up; it may run with the three keys of an indicator and nothing more.
SYNTHETIC_CODE = "9999"

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
        4096,
        "MiB of address space that reading deliveries may take; less where the machine or ulimit -v has less.",
        ge=1280,
    )
    read_seconds: Whole = key(30, "Seconds that reading a file may take, for each 32 MiB of it; ten times for a query.")


class MatchingTable(TomlTable):
    """How records are linked."""

    estimate_every_days: Whole = key(90, "Days after which the weights are estimated anew, on all records.")
    estimate_at_drift: Number = key(
        0.2, "Share by which the rows of a register may differ from those at the estimation.", allow_inf_nan=False
    )
    estimate_anew_from: Day | None = key(None, "Weights that were estimated before this date are estimated anew.")


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        raise reason("must be a text in quotes of 1 to 200 characters on one line.")
    return text


_ShortText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_on_one_line),
    Must("be a text in quotes of 1 to 200 characters on one line"),
]


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
    access_log_days: Annotated[
        Integer, Must(f"be {FIVE_YEARS} days or more: until then somebody may ask who looked")
    ] = key(Terms.access_log_days, "The ledger of who saw and did what.", ge=FIVE_YEARS)
    logboek_days: Whole = key(Terms.logboek_days, "The Logboek Dataverwerkingen.")
    backup_days: Whole = key(Terms.backup_days, "Encrypted backups.")
    deliveries_days: Annotated[
        Whole, Must(f"be 1 to {Terms.deliveries_days} days: a raw delivery holds what no run needs")
    ] = key(Terms.deliveries_days, "Raw deliveries.", le=Terms.deliveries_days)
    selectielijst: Annotated[
        Mapping[str, Text], AfterValidator(_known_kinds), Must('give each kind its class, such as cases = "11.2"')
    ] = key({}, "Kind of data = class of the selection list (Archiefwet).")

    def terms(self, snapshot_days: int) -> Terms:
        """Every term, with the one of `[run]`."""
        return Terms(**self.model_dump(exclude={"selectielijst"}), snapshot_days=snapshot_days)


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


def _no_copy_of_rows_unread(sources: Mapping[str, RegisterTable]) -> Mapping[str, RegisterTable]:
    """A raw delivery that is kept would hold the very rows that its contract leaves unread."""
    for name, table in sources.items():
        if table.when_suspect == "last_good" and datasets()[name].leaves_rows_unread:
            raise reason(
                f'gives {name} when_suspect = "last_good". Of this register rows are dropped unread, and so no '
                'delivery is kept: write "off".'
            )
    return sources


def _addresses_by_our_own_readers(sources: Mapping[str, RegisterTable]) -> Mapping[str, RegisterTable]:
    """By the addresses it is known where every record lies, and whether a town is made up."""
    if (bag := sources.get("bag_adressen")) is not None and bag.reader:
        raise reason("gives bag_adressen a reader. No extension reads the addresses: deliver a BAG extract or CSV.")
    return sources


class ConfigurationTables(TomlTable):
    """The whole file."""

    municipality: MunicipalityTable = Field(description="Which municipality this is.")
    run: RunTable = key(RunTable(), "What holds for every run.")
    sources: Annotated[
        Mapping[Annotated[str, DataSetName], RegisterTable],
        BeforeValidator(by_name),
        BeforeValidator(_with_the_required),
        AfterValidator(_made_up_places_as_they_are),
        AfterValidator(_no_copy_of_rows_unread),
        AfterValidator(_addresses_by_our_own_readers),
    ] = key({}, "One table a register.", validate_default=True, json_schema_extra={"required": [*required_datasets()]})
    matching: MatchingTable = key(MatchingTable(), "How records are linked.")
    extensions: ExtensionsTable = key(ExtensionsTable(), "Rules and registers of the municipality's own.")
    indicators: Indicators = key(
        {}, "One table an indicator that may run.", json_schema_extra={"additionalProperties": False}
    )
    permit_types: PermitTypes = key({}, "Kinds of permit of the municipality, beside those that ship.")
    lines: Lines = key({}, "Lines of business that need a licence here, beside those that ship.")
    areas: Areas = key({}, "Areas in which a legal duty holds; a duty that no area names holds everywhere.")
    review: ReviewTable = key(ReviewTable(), "The review and its terms.")
    care: CareTable = key(CareTable(), "Terms of the care coordinator.")
    policy: PolicyTable = key(PolicyTable(), "Which local rules there are.")
    case_system: CaseSystemTable = key(CaseSystemTable(), "To which case system a confirmed case can go.")
    export: ExportTable = key(ExportTable(), "On what terms signals go to partners.")
    pooling: PoolingTable = key(PoolingTable(), "To which processor exact counts go, to be added up over towns.")
    retention: RetentionTable = key(RetentionTable(), "How long each kind of data stays.")
    governance: GovernanceTable = key(GovernanceTable(), "Mandate, purposes, DPIA, advice and signers.")
    audit: AuditTable = key(AuditTable(), "Heads of the ledger.")
    notify: NotifyTable = key(NotifyTable(), "Who is told what became of a night.")
