"""The files of a batch: signals that were approved one by one, in one transport. Never a ranked list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from screening.base.vocabulary import BatchKind
from screening.base.workbook import workbook
from screening.partners.batch import notices as notes
from screening.partners.batch import readme as top
from screening.partners.batch.document import signal_pdfs
from screening.partners.batch.feedback import FORM_FILE, WORDS_FILE, answer_form, words_of_codes
from screening.partners.batch.geopackage import geopackage
from screening.partners.batch.index import csv_bytes
from screening.partners.batch.manifest import BatchMeta
from screening.partners.batch.notices import Notice
from screening.partners.batch.tables import index, tables
from screening.partners.signal import schema
from screening.partners.signal.canonical import canonical
from screening.partners.signal.errors import ExportError
from screening.partners.signal.refuse import forbidden_in
from screening.partners.signal.signal import Signal

_NOTES = (
    "VERTROUWELIJK",
    "Elk signaal beschrijft een afwijking bij een adres. Het is geen bewijs en beschuldigt niemand.",
    "De selectie is met vaste regels door een computer gemaakt; twee medewerkers hebben elk dossier beoordeeld.",
    "De volgorde zegt niets: de kenmerken zijn willekeurig. Er is geen rangorde en geen score.",
    "Alle cellen zijn tekst. Wat telt is het JSON-bestand van elk signaal; deze tabellen zijn om te lezen.",
)


def make_batch(
    signals: Sequence[Signal],
    meta: BatchMeta,
    *,
    notices: Sequence[Notice] = (),
    processes: int = 1,
    attachments: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Return the files of a batch by name, without its manifest (`seal` adds it). The same input gives the same bytes.

    Signals are written in the order of their random ids. A correction and a reversal have a notice for each
    signal; a withdrawal has notices and no signals. `processes`: how many processes set the documents.
    `attachments`: the documents of the signals, by the name that each has in its signal.
    Raises ExportError when signals and notices do not fit the kind, an id occurs twice, a forbidden value is left, or
    the attachments are not just those that the signals name.
    """
    ordered = sorted(signals, key=lambda signal: signal.signal_id)
    _fit(ordered, meta.kind, notices)
    files = _attached(ordered, attachments or {})
    if ordered:
        # setting a document leaves the interpreter free for what else is made of the same signals
        with ThreadPoolExecutor(1) as thread:
            checked = thread.submit(_refuse_forbidden, ordered)
            contents = thread.submit(lambda: [canonical(signal) for signal in ordered])
            overviews = thread.submit(_overviews, ordered, meta)
            pdfs = signal_pdfs(ordered, processes=processes)
        checked.result()
        for signal, content, pdf in zip(ordered, contents.result(), pdfs, strict=True):
            files[f"signalen/{signal.signal_id}.json"] = content
            files[f"signalen/{signal.signal_id}.pdf"] = pdf
        files |= overviews.result()
    if notices:
        files[notes.FILE] = notes.notices_bytes(notices)
    ids = sorted({signal.signal_id for signal in ordered} | {notice.signaal_id for notice in notices})
    files[FORM_FILE] = answer_form(meta, ids)
    files[WORDS_FILE] = words_of_codes()
    files[top.FILE] = top.readme(meta, count=len(ids), names=list(files))
    return files


def _attached(signals: Sequence[Signal], attachments: Mapping[str, bytes]) -> dict[str, bytes]:
    """The attachments, each of which is what its signal says: that is what was approved."""
    named = {attachment.bestand: attachment for signal in signals for attachment in signal.bijlagen or ()}
    if set(named) != set(attachments):
        raise ExportError("An attachment of a signal is missing, or one is there that no signal names.")
    for name, attachment in named.items():
        content = attachments[name]
        if len(content) != attachment.bytes or hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise ExportError("An attachment is not the one that was approved. Prepare its signal again.")
    return dict(attachments)


def _overviews(signals: Sequence[Signal], meta: BatchMeta) -> dict[str, bytes]:
    """The files that hold all signals together, and the schema that each of them follows."""
    files = {
        "index.csv": csv_bytes(index(signals)),
        "signalen.xlsx": workbook(tables(signals), title=f"Levering {meta.batch_id}", notes=_NOTES),
    }
    for file in {schema.SCHEMA_OF[signal.formaat] for signal in signals}:
        files[f"schema/{file}"] = schema.published_schema(file)
    points = geopackage(signals)
    return files if points is None else {**files, "signalen.gpkg": points}


def _fit(signals: Sequence[Signal], kind: BatchKind, notices: Sequence[Notice]) -> None:
    ids = [signal.signal_id for signal in signals]
    noticed = [notice.signaal_id for notice in notices]
    if len(set(ids)) != len(ids) or len(set(noticed)) != len(noticed):
        raise ExportError("A signal stands in the batch twice. Keep its last version.")
    if any(notice.soort != kind for notice in notices):
        raise ExportError("A notice of another kind stands in the batch. Make a batch for each kind.")
    fits = {
        BatchKind.SIGNALS: bool(ids) and not noticed,
        BatchKind.CORRECTION: bool(ids) and set(ids) == set(noticed),
        BatchKind.REVERSAL: bool(ids) and set(ids) == set(noticed),
        BatchKind.WITHDRAWAL: bool(noticed) and not ids,
    }
    if not fits[kind]:
        raise ExportError(
            "The signals and notices do not fit the kind of the batch: signals alone, corrections and reversals with a "
            "notice for each signal, withdrawals without signals."
        )
    versions = {signal.signal_id: signal.meta.versie for signal in signals}
    if any(notice.nieuwe_versie != versions.get(notice.signaal_id) for notice in notices):
        raise ExportError("A notice names another version than the signal in the batch has.")


def _refuse_forbidden(signals: Sequence[Signal]) -> None:
    for signal in signals:
        forbidden = forbidden_in(signal)
        if forbidden:
            raise ExportError(f"A signal holds what may never leave: {forbidden[0].field} ({forbidden[0].kind}).")
