"""Kinds of data, each with its term: every table of the store and every folder of the workspace is of exactly one.

A test walks through all tables and folders and fails for one without a kind: nothing is kept that nobody thought of.
"""

from __future__ import annotations

from dataclasses import dataclass

from screening.store.schema.base import word_lists


@dataclass(frozen=True)
class Kind:
    """A kind of data. `terms`: the fields of Terms that say how long; none: it holds nobody's data, and stays.

    `tables` of the store; `ledger_tables` of the ledger; `folders`: names in the workspace.
    """

    name: str
    what_nl: str
    what_en: str
    terms: tuple[str, ...]
    tables: tuple[str, ...] = ()
    ledger_tables: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


KINDS: tuple[Kind, ...] = (
    Kind(
        "run_data", "gegevens van een run: registers, partijen, koppelingen, aandachtspunten",
        "data of a run: registers, parties, links, flags", ("runs_kept",),
        tables=(
            "flag", "dossier_address", "sample", "evidence", "dossier_record", "cited_record", "dossier_place",
            "dossier_party", "dossier_link", "cited_fingerprint", "link_fingerprint", "link_to_judge",
        ),
        folders=("runs", "staging"),
    ),
    Kind(
        "run_record", "verslag van een run: aantallen, bestanden, regels; geen personen",
        "record of a run: counts, files, rules; nobody in it", (),
        tables=("run", "run_file", "indicator_declaration", "source_age", "case_sync"),
    ),
    Kind(
        "snapshots", "momentopnamen om een run te herhalen", "snapshots to run a night again", ("snapshot_days",),
        folders=("snapshots",),
    ),
    Kind(
        "cases", "zaken met leesverslagen, oordelen en bezoeken", "cases with readings, judgements and visits",
        ("unconfirmed_days", "confirmed_days"),
        tables=(
            "review_case", "case_opened", "case_reading", "case_judgement", "case_step", "case_fact", "snooze",
            "visit_list", "visit_stop", "visit_outcome",
        ),
    ),
    Kind(
        "link_judgements", "oordelen over koppelingen", "judgements of links", ("links_days",),
        tables=("link_judgement", "link_reading", "link_reading_undone", "link_result_seen"),
    ),
    Kind(
        "rejected_links", "afgewezen koppelingen zonder identiteit: versleutelde kenmerken",
        "rejected links without identity: keyed hashes", (), tables=("rejected_link",),
    ),
    Kind(
        "colleague_signals", "signalen van collega's: elk met een eigen wisdatum",
        "signals of colleagues: each with its own date of erasure", ("colleague_signals_days",),
        tables=("colleague_signal", "signal_decision", "care_contact"),
    ),
    Kind(
        "disclosures", "signalen aan het RIEC: inhoud tot de datum in het signaal, register daarna",
        "signals to the RIEC: content until the date in the signal, the register after it", ("disclosures_days",),
        tables=(
            "riec_signal", "riec_content", "riec_approval", "riec_event", "riec_disclosure", "riec_call_back",
            "riec_feedback",
        ),
    ),
    Kind(
        "recipients", "ontvangers, sleutels en volgnummers van leveringen", "recipients, keys, numbers of batches", (),
        tables=("riec_key", "riec_key_event", "riec_batch", "riec_batch_placed"),
    ),
    Kind(
        "batch_files", "verzegelde leveringen die klaarstaan of verstuurd zijn", "sealed batches, waiting or sent",
        ("batch_files_days",), folders=("export",),
    ),
    Kind(
        "objections", "bezwaren en verzoeken van betrokkenen", "objections and requests of data subjects",
        ("objections_days",), tables=("objection", "objection_decision"),
    ),
    Kind(
        "erasures", "verklaringen van vernietiging", "receipts of erasure", (),
        tables=("erasure", "erasure_item", "erasure_done"), folders=("receipts",),
    ),
    Kind(
        "sessions", "sessies en gekozen doelen", "sessions and stated purposes", ("sessions_days",),
        tables=("review_session", "session_purpose"),
    ),
    Kind(
        "accounts", "accounts van medewerkers", "accounts of staff", ("accounts_days",),
        tables=("account", "saved_filter"),
    ),
    Kind("statistics", "aantallen per maand", "counts by month", (), tables=("statistics_month",)),
    Kind("rules", "besluiten over regels", "decisions about rules", (), tables=("rule_version", "rule_event")),
    Kind(
        "access_logs", "het logboek van toegang en handelingen", "the ledger of access and acts", ("access_log_days",),
        ledger_tables=("ledger_identity", "ledger_entry", "ledger_start"), folders=("ledger.sqlite", "heads"),
    ),
    Kind(
        "logboek", "Logboek Dataverwerkingen", "Logboek Dataverwerkingen", ("logboek_days",),
        ledger_tables=("processing_line",),
    ),
    Kind("backups", "versleutelde reservekopieën", "encrypted backups", ("backup_days",), folders=("backups",)),
    Kind(
        "deliveries", "ruwe leveringen: het programma bewaart er geen", "raw deliveries: the programme keeps none",
        ("deliveries_days",),
    ),
    Kind(
        "technical", "schema, sleutels, slot, staat van de planner en de databank zelf",
        "schema, keys, lock, state of the scheduler and the database itself", (),
        tables=("alembic_version", *(words.name for words in word_lists())),
        folders=("keys", "lock", "export.lock", "store.sqlite", "prefect"),
    ),
)  # fmt: skip

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


def kind_of_table(name: str) -> Kind | None:
    """The kind of a table of the store or the ledger; None: nobody said."""
    return next((kind for kind in KINDS if name in kind.tables or name in kind.ledger_tables), None)


def kind_of_folder(name: str) -> Kind | None:
    """The kind of a folder or file at the top of the workspace; None: nobody said. Journals go with their database."""
    for tail in ("-wal", "-shm", "-journal"):
        name = name.removesuffix(tail)
    return next((kind for kind in KINDS if name in kind.folders), None)
