"""The digest of a night in plain Dutch: what became of it, and what differs from the night before. Counts only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from babel.dates import format_date

from flows.notify.channels import Digest
from screening.base.datasets import datasets
from screening.base.local_formats import count_nl, decimal_text
from screening.base.vocabulary import NightKind
from screening.store.night_history import night_history
from screening.store.night_reports import NightReport, RegisterOfNight

#: How a night ended, as the subject says it.
OUTCOMES_NL = {
    NightKind.PUBLISHED: "gepubliceerd",
    NightKind.WITH_GAPS: "gepubliceerd met gaten",
    NightKind.STOPPED: "gestopt",
    NightKind.REFUSED: "geweigerd",
    NightKind.BUSY: "niet begonnen",
    NightKind.FAILED: "mislukt",
}
_KEPT = "Er is niets gepubliceerd; de toetsing toont de laatste nacht die wel lukte."
_MEANINGS = {
    NightKind.PUBLISHED: "Alles is gelukt. De uitkomst staat klaar in de toetsing.",
    NightKind.WITH_GAPS: "De uitkomst staat klaar in de toetsing, maar er ontbreekt iets aan.",
    NightKind.STOPPED: f"Een levering is niet zoals is afgesproken. {_KEPT}",
    NightKind.REFUSED: f"De configuratie, het mandaat of een levering is niet in orde. {_KEPT} Wat er mist, zegt: "
    "barrier check",
    NightKind.BUSY: f"Een andere nacht van deze gemeente loopt nog, of hangt. {_KEPT} Kijk met: barrier doctor",
    NightKind.FAILED: f"{_KEPT} Wat nu te doen is, zegt: barrier doctor",
}
_LONGEST_REASON = 500
_VERDICTS = {
    "good": "goed",
    "suspect": "twijfelachtig",
    "rejected": "afgekeurd",
    "missing": "ontbreekt",
    "stale": "te oud",
}
#: Why rules did not run, by the kind of `screening.rules.NotRun`.
_RULES_OFF = {
    "stale_source": "levering ontbreekt of is te oud",
    "suspect_source": "levering is twijfelachtig",
    "no_source": "register is niet ingesteld",
    "lacks_column": "register heeft een kolom niet",
    "incomplete": "instelling is niet volledig",
    "stopped": "stopgezet",
    "not_approved": "niet goedgekeurd",
    "expired": "goedkeuring is verlopen",
    "changed": "anders dan goedgekeurd",
    "other_version": "andere versie dan goedgekeurd",
    "purpose": "doel is niet vastgelegd of niet gedekt",
    "unknown": "onbekend in deze versie",
}
#: That a municipality never chose a rule is no news.
_NO_NEWS = "not_configured"


def digest_of(report: NightReport, earlier: Iterable[NightReport] = ()) -> Digest:
    """Make the digest of a night.

    Args:
        report: The night.
        earlier: The reports of the nights before it, in any order; its own may be among them.
    """
    history = night_history(other for other in earlier if other != report)
    before = history.last_published
    parts = [[*_outcome(report, history.not_good_before(report))]]
    if report.has_published:
        parts += [
            [f"Vergeleken met de nacht van {_day(before)}, {OUTCOMES_NL[before.kind]}:"] if before else [],
            ["Registers", *_registers(report, before)],
            ["Aandachtspunten", *_flags(report, before)],
            ["Regels", *_rules(report, before)],
            ["Werkvoorraad", *_work(report, before)],
        ]
    return Digest(
        f"{report.municipality}, nacht van {_day(report)}: {OUTCOMES_NL[report.kind]}",
        "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n",
        report.is_good,
        report.ended,
    )


def digest_of_work(report: NightReport, earlier: Iterable[NightReport] = ()) -> Digest:
    """Make the message for officers and their lead after a night that was published: how much waits, and no case.

    Args:
        report: The night.
        earlier: The reports of the nights before it, in any order; its own may be among them.
    """
    before = night_history(other for other in earlier if other != report).last_published
    waited = before.cases_waiting if before else None
    cases = _was(count_nl(report.cases_waiting, "zaak", "zaken"), report.cases_waiting, waited)
    lines = [
        f"Er {_wait(report.cases_waiting)} {cases} op een oordeel.",
        f"- {decimal_text(report.cases_opened, 'nl')} nieuw vannacht",
        f"- {decimal_text(report.cases_overdue, 'nl')} te laat",
        f"- {decimal_text(report.cases_second, 'nl')} {_wait(report.cases_second)} op een tweede beoordelaar",
        f"- {decimal_text(report.cases_lapsing, 'nl')} {_lapse(report.cases_lapsing)} binnen 7 dagen",
        *_in_line(report, before),
        *_care(report),
        *_policy(report),
        f"Van collega's {_wait(report.tips_late)} {count_nl(report.tips_late, 'melding', 'meldingen')} langer dan een "
        "werkdag op de contactpersoon of de vervanger.",
        "",
        "Kies in de toetsing Volgende zaak. De teamleider verdeelt het werk onder Werk.",
    ]
    subject = f"{report.municipality}, werkvoorraad van {_day(report)}"
    return Digest(subject, "\n".join(lines) + "\n", is_good=report.cases_overdue == 0, made_at=report.ended)


def _in_line(report: NightReport, before: NightReport | None) -> Iterator[str]:
    """The line on what waits above the cap on new cases; none where nothing waits and nothing did."""
    waited = before.cases_in_line if before else None
    if report.cases_in_line or waited:
        addresses = _was(count_nl(report.cases_in_line, "adres", "adressen"), report.cases_in_line, waited)
        yield f"- {addresses} {_wait(report.cases_in_line)} op een plek in de lijst (zie Drukte)"


def _care(report: NightReport) -> Iterator[str]:
    """The line on wishes for contact that are late: told to everybody, since who should answer did not."""
    if report.care_unanswered:
        wishes = count_nl(report.care_unanswered, "contactwens", "contactwensen")
        yield f"- {wishes} zonder antwoord: laat de zorgcoördinator of de contactpersoon bellen"


def _policy(report: NightReport) -> Iterator[str]:
    if report.policy_due:
        yield f"- {count_nl(report.policy_due, 'antwoord', 'antwoorden')} over beleid te herzien (zie Beleid)"


def _wait(count: int) -> str:
    return "wacht" if count == 1 else "wachten"


def _lapse(count: int) -> str:
    return "vervalt" if count == 1 else "vervallen"


def _outcome(report: NightReport, not_good: Sequence[NightReport]) -> Iterator[str]:
    yield _MEANINGS[report.kind]
    if not_good and report.is_good:
        bad = count_nl(len(not_good), "nacht die niet goed was", "nachten die niet goed waren")
        yield f"Hersteld na {bad}, sinds {_day(not_good[0])}."
    elif not_good:
        yield f"Dit is nacht {len(not_good) + 1} op rij die niet goed is, sinds {_day(not_good[0])}."
    if report.reason and report.kind != NightKind.BUSY and not report.is_about_people:
        yield f"Het programma zegt: {_shortened(report.reason)}"
    if report.is_repeated:
        yield "Deze nacht was al gepubliceerd, met dezelfde inhoud."
    if report.warnings:
        remarks = count_nl(len(report.warnings), "opmerking", "opmerkingen")
        yield f"Het programma maakte {remarks}. Lees ze met: barrier status"


def _registers(report: NightReport, before: NightReport | None) -> Iterator[str]:
    earlier = {register.dataset: register for register in before.registers} if before else {}
    for register in report.registers:
        data_set = datasets().get(register.dataset)
        facts = _facts_of(register, earlier.get(register.dataset))
        yield f"- {data_set.label.nl if data_set else register.dataset}: {', '.join(facts)}"


def _facts_of(register: RegisterOfNight, before: RegisterOfNight | None) -> Iterator[str]:
    verdict = _VERDICTS.get(register.verdict, register.verdict)
    is_other = before and before.verdict != register.verdict
    yield verdict + (f" (was {_VERDICTS.get(before.verdict, before.verdict)})" if before and is_other else "")
    if register.is_replaced:
        yield "de laatste goede levering is gebruikt"
    if register.verdict == "missing":
        return
    if before and before.verdict == "missing":
        before = None
    age = register.age_days
    yield "leeftijd onbekend" if age is None else f"{count_nl(age, 'dag', 'dagen')} oud"
    yield _was(count_nl(register.rows_read, "rij", "rijen"), register.rows_read, before.rows_read if before else None)
    rejected, rejected_before = register.rows_quarantined, before.rows_quarantined if before else None
    if rejected or rejected_before:
        yield _was(f"{decimal_text(rejected, 'nl')} in quarantaine", rejected, rejected_before)
    findings, findings_before = register.findings, before.findings if before else None
    if findings or findings_before:
        yield _was(f"{decimal_text(findings, 'nl')} na te gaan", findings, findings_before)


def _flags(report: NightReport, before: NightReport | None) -> Iterator[str]:
    flags = count_nl(report.flags, "adres", "adressen")
    yield f"- {_was(flags, report.flags, before.flags if before else None)}"
    yield f"- {decimal_text(report.flags_new, 'nl')} nieuw, {decimal_text(report.flags_lapsed, 'nl')} vervallen"


def _rules(report: NightReport, before: NightReport | None) -> Iterator[str]:
    yield f"- {_was(f'{report.rules_ran} uitgevoerd', report.rules_ran, before.rules_ran if before else None)}"
    off = _rules_off(report)
    for kind in sorted(set(off.values())):
        codes = [code for code in off if off[code] == kind]
        yield f"- {len(codes)} uit, {_RULES_OFF.get(kind, kind)}: {', '.join(codes)}"
    if before:
        off_before = _rules_off(before)
        for what, codes in (
            ("nu uit, toen niet", [code for code in off if code not in off_before]),
            ("toen uit, nu niet", [code for code in off_before if code not in report.rules_off]),
        ):
            if codes:
                yield f"- {what}: {', '.join(codes)}"


def _rules_off(report: NightReport) -> dict[str, str]:
    return {code: kind for code, kind in sorted(report.rules_off.items()) if kind != _NO_NEWS}


def _work(report: NightReport, before: NightReport | None) -> Iterator[str]:
    for what, waiting, waited in (
        ("zaken wachten op een oordeel", report.cases_waiting, before.cases_waiting if before else None),
        ("koppelingen wachten op een oordeel", report.links_to_judge, before.links_to_judge if before else None),
        ("signalen wachten op een mens", report.signals_waiting, before.signals_waiting if before else None),
        ("signalen vastgehouden tot een tweede nacht", report.signals_held, before.signals_held if before else None),
    ):
        yield f"- {_was(decimal_text(waiting, 'nl'), waiting, waited)} {what}"
    yield from _in_line(report, before)
    yield from _care(report)


def _was(text: str, count: int, before: int | None) -> str:
    """The text of a count, and what the count was where it was another."""
    return text if before is None or before == count else f"{text} (was {decimal_text(before, 'nl')})"


def _day(report: NightReport) -> str:
    return format_date(report.as_of, "d MMMM", locale="nl")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]} …"
