"""What a year yielded as blocks: the same words on the page and in the PDF for the council."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from screening.base.local_formats import decimal_text
from screening.base.vocabulary import Barrier
from screening.casework.figures.published_yield import PublishedRule, PublishedYield
from screening.casework.figures.small_counts import FEW, SHOWN, Share, TensRange, rounded_to_tens
from screening.casework.figures.statistics import HIGHER, UNKNOWN
from screening.casework.tips.tips import FOR_ADDRESS, NOT_USED
from screening.review.blocks import PAGE, Block, Bullets, Cell, Grid, Heading, Paragraph
from screening.review.i18n import Translator, long_date
from screening.review.views.tip_receivers import tip_receivers
from screening.review.views.words import word

#: The rows of the table of the town: name -> what it yielded, and what went wrong or came to nothing.
STAGES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("cases", ("opened",), ("lapsed",)),
    ("judgements", ("confirmed", "passed_on"), ("explained", "wrong_link", "data_error", "differs")),
    ("visits", ("visits",), ("visits_in_vain",)),
    (
        "results",
        ("result_measure", "result_put_right", "result_passed_on", "closures", "withdrawals"),
        ("nothing", "resumed"),
    ),
    ("partners", ("sent", "sheets", "calls", "case_files"), ("called_back",)),
    ("links", ("links_confirmed",), ("links_rejected",)),
    ("rights", (), ("upheld",)),
)
_RULE_GAINS = (
    "confirmed",
    "passed_on",
    "result_measure",
    "result_put_right",
    "result_passed_on",
    "sent",
    "sheets",
    "calls",
    "case_files",
)
_RULE_ERRORS = ("explained", "wrong_link", "data_error", "nothing", "lapsed", "called_back")
_TIP_HEADS = ("quarter", "gains", "errors")
_CARE = ("care_asked", "care_reached", "care_gave_up")
#: What no register and no rule shows: text keys `yields.unseen.<name>`.
_UNSEEN = ("nothing", "people", "homes", "registers", "sensitive", "reports", "cause")


class YieldBlocks:
    """The blocks of a year."""

    def __init__(self, t: Translator, report: PublishedYield) -> None:
        self._t, self._report = t, report

    def all(self) -> list[Block]:
        """Every part, in order; of a year without a counted month no count, which would be nought of everything."""
        if self._report.since is None:
            return [*self._how(), *self._of_tips(), *self._unseen()]
        return [
            *self._how(),
            *self._of_tips(),
            *self._of_town(),
            *self._of_rules(),
            *self._of_sample(),
            *self._of_care(),
            *self._unseen(),
        ]

    def _how(self) -> Iterator[Block]:
        t, report = self._t, self._report
        if report.since is None or report.until is None:
            yield Paragraph(t("yields.no_month"))
            return
        yield Paragraph(t("yields.months", first=self._month(report.since), last=self._month(report.until)))
        yield Bullets([t(f"yields.how.{name}") for name in ("tens", "no_goal", "no_people", "month")])
        hours = t("yields.hours.none")
        if report.hours is not None:
            hours = t("yields.hours.told", hours=decimal_text(report.hours, t.language))
        yield Paragraph(hours)

    def _of_tips(self) -> Iterator[Block]:
        t = self._t
        yield Heading(t("yields.tips.title"), 2, id="meldingen")
        yield Paragraph(t("yields.tips.help"))
        rows: list[list[str | Cell]] = []
        receivers = tip_receivers(t)
        for quarter in self._report.tips:
            gains: list[tuple[str, TensRange | int | None]] = [(t("yields.count.tips"), quarter.received)]
            gains.append((t("yields.count.tips_used"), quarter.decided[FOR_ADDRESS]))
            gains += [
                (t("yields.tips.to", receiver=name), quarter.forwarded_to(code)) for code, name in receivers.items()
            ]
            errors: list[tuple[str, TensRange | int | None]] = [
                (t("yields.count.tips_not_used"), quarter.decided[NOT_USED]),
                (t("yields.count.texts_removed"), quarter.texts_removed),
                (t("yields.count.tips_called_back"), quarter.called_back),
            ]
            rows.append([f"{t('yields.heads.quarter')} {quarter.number}", self._cell(gains), self._cell(errors)])
        if rows:
            yield Grid(
                t("yields.tips.caption"), [t(f"yields.heads.{head}") for head in _TIP_HEADS], rows, is_stacked=True
            )
        else:
            yield Paragraph(t("yields.tips.none"))

    def _of_town(self) -> Iterator[Block]:
        t = self._t
        yield Heading(t("yields.town.title"), 2, id="gemeente")
        yield Paragraph(t("yields.acts.signed" if self._report.is_signed else "yields.acts.tens"))
        rows: list[list[str | Cell]] = [
            [t(f"yields.stage.{name}"), self._counts(gains), self._counts(errors)] for name, gains, errors in STAGES
        ]
        heads = [t(f"yields.heads.{name}") for name in ("stage", "gains", "errors")]
        yield Grid(t("yields.town.caption"), heads, rows, is_stacked=True)

    def _counts(self, names: Sequence[str]) -> Cell:
        report = self._report
        counts = {**report.town, **report.acts}
        return self._cell([(self._what(name), counts[name]) for name in names])

    def _cell(self, counts: Sequence[tuple[str, TensRange | int | None]]) -> Cell:
        lines = [self._line(what, count) for what, count in counts]
        return Cell(lines, "; ".join(lines)) if lines else Cell(["–"], "–")

    def _what(self, name: str) -> str:
        return self._t(f"yields.count.{name}")

    def _line(self, what: str, count: TensRange | int | None) -> str:
        shown = self._t("yields.left_out") if count is None else str(count).replace(" ", "\u00a0")
        return self._t("yields.line", what=what, count=shown)

    def _of_rules(self) -> Iterator[Block]:
        t = self._t
        yield Heading(t("yields.rules.title"), 2, id="regels")
        yield Paragraph(t("yields.rules.help"))
        barriers = sorted({rule.barrier for rule in self._report.rules if rule.barrier})
        for barrier in (*barriers, None):
            rules = [rule for rule in self._report.rules if rule.barrier == barrier]
            if rules:
                yield from self._of_barrier(barrier, rules)

    def _of_barrier(self, barrier: Barrier | None, rules: Sequence[PublishedRule]) -> Iterator[Block]:
        t = self._t
        name = word("barriers", barrier, t.language) if barrier else t("yields.no_barrier")
        yield Heading(name, 3)
        larger = [rule for rule in rules if not rule.is_small]
        if larger:
            heads = [t(f"yields.heads.{head}") for head in ("rule", "flagged", "gains", "errors")]
            yield Grid(t("yields.rules.caption", barrier=name), heads, [self._of_rule(rule) for rule in larger])
        small = [self._rule_name(rule) for rule in rules if rule.is_small]
        if small:
            yield Paragraph(t("yields.rules.small"))
            yield Bullets(small)

    def _of_rule(self, rule: PublishedRule) -> list[str | Cell]:
        """A row of a rule: what there are ten of, and that of all else there are fewer."""
        gains, errors = (
            self._cell(
                [(self._what(name), rule.counts[name]) for name in names if not rule.counts[name].is_small]
                or [(self._t("yields.count.all"), rounded_to_tens(0))]
            )
            for names in (_RULE_GAINS, _RULE_ERRORS)
        )
        return [self._rule_name(rule), str(rule.counts["opened"]), gains, errors]

    def _rule_name(self, rule: PublishedRule) -> str:
        return f"{rule.names[self._t.language == 'en']} ({rule.code})"

    def _of_sample(self) -> Iterator[Block]:
        t, report = self._t, self._report
        sample = report.sample
        yield Heading(t("yields.sample.title"), 2, id="steekproef")
        yield Paragraph(t("yields.sample.help"))
        lines = [
            t("yields.sample.read", count=sample.read),
            t("yields.sample.reading", share=self._share(sample.reading)),
            t("yields.sample.confirmed", share=self._share(sample.confirmed)),
        ]
        yield Bullets(lines)
        compared = [group for group in report.indicators if group.versus_sample != UNKNOWN]
        if not compared:
            yield Paragraph(t("yields.sample.unknown", needed=sample.reading.needed))
            return
        names = {rule.code: self._rule_name(rule) for rule in report.rules}
        heads = [t(f"yields.heads.{head}") for head in ("rule", "reading", "versus")]
        rows = [
            [
                names.get(group.code, group.code),
                self._share(group.reading),
                t("yields.sample.higher" if group.versus_sample == HIGHER else "yields.sample.not_higher"),
            ]
            for group in compared
        ]
        yield Grid(t("yields.sample.caption"), heads, rows)

    def _share(self, share: Share) -> str:
        if share.state == SHOWN:
            return self._t("yields.share.shown", value=share.value, low=share.low, high=share.high)
        if share.state == FEW:
            return self._t("yields.share.few", high=share.high)
        return self._t("yields.share.too_few", needed=share.needed)

    def _of_care(self) -> Iterator[Block]:
        t, report = self._t, self._report
        yield Heading(t("yields.care.title"), 2, id="zorg")
        yield Paragraph(t("yields.care.help"))
        lines = [self._line(self._what(name), report.town[name]) for name in _CARE]
        lines += [
            t("yields.person_route", quarter=quarter.number, count=quarter.person_route) for quarter in report.tips
        ]
        yield Bullets(lines)
        yield Paragraph(t("yields.care.waiting"), on=PAGE)

    def _unseen(self) -> Iterator[Block]:
        yield Heading(self._t("yields.unseen.title"), 2, id="niet-gezien")
        yield Bullets([self._t(f"yields.unseen.{name}") for name in _UNSEEN])

    def _month(self, month: str) -> str:
        return long_date(date.fromisoformat(f"{month}-01"), self._t.language).partition(" ")[2]
