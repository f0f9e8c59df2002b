"""What waits lies in a folder of its owner, goes as one message a channel, and is gone once every channel has it."""

from __future__ import annotations

import fcntl
import stat

from flows.notify.channels import Channel
from flows.notify.digest import digest_of
from flows.notify.outbox import DigestOutbox
from tests.flows.notify.nights import GAPS, GOOD, STOPPED, on_day


def folder_of(tmp_path, name: str) -> Channel:
    return Channel(name, folder=tmp_path / name)


def files(channel: Channel) -> list[str]:
    assert channel.folder
    return [file.read_text(encoding="utf-8") for file in sorted(channel.folder.glob("*"))]


def test_a_digest_waits_in_a_file_that_only_its_owner_reads(tmp_path):
    outbox = DigestOutbox(tmp_path / "nights" / "outbox")
    assert outbox.count() == 0
    assert outbox.deliver([folder_of(tmp_path, "a")]) == {}
    assert not outbox.folder.exists()
    outbox.put(digest_of(GOOD), [folder_of(tmp_path, "a")])
    [file] = outbox.folder.iterdir()
    assert (outbox.count(), stat.S_IMODE(file.stat().st_mode)) == (1, 0o600)


def test_what_arrived_is_gone_and_what_did_not_goes_alone_the_next_time(tmp_path):
    outbox, good = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "good")
    (tmp_path / "blocked").touch()
    blocked = Channel("blocked", folder=tmp_path / "blocked" / "x")
    outbox.put(digest_of(GOOD), [good, blocked])
    assert outbox.deliver([good, blocked]).keys() == {"blocked"}
    assert (len(files(good)), outbox.count()) == (1, 1)
    (tmp_path / "blocked").unlink()
    assert outbox.deliver([good, blocked]) == {}
    assert (len(files(good)), len(files(blocked)), outbox.count()) == (1, 1, 0)


def test_several_digests_are_one_message_with_the_newest_in_front(tmp_path):
    outbox, channel = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "a")
    nights = [GOOD, on_day(GAPS, 1), on_day(STOPPED, 2)]
    for number, night in enumerate(nights):
        outbox.put(digest_of(night, nights[:number]), [channel])
    assert outbox.deliver([channel]) == {}
    [text] = files(channel)
    subjects = [line for line in text.splitlines() if line.startswith("Zomerwaard, nacht")]
    assert [subject.partition(": ")[2] for subject in subjects] == ["gestopt", "gepubliceerd met gaten", "gepubliceerd"]
    assert text.startswith(subjects[0])
    assert "Eerder niet bezorgd: 2" in text


def test_a_month_waits_at_most_and_a_week_stands_in_one_message(tmp_path):
    outbox, channel = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "a")
    for day in range(40):
        outbox.put(digest_of(on_day(STOPPED, day)), [channel])
    assert outbox.count() == 31
    outbox.deliver([channel])
    [text] = files(channel)
    assert "Eerder niet bezorgd: 30" in text
    assert text.count("Zomerwaard, nacht") == 7


def test_a_channel_that_is_configured_no_longer_is_waited_for_no_longer(tmp_path):
    outbox, kept = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "kept")
    outbox.put(digest_of(GOOD), [folder_of(tmp_path, "gone")])
    outbox.put(digest_of(on_day(GOOD, 1)), [folder_of(tmp_path, "gone"), kept])
    outbox.deliver([kept])
    assert (outbox.count(), len(files(kept))) == (0, 1)


def test_while_another_process_delivers_nothing_is_sent_twice(tmp_path):
    outbox, channel = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "a")
    outbox.put(digest_of(GOOD), [channel])
    with (outbox.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert outbox.deliver([channel]) == {}
        assert (outbox.count(), channel.folder.exists()) == (1, False)
    outbox.deliver([channel])
    assert outbox.count() == 0


def test_a_file_that_is_no_digest_is_passed_over(tmp_path):
    outbox, channel = DigestOutbox(tmp_path / "outbox"), folder_of(tmp_path, "a")
    outbox.put(digest_of(GOOD), [channel])
    (outbox.folder / "20260101T000000000000Z-x.json").write_text("{")
    assert outbox.deliver([channel]) == {}
    assert len(files(channel)) == 1
