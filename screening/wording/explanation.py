"""What one run says of one address: the same words for the terminal and for the page of a dossier."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screening.base.datasets import datasets
from screening.base.frames import Row
from screening.base.local_formats import date_text
from screening.base.word_lists import by_language, read_translations
from screening.wording.forms import kept_date_text
from screening.wording.hit import Part, as_lines, hit_part
from screening.wording.register_names import register_name

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[ T])")
_NOT_CONFIGURED = {"kind": "not_configured", "reason_nl": "niet ingesteld.", "reason_en": "not configured."}

_TABLES = read_translations("screening.wording", "words.yaml")
REASONS = by_language(_TABLES["reasons"])
WORDS = by_language(_TABLES["sentences"])


@dataclass(frozen=True)
class AddressExplanation:
    """The explanation of one address in one run, as data (`document`), as parts for a page, and as lines.

    Each of `hits` is a row of evidence with `sources` (its records, as in `records`), `without` (registers that its
    indicator reads and that are not configured) and `unjudged` (open probable links of its records). `unavailable`:
    registers that this run did not have, each with its reason. `unjudged`: open probable links of `records`.
    """

    address_id: str
    address: str
    run_id: str
    as_of: str
    flag: Row | None
    hits: list[Row]
    records: list[Row]
    not_run: list[Row]
    unavailable: list[Row]
    unjudged: list[str]
    stopped: list[str]
    #: Whether the records of the dossier are known, establishments included: of other addresses they are not.
    has_dossier: bool = False
    #: Whether `hits` are all there are: of a sampled address the store keeps none.
    are_hits_known: bool = True
    declarations: Mapping[str, dict[str, object]] = field(default_factory=dict, repr=False)

    def document(self) -> dict[str, object]:
        """All of it as JSON has it."""
        return {k: v for k, v in vars(self).items() if k not in {"declarations", "has_dossier", "are_hits_known"}}

    def parts(self, language: str) -> list[Part]:
        """One part a hit, in the order of `hits`: its records with their places, and what this run did not know."""
        return [
            explained_part({**hit, "as_of": self.as_of}, self.declarations[hit["indicator"]], language)
            for hit in self.hits
        ]

    def unknown(self, language: str) -> list[str]:
        """What this run did not know of the address: registers it did not have, links that nobody judged."""
        return _unknown_sentences(self.unavailable, self.unjudged, language)

    def reason(self, language: str) -> list[str]:
        """Whether the address was flagged and why; what was stopped since."""
        words, flag = WORDS[language], self.flag
        if flag:
            why, since = REASONS[language][flag["reason"]], _day(flag["first_flagged"], language)
            sentences = [words["flagged"].format(since=since, reason=flag["reason"], why=why)]
        else:
            sentences = [words["not"]]
            if self.are_hits_known:
                sentences.append(words["few"] if self.hits else words["none"])
        if self.stopped:
            sentences.append(words["stopped"].format(codes=", ".join(self.stopped)))
        return sentences

    def lines(self, language: str) -> list[str]:
        """All of it as plain lines of text."""
        words = WORDS[language]
        head = {**vars(self), "as_of": _day(self.as_of, language)}
        lines = [words["head"].format(**head), *self.reason(language)]
        for part in self.parts(language):
            lines += ["", *as_lines(part, language)]
        lines += ["", words["records"].format(n=len(self.records))]
        lines += [f"  - {record_text(row, language)}" for row in self.records]
        if not self.has_dossier:
            lines.append(f"  {words['shielded']}")
        unknown = self.unknown(language)
        if unknown:
            lines += ["", words["unknown"], *(f"  - {sentence}" for sentence in unknown)]
        if self.not_run:
            lines += ["", words["not_run"].format(codes=", ".join(indicator["code"] for indicator in self.not_run))]
        return lines


def explain_address(
    *,
    address_id: str,
    address: str,
    document: Row,
    flag: dict[str, object] | None,
    evidence: Iterable[Row],
    declarations: Mapping[str, dict[str, object]],
    places: Iterable[Row],
    records: Iterable[dict[str, object]] | None,
    judged: Collection[str],
    stopped: Collection[str] = (),
    are_hits_known: bool = True,
) -> AddressExplanation:
    """Explain what a run says of one address.

    Args:
        address_id: The address.
        address: How it is written.
        document: `run.json`.
        flag: A row of FLAGS, or None.
        evidence: Rows of EVIDENCE.
        declarations: The indicators as they were in the run, by code.
        places: The records at the address and those that a hit cites, in order: `dataset`, `key`, `is_here`,
            `source_file_sha256`, `row_number`, `address_method`, `probable_links`.
        records: Those of the dossier, with their `fields`; None without a dossier.
        judged: Ids of the links that a person judged.
        stopped: Codes of the cited indicators that were stopped since.
        are_hits_known: Whether `evidence` is all there is of an address without a flag.
    """
    places, records_of = list(places), {f"{row['dataset']}:{row['key']}": row for row in records or ()}
    shown = placed(places, document, records_of.values())
    links = {
        f"{place['dataset']}:{place['key']}": [link for link in place["probable_links"] or () if link not in judged]
        for place in places
    }
    indicators = document["indicators"]
    without = {indicator["code"]: indicator["without"] for indicator in indicators["run"]}
    at_address = [record for record in shown.values() if record["is_here"]]
    evidence = [{**hit, "values": json.loads(str(hit["values"] or "{}"))} for hit in evidence]
    hits = [
        {
            **hit,
            "sources": [
                {
                    **shown[record],
                    "date": decisive_date(declarations[hit["indicator"]], hit["values"], records_of[record]),
                }
                if record in records_of
                else shown[record]
                for record in hit["record_ids"]
                if record in shown
            ],
            "without": without.get(hit["indicator"], []),
            "unjudged": _links_of(hit["record_ids"], links),
        }
        for hit in evidence
    ]
    return AddressExplanation(
        address_id=address_id,
        address=address,
        run_id=str(document["run_id"]),
        as_of=str(document["as_of"]),
        flag=flag,
        hits=hits,
        records=at_address,
        not_run=indicators["not_run"],
        unavailable=unavailable(document),
        unjudged=_links_of([record["record"] for record in at_address], links),
        # a stop takes no published run back: whoever reads one must know of it
        stopped=sorted({str(hit["indicator"]) for hit in hits} & set(stopped)),
        has_dossier=records is not None,
        are_hits_known=are_hits_known,
        declarations=declarations,
    )


def placed(places: Iterable[Mapping[str, object]], document: Row, records: Iterable[Row]) -> dict[str, Row]:
    """`dataset:key` -> `record`, `file`, `row_number`, `address_method`, `date` (see `main_date`), `is_here`; in order.

    `configured` are its columns that the register did not deliver (`set_by_configuration`). `records`: those whose
    `fields` are known, for their dates.
    """
    constants = set_by_configuration(document)
    files = {entry["sha256"]: entry["path"] for entry in document["inputs"]}
    dates = {f"{row['dataset']}:{row['key']}": main_date(row) for row in records}
    by_record = {}
    for row in places:
        record = f"{row['dataset']}:{row['key']}"
        by_record[record] = {
            "record": record,
            "file": files.get(row["source_file_sha256"], "?"),
            "row_number": row["row_number"],
            "address_method": row["address_method"],
            "date": dates.get(record),
            "configured": sorted(constants.get(str(row["dataset"]), {})),
            "is_here": row["is_here"],
        }
    return by_record


def set_by_configuration(document: Row) -> dict[str, Mapping[str, str]]:
    """Data set -> column -> the code that the configuration gave every row of it in this run."""
    return {entry["dataset"]: entry["constant"] for entry in document["inputs"] if entry.get("constant")}


def main_date(record: Mapping[str, Any]) -> dict[str, str] | None:
    """The first date of a record that is known to the day, as `column` and `day`; None where there is none.

    The date columns of our registers begin with "datum"; of another its contract says which day comes first.
    """
    about, fields = datasets().get(record["dataset"]), record["fields"]
    dates = [name for name in fields if name.startswith("datum")] + (list(about.span) if about else [])
    for name in dates:
        if (value := fields.get(name)) and (day := _ISO_DAY.match(value)):
            return {"column": name, "day": day[0]}
    return None


def decisive_date(
    declaration: Mapping[str, object], values: Mapping[str, object], record: Mapping[str, Any]
) -> dict[str, str] | None:
    """The date of a cited record that carries a hit, as `column` and `day` (as precise as it is known).

    Of the dates that its rule declares for the data set it is the first that the hit names, or else the first that is
    known; of other data sets the date of the record itself. None where there is none.
    """
    declared = declaration.get("decisive")
    names = declared.get(record["dataset"], ()) if isinstance(declared, Mapping) else ()
    filled_in = {name: record["fields"][name] for name in names if record["fields"].get(name)}
    for name, day in filled_in.items():
        if day in values.values():
            return {"column": name, "day": day}
    for name, day in filled_in.items():
        return {"column": name, "day": day}
    return main_date(record)


def place_text(row: Mapping[str, object], language: str) -> str:
    """The file and row of a record (as in `placed`), its main date where that is known, and what was not delivered."""
    words, main, configured = WORDS[language], row["date"], row["configured"]
    place = words["place"].format(**row)
    if isinstance(main, Mapping):
        place += f", {main['column']} {kept_date_text(str(main['day']), language) or main['day']}"
    if isinstance(configured, list) and configured:
        place += words["configured"].format(columns=", ".join(configured))
    return place


def record_text(row: dict[str, object], language: str) -> str:
    """A record (as in `placed`) with its place, and how its address was found: managers and officers have none."""
    form = WORDS[language]["row" if row["address_method"] else "row_of"]
    return form.format(**{**row, "place": place_text(row, language)})


def explained_part(hit: Row, declaration: Mapping[str, object], language: str) -> Part:
    """One of `AddressExplanation.hits` as a part: its records with their places, and what the run did not know."""
    return hit_part(
        declaration,
        {**hit, "values": json.dumps(hit["values"])},
        language,
        records={str(row["record"]): place_text(row, language) for row in hit["sources"]},
        unknown=[
            # why a register is not there is told once of the address
            *(WORDS[language]["unread"].format(register=register_name(name, language)) for name in hit["without"]),
            *_unknown_sentences([], hit["unjudged"], language),
        ],
    )


def unavailable(document: Row) -> list[Row]:
    """The registers that a run did not have: missing, too old, or not configured; `dataset`, `kind`, `reason_…`."""
    registers = [{"dataset": entry["dataset"], **_reasons(entry)} for entry in document["unavailable"]]
    names = {entry["dataset"] for entry in (*registers, *document["inputs"])}
    return registers + [
        {"dataset": str(dataset), **_reasons(_NOT_CONFIGURED)} for dataset in datasets() if str(dataset) not in names
    ]


def _unknown_sentences(missing: Iterable[Mapping[str, object]], links: Sequence[str], language: str) -> list[str]:
    """One sentence a register that is not there, and one on the links that nobody judged, where there are any."""
    words = WORDS[language]
    sentences = [
        words["register"].format(
            register=register_name(str(entry["dataset"]), language), reason=entry[f"reason_{language}"]
        )
        for entry in missing
    ]
    return [*sentences, words["links"]] if links else sentences


def _reasons(why: Mapping[str, str]) -> dict[str, str]:
    return {name: why[name] for name in ("kind", "reason_nl", "reason_en")}


def _links_of(records: Iterable[str], links: Mapping[str, list[str]]) -> list[str]:
    return sorted({link for record in records for link in links.get(record, [])})


def _day(day: object, language: str) -> str:
    return date_text(date.fromisoformat(str(day)), language)
