"""The signals of a batch as flat tables of text: for the workbook and the index. One row names its signal first."""

from __future__ import annotations

from collections.abc import Sequence

from screening.base.workbook import SheetTable
from screening.partners.signal.attachments import Attachment
from screening.partners.signal.fields import StrictModel
from screening.partners.signal.signal import LinkDoubt, Signal
from screening.partners.signal.signal_facts import Deviation, Fact, NamedValue
from screening.partners.signal.signal_parties import Inspection, Organisation, Person, SignalMeasure
from screening.partners.signal.text import plain_number
from screening.wording.fact_words import document_words

#: The parts that become a sheet of their own: name of the sheet, path to the parts, their model.
_SHEETS: tuple[tuple[str, tuple[str, ...], type[StrictModel]], ...] = (
    ("Feiten", ("feiten",), Fact),
    ("Afwijkingen", ("afwijkingen",), Deviation),
    ("Organisaties", ("organisaties",), Organisation),
    ("Personen", ("personen",), Person),
    ("Controles", ("onderzoek_en_maatregelen", "controles"), Inspection),
    ("Maatregelen", ("onderzoek_en_maatregelen", "maatregelen"), SignalMeasure),
    ("Koppelingen", ("twijfels", "koppelingen"), LinkDoubt),
    ("Bijlagen", ("bijlagen",), Attachment),
)
#: The groups of which each signal has one: together the sheet of signals.
_SINGLE = ("meta", "object", "aanleiding", "barrieres_en_vraag", "bewaring_en_contact")


def tables(signals: Sequence[Signal]) -> list[SheetTable]:
    """Every sheet of the workbook, in order. Between them they hold every field of the schema."""
    singles = {group: model for group in _SINGLE if (model := _part(Signal.model_fields[group].annotation))}
    header = ("signaal_id", *_once({group: _columns(model) for group, model in singles.items()}))
    header += ("tegenindicaties", "lopende_procedures")
    rows = []
    for signal in signals:
        cells = [cell for group, model in singles.items() for cell in _cells(getattr(signal, group), model)]
        assert cells.pop(0) == signal.signal_id  # noqa: S101 - the first field of the first group is the id
        last = (signal.twijfels.tegenindicaties, signal.onderzoek_en_maatregelen.lopende_procedures)
        rows.append((signal.signal_id, *cells, *(_text(value) for value in last)))
    sheets = [SheetTable("Signalen", header, rows)]
    for name, path, model in _SHEETS:
        sheets.append(SheetTable(name, ("signaal_id", *_columns(model)), _part_rows(signals, path, model)))
    return sheets


def index(signals: Sequence[Signal]) -> SheetTable:
    """One row a signal: what it is about and which files hold it. Ordered by the random id: the order says nothing."""
    header = (
        "signaal_id",
        "versie",
        "adres",
        "adresseerbaar_object_id",
        "thema",
        "barrieres",
        "afwijkingen",
        "vertrouwelijkheid",
        "urgentie",
        "bewaren_tot",
        "bestand_json",
        "bestand_pdf",
        "bijlagen",
    )
    return SheetTable(
        "Index",
        header,
        [
            (
                signal.signal_id,
                str(signal.meta.versie),
                signal.object.adres,
                signal.object.adresseerbaar_object_id,
                document_words().get(signal.meta.thema, signal.meta.thema),
                ", ".join(document_words()[barrier] for barrier in signal.barrieres_en_vraag.barrieres),
                ", ".join(deviation.code for deviation in signal.afwijkingen),
                signal.meta.vertrouwelijkheid,
                signal.barrieres_en_vraag.urgentie or "",
                signal.bewaring_en_contact.bewaren_tot,
                f"signalen/{signal.signal_id}.json",
                f"signalen/{signal.signal_id}.pdf",
                "; ".join(attachment.bestand for attachment in signal.bijlagen or ()),
            )
            for signal in signals
        ],
    )


def _once(columns: dict[str, list[str]]) -> list[str]:
    """The names of all groups after the first one, which is the id; one that occurs again gets its group in front."""
    header: list[str] = []
    for group, names in columns.items():
        header += [f"{group}_{name}" if name in header else name for name in names]
    return header[1:]


def _part_rows(signals: Sequence[Signal], path: tuple[str, ...], model: type[StrictModel]) -> list[tuple[str, ...]]:
    rows = []
    for signal in signals:
        parts: object = signal
        for step in path:
            parts = getattr(parts, step) or ()
        assert isinstance(parts, tuple)  # noqa: S101 - the paths above end in lists
        rows += [(signal.signal_id, *_cells(part, model)) for part in parts]
    return rows


def _columns(model: type[StrictModel], prefix: str = "") -> list[str]:
    """The names of a model's fields, those of a part within it joined by an underscore."""
    names: list[str] = []
    for name, declared in model.model_fields.items():
        inner = _part(declared.annotation)
        names += _columns(inner, f"{prefix}{name}_") if inner else [f"{prefix}{name}"]
    return names


def _cells(part: StrictModel | None, model: type[StrictModel]) -> list[str]:
    cells: list[str] = []
    for name, declared in model.model_fields.items():
        value = getattr(part, name) if part is not None else None
        inner = _part(declared.annotation)
        cells += _cells(value, inner) if inner else [_text(value)]
    return cells


def _part(annotation: object) -> type[StrictModel] | None:
    """The model of a single part (X, X | None); lists of parts stay in one cell or have a sheet."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, StrictModel) else None
    arguments = [argument for argument in getattr(annotation, "__args__", ()) if argument is not type(None)]
    return _part(arguments[0]) if len(arguments) == 1 and not hasattr(annotation, "__origin__") else None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, tuple):
        return "; ".join(_text(element) for element in value)
    if isinstance(value, NamedValue):
        return f"{value.betekenis or value.naam}: {value.waarde}"
    if isinstance(value, StrictModel):
        return " | ".join(
            _text(inner) for inner in (getattr(value, name) for name in type(value).model_fields) if inner
        )
    return plain_number(value) if isinstance(value, int | float) else str(value)
