"""A dossier as a document: what its page shows after the own reading, as headings, lists and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from screening.casework.tips.tips import context_signals
from screening.review.dossier_view import Shown, told_words
from screening.review.i18n import long_date
from screening.review.page import Page
from screening.review.views.evidence import HitView
from screening.review.views.facts import DossierFact
from screening.review.views.likeness import Link

#: One part of a document: `kind` and what goes with it, as `documents/document.typ` reads it.
Block = dict[str, object]


def heading(text: str, level: int = 2) -> Block:
    """A heading."""
    return {"kind": "heading", "level": level, "text": text}


def paragraph(text: str) -> Block:
    """A paragraph."""
    return {"kind": "paragraph", "text": text}


def items(lines: Iterable[str]) -> list[Block]:
    """A list, or nothing of no lines."""
    listed = list(lines)
    return [{"kind": "list", "items": listed}] if listed else []


def facts(rows: Iterable[tuple[str, str]]) -> list[Block]:
    """Names and values, or nothing of no rows."""
    pairs = [[name, value] for name, value in rows]
    return [{"kind": "facts", "rows": pairs}] if pairs else []


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Block]:
    """A table, or nothing of no rows."""
    body = [[str(cell) for cell in row] for row in rows]
    return [{"kind": "table", "heads": list(heads), "rows": body}] if body else []


def dossier_blocks(page: Page, shown: Shown) -> list[Block]:
    """The dossier of a case whose own reading this officer has given. LookupError before it."""
    if shown.reveal is None:
        raise LookupError("not before the own reading")
    return [
        *_about(page, shown),
        *_own(page, shown),
        *_why(page, shown),
        *_signals(page, shown),
        *_history(page, shown),
        *_timeline(page, shown),
        *_records(page, shown),
        *_parties(page, shown),
        *_earlier(page, shown),
        *_unknown(page, shown),
    ]


def _about(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    purpose = page.purpose(shown.case.case_id)
    lines = [t("dossier.as_of", day=long_date(shown.material.run.as_of, page.lang))]
    if purpose:
        lines.append(t("dossier.for_purpose", purpose=t(f"queue.purpose.{purpose.value}")))
    yield from items(lines)
    if shown.is_sensitive:
        yield {"kind": "note", "text": t("dossier.sensitive")}
    yield {"kind": "note", "text": t("printing.never")}


def _own(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    yield heading(t("dossier.own.title"))
    for step in shown.history:
        if step.kind == "own_reading" and step.actor == page.viewer.account:
            said = t("dossier.own.yours", when=long_date(step.at, page.lang))
            yield paragraph(f"{said} {t(f'dossier.own.{step.reading}')}")
            yield {"kind": "quote", "text": step.text or ""}


def _why(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    yield heading(t("dossier.why.title"))
    if shown.is_sample:
        yield paragraph(t("dossier.why.sample"))
        yield paragraph(t("dossier.why.sample_help"))
        return
    many = len(shown.hits)
    yield paragraph(t("dossier.why.flag_one") if many == 1 else t("dossier.why.flag", n=many))
    for line in shown.told.reason(page.lang):
        yield paragraph(line)
    for hit in shown.hits:
        yield heading(t("dossier.evidence.heading", place=hit.place, n=many), 3)
        yield paragraph(hit.title)
        if hit.is_opened:
            yield from _hit(page, hit)
        else:
            yield paragraph(t("dossier.evidence.not_opened"))
    last = shown.last_run
    if shown.is_gone and last:
        yield paragraph(t("dossier.gone.text", day=long_date(last.as_of, page.lang)))
    if shown.since and last:
        yield heading(t("dossier.since.title"), 3)
        yield paragraph(t("dossier.since.intro", day=long_date(last.as_of, page.lang)))
        yield from items([str(one[f"explanation_{page.lang}"]) for one in shown.since])


def _hit(page: Page, hit: HitView) -> Iterator[Block]:
    t, heads = page.t, told_words(page)["heads"]
    for key, names in (
        ("seen", ("seen", "window", "thresholds", "ruled_out")),
        ("innocent", ("can_also_mean",)),
        ("unknown", ("cannot_see", "unknown")),
    ):
        yield heading(t(f"dossier.evidence.{key}"), 4)
        for name in names:
            said = hit.part.get(name)
            if not said:
                continue
            if isinstance(said, str):
                yield from facts([(heads[name], said)])  # type: ignore[index]
            else:
                yield paragraph(heads[name] + ":")  # type: ignore[index]
                yield from items(str(one) for one in said)  # type: ignore[attr-defined]
    yield heading(t("dossier.evidence.facts"), 4)
    yield from table(
        [t(f"dossier.evidence.{name}") for name in ("record", "register", "date", "age")],
        (
            (
                one.head if one.anchor else f"{one.head} ({t('dossier.evidence.elsewhere')})",
                one.register,
                one.date or t("dossier.evidence.no_date"),
                f"{one.age} ({one.delivered})" if one.delivered else one.age,
            )
            for one in hit.cited
        ),
    )
    yield paragraph(heads["records"] + ":")  # type: ignore[index]
    yield from items(str(one) for one in hit.part.get("records") or ())  # type: ignore[attr-defined]
    if hit.links:
        yield heading(t("dossier.links.title"), 4)
        for link in hit.links:
            yield from _link(page, link)
    yield heading(t("dossier.evidence.rule"), 4)
    yield from facts((t(f"dossier.evidence.{key}"), value) for key, value in hit.rule)


def _link(page: Page, link: Link) -> Iterator[Block]:
    t = page.t
    sides = [t("dossier.links.mention", role=side.role, head=side.head) for side in (link.left, link.right)]
    yield paragraph(
        t("dossier.links.heading", left=link.left.name or sides[0], right=link.right.name or sides[1])
        + ". "
        + link.level
    )
    yield from table(
        [t("dossier.links.field"), *sides, t("dossier.links.alike")],
        (
            (
                one.field,
                one.left or t(f"dossier.links.{one.left_why}"),
                one.right or t(f"dossier.links.{one.right_why}"),
                one.alike,
            )
            for one in link.compared
        ),
    )


def _signals(page: Page, shown: Shown) -> Iterator[Block]:
    found = context_signals(page.store, shown.case.address_id, now=page.now)
    if not found:
        return
    yield heading(page.t("printing.signals"))
    yield paragraph(page.t("printing.signals_help"))
    for one in found:
        yield paragraph(page.t("printing.seen_on", day=long_date(one.seen_on, page.lang)))
        yield from items(one.words(page.lang))
        if one.text:
            yield {"kind": "quote", "text": one.text}


def _history(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    yield heading(t("dossier.history.title"))
    for step in shown.steps_told:
        is_kept = step.is_hidden and step.kind == "judgement"
        yield paragraph(shown.said(step) + (f" {t('dossier.history.hidden')}" if is_kept else ""))
        for text in (step.text, step.motivation):
            if text:
                yield {"kind": "quote", "text": text}


def _timeline(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    yield heading(t("dossier.timeline.title"))
    rows = [
        (
            event.when.text + (f" ({t('dossier.timeline.ahead')})" if event.is_ahead else ""),
            event.what + (f": {event.fact.kind}" if event.fact.kind else ""),
            event.fact.head,
            t("dossier.timeline.source", register=event.fact.register, age=event.fact.source.age),
        )
        for _year, events in shown.timeline
        for event in events
    ]
    yield from table([t(f"printing.timeline.{name}") for name in ("day", "what", "record", "source")], rows)
    if not rows:
        yield paragraph(t("dossier.timeline.none"))
    if shown.undated:
        yield paragraph(f"{t('dossier.timeline.more_undated')} {', '.join(one.head for one in shown.undated)}.")


def _records(page: Page, shown: Shown) -> Iterator[Block]:
    yield heading(page.t("dossier.records.title"))
    yield paragraph(page.t("dossier.records.intro") if shown.facts else page.t("dossier.records.none"))
    for register, its_facts in shown.registers:
        yield heading(register, 3)
        for fact in its_facts:
            yield from _record(page, fact)


def _record(page: Page, fact: DossierFact) -> Iterator[Block]:
    t = page.t
    kind = ", ".join(part for part in (fact.kind, fact.status) if part)
    yield heading(fact.head[:1].upper() + fact.head[1:] + (f": {kind}" if kind else ""), 4)
    yield from facts(fact.fields)
    delivered = t("dossier.records.delivered_unknown")
    if fact.source.delivered:
        delivered = t("dossier.records.delivered", day=fact.source.delivered, age=fact.source.age)
    key = t("dossier.records.key", key=fact.key)
    if fact.row_number:
        key += f"; {t('dossier.records.place', row=fact.row_number)}"
    lines = [t("dossier.records.blank", fields=", ".join(fact.blank).lower())] if fact.blank else []
    lines += [delivered, key]
    if fact.found_by and f"dossier.how.{fact.found_by}" in t:
        lines.append(t("dossier.records.found_by", how=t(f"dossier.how.{fact.found_by}")))
    yield from items(lines)


def _parties(page: Page, shown: Shown) -> Iterator[Block]:
    t = page.t
    yield heading(t("dossier.parties.title"))
    if not shown.parties:
        yield paragraph(t("dossier.parties.none"))
        return
    yield paragraph(t("dossier.parties.intro"))
    yield from table(
        [t(f"dossier.parties.{name}") for name in ("name", "kind", "roles", "numbers")],
        (
            (
                party.name
                + (f" ({t('dossier.parties.also', names=', '.join(party.names[1:]))})" if len(party.names) > 1 else ""),
                party.kind + (f", {t('dossier.parties.born', year=party.birth_year)}" if party.birth_year else ""),
                "; ".join(t("dossier.parties.role", role=one.role, head=one.head) for one in party.roles),
                ", ".join(party.kvk_numbers) or "–",
            )
            for party in shown.parties
        ),
    )


def _earlier(page: Page, shown: Shown) -> Iterator[Block]:
    t, grounds = page.t, told_words(page)["grounds"]
    yield heading(t("dossier.earlier.title"))
    rows = []
    for one in shown.material.earlier:
        how = t(f"judgement.outcomes.{one.outcome.value}.name") if one.outcome else t("dossier.earlier.not_reviewed")
        how += f": {grounds.get(one.ground, one.ground)}" if one.ground else ""  # type: ignore[attr-defined]
        rows.append((long_date(one.opened_on, page.lang), long_date(one.concluded_on, page.lang), how))
    yield from table([t(f"dossier.earlier.{name}") for name in ("opened", "closed", "outcome")], rows)
    if not rows:
        yield paragraph(t("dossier.earlier.none"))


def _unknown(page: Page, shown: Shown) -> Iterator[Block]:
    t, gaps = page.t, shown.unknown
    yield heading(t("dossier.unknown.title"))
    yield paragraph(t("dossier.unknown.always"))
    if gaps.is_empty:
        yield paragraph(t("dossier.unknown.none"))
    links = [
        t("dossier.links.heading", left=one.left.name or one.left.head, right=one.right.name or one.right.head)
        for one in gaps.open_links
    ]
    if gaps.elsewhere:
        one = gaps.elsewhere == 1
        links.append(t("dossier.unknown.elsewhere_one") if one else t("dossier.unknown.elsewhere", n=gaps.elsewhere))
    for key, lines in (
        ("registers", [f"{register}: {why}" for register, why in gaps.missing]),
        ("stale", [t("dossier.unknown.stale_one", register=one.register, age=one.age) for one in gaps.stale]),
        ("undated", [one.head for one in gaps.undated]),
        ("links", links),
    ):
        if lines:
            yield heading(t(f"dossier.unknown.{key}"), 3)
            yield from items(lines)
