"""What should happen by itself or by somebody's hand: nights, messages, a backup, heads outside, erasure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from flows.audit.heads import audit_settings
from flows.audit.outside import last_outside
from flows.doctor.site import Diagnosis, Site
from flows.mandate import examine
from flows.night.schedule.closed_server import require_closed_server
from flows.notify.channels import channels_of, is_address
from flows.notify.night import digest_outbox
from flows.rights.erase import unassigned
from screening.base.civil_time import day_of
from screening.base.errors import ConfigurationError
from screening.base.local_formats import count_en, date_text
from screening.base.vocabulary import LedgerAction, LedgerResult, NightKind
from screening.rights.erasure import receipts
from screening.rights.erasure_plan import waiting_plan
from screening.store.access.accounts import clashes
from screening.store.backups import last_backup
from screening.store.night_reports import NightReport

#: So many days after a good night the next may still be on time.
_ON_TIME_DAYS = 1
_BACKUP_DAYS = 7
_PLAN_DAYS = 7


def check_governance(site: Site) -> Iterator[Diagnosis]:
    """Find what a real municipality lacks before anything is read."""
    missing, _fine = examine(site.configuration)
    if missing:
        yield Diagnosis(
            "mandate",
            f"The mandate is not in order, so every night is refused: {' '.join(missing)}",
            site.command("mandate check"),
        )


def check_nights(site: Site) -> Iterator[Diagnosis]:
    """Find that the last night was not good, or that none came."""
    history = site.history
    last, good = history.last, history.last_good
    if last is None:
        yield Diagnosis("nights", "No night has run here yet.", site.command("run"))
        return
    since = f"The last good night was that of {date_text(good.as_of, 'en')}" if good else "No night was good yet"
    if not last.is_good:
        kinds = Counter(str(report.kind) for report in history.not_good)
        counted = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        nights = count_en(len(history.not_good), "night", "nights")
        reason = f" The last one: {last.reason}" if last.reason else ""
        yield Diagnosis("nights", f"{since}; {nights} since: {counted}.{reason}", site.command(_shows_more(last, site)))
    elif (days := (day_of(site.now) - day_of(last.ended)).days) > _ON_TIME_DAYS:
        yield Diagnosis(
            "nights",
            f"{since}, {days} days ago, and none was tried since: nothing starts it.",
            site.command("deploy" if site.secret("PREFECT_API_URL") else "run"),
        )


def _shows_more(report: NightReport, site: Site) -> str:
    if report.kind == NightKind.REFUSED and not site.is_synthetic:
        return "mandate check"
    if report.kind == NightKind.WITH_GAPS:
        return "status"
    return "run" if report.kind in {NightKind.FAILED, NightKind.BUSY} else "check"


def check_telling(site: Site) -> Iterator[Diagnosis]:
    """Find that nobody would hear of a bad night."""
    channels = channels_of(site.configuration.notify, site.secret)
    if not channels:
        yield Diagnosis(
            "notify",
            "Nobody is told what a night did: [notify] names no channel. Add a table [[notify.channels]] with url_env "
            "or folder, and try it.",
            site.command("notify test"),
            is_advice=site.is_synthetic,
        )
    for channel in channels:
        if channel.fault:
            yield Diagnosis(
                "notify",
                f"{channel.name}, which a channel of [notify] names: {channel.fault}.",
                f"export {channel.name}=…",
            )
        elif channel.url is not None and not is_address(channel.url):
            yield Diagnosis(
                "notify",
                f"{channel.name} is no address that apprise knows, so nothing arrives there.",
                site.command("notify test"),
            )
    waiting, quiet = digest_outbox(site.configuration).count(), site.configuration.notify.quiet
    if waiting and not (quiet and quiet.hold(site.now)):
        yield Diagnosis(
            "notify", f"{count_en(waiting, 'message waits', 'messages wait')} to be sent.", site.command("notify send")
        )


def check_backup(site: Site) -> Iterator[Diagnosis]:
    """Find that there is no backup, or an old one."""
    if site.history.last_published is None and site.store is None:
        return
    moments = [last[1]] if (last := last_backup(site.path)) else []
    if site.ledger:
        entries = site.ledger.entries(action=LedgerAction.BACKUP, is_newest_first=True, limit=20)
        moments += [each.entry.done_at for each in entries if each.entry.result == LedgerResult.DONE][:1]
    command = site.command("backup --to age1… --keys-to age1…")
    if not moments:
        yield Diagnosis("backup", "No backup was made yet.", command, is_advice=site.is_synthetic)
    elif (days := (site.now - max(moments)).days) > _BACKUP_DAYS:
        yield Diagnosis("backup", f"The last backup is {days} days old.", command, is_advice=site.is_synthetic)


def check_heads(site: Site) -> Iterator[Diagnosis]:
    """Find that the end of the ledger could be cut off unseen."""
    settings = audit_settings(site.configuration)
    for line in settings.advice():
        yield Diagnosis("ledger", line, site.command("audit head --anchor"), is_advice=site.is_synthetic)
    if site.store is None or site.ledger is None or not any(map(settings.is_outside, settings.folders())):
        return
    signed_at = last_outside(settings, site.store, site.ledger)
    if signed_at is None or site.now - signed_at > settings.max_age:
        last = f"was signed on {_day(signed_at)}" if signed_at else "is not there"
        yield Diagnosis("ledger", f"The last head of the ledger outside {last}.", site.command("audit head --anchor"))


def check_erasure(site: Site) -> Iterator[Diagnosis]:
    """Find erasure that waits, was begun and not ended, or is held up by a folder that nobody assigned."""
    if site.store is None:
        return
    if odd := unassigned(site.workspace):
        yield Diagnosis(
            "retention",
            f"{', '.join(odd)} in the workspace is of no kind of data, so nothing is erased.",
            f"mv {site.path / odd[0]} ELSEWHERE",
        )
    if receipts(site.store, unfinished_only=True):
        yield Diagnosis("retention", "An erasure was begun and not ended.", site.command("retention apply"))
        return
    plan = waiting_plan(site.store)
    if plan is None:
        return
    is_new = (site.now - plan.prepared_at).days <= _PLAN_DAYS
    if plan.is_approved:
        yield Diagnosis("retention", "An approved plan of erasure waits.", site.command("retention apply"))
    else:
        who = "a second person" if plan.put_forward else "somebody who puts it forward"
        yield Diagnosis(
            "retention",
            f"A plan of erasure of {_day(plan.prepared_at)} waits for {who}, on the page /bewaren of the review.",
            site.command("retention plan"),
            is_advice=is_new,
        )


def check_roles(site: Site) -> Iterator[Diagnosis]:
    """Find who signed in with roles that one person cannot have together: the next time they are refused."""
    if site.store is None:
        return
    for account, roles in clashes(site.store).items():
        yield Diagnosis(
            "roles",
            f"{account} has roles that one person cannot have together: {', '.join(roles)}. Take the person out of a "
            "group at the identity provider, or let groups of [review.oidc] role_map give one of them.",
            site.command("check"),
            is_advice=site.is_synthetic,
        )


def check_scheduler(site: Site) -> Iterator[Diagnosis]:
    """Find a Prefect server that answers everybody, or nobody."""
    url = site.secret("PREFECT_API_URL")
    if not url:
        return
    try:
        require_closed_server(url)
    except ConfigurationError as error:
        yield Diagnosis("prefect", str(error), "prefect server start --host 127.0.0.1 --background")


def _day(moment: datetime) -> str:
    return date_text(day_of(moment), "en")
