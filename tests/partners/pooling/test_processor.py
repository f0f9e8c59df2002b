"""What the processor refuses: other senders, other receivers, falling counts, and results that could be subtracted."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest

from screening.base.vocabulary import ReviewOutcome
from screening.partners.batch.seal import seal
from screening.partners.pooling.counts import NOTHING, PoolError, TownCounts, case_counts, checked_quarter, read_counts
from screening.partners.pooling.envelope import COUNTS, SIGNATURE, opened_counts, sealed_counts
from screening.partners.pooling.processor import CountPool
from screening.partners.pooling.result import read_result
from screening.partners.receiver.verify_batch import fingerprint
from tests.partners.pooling.made_up_towns import file_of
from tests.partners.signing import Signer

CODES = ("0001", "0002", "0003", "0004", "0005")


class Office:
    """A processor in a folder, with a signer for all its municipalities."""

    def __init__(self, folder: Path) -> None:
        self.identity = pyrage.x25519.Identity.generate()
        self.receiver = str(self.identity.to_public())
        self.key, self.signer = folder / "key.txt", Signer(folder / "keys")
        self.key.write_text(f"{self.identity}\n", encoding="ascii")
        self.pool = CountPool(folder / "pool")
        self.pool.folder.mkdir()
        towns = "".join(
            f'[towns.{code}]\nname = "Gemeente {code}"\nagreement = "VWO-1"\nsigner = "{self.signer.public}"\n'
            for code in CODES
        )
        (self.pool.folder / "pool.toml").write_text(f'processor = "De Verwerker"\n{towns}', encoding="utf-8")

    def counts(self, code: str, quarter: str, number: int) -> TownCounts:
        """Counts of a municipality: so many cases of one rule."""
        counts = case_counts({ReviewOutcome.VERKLAARD: number}, number, 0)
        return file_of(code, quarter, NOTHING, {"LIC-02": counts}, processor=fingerprint(self.receiver.encode()))

    def sealed(self, counts: TownCounts) -> bytes:
        """As its municipality sends it."""
        signature = self.signer.sign(counts.content()).decode()
        return sealed_counts(counts, signature, signer=self.signer.public, receiver=self.receiver)

    def takes(self, code: str, quarter: str, number: int) -> None:
        """Counts that come in."""
        self.pool.add(self.sealed(self.counts(code, quarter, number)), self.key)


@pytest.fixture
def processor(tmp_path: Path) -> Office:
    """A processor that has nothing yet."""
    return Office(tmp_path)


def test_counts_of_another_sender_or_for_another_receiver_are_refused(processor: Office, tmp_path: Path) -> None:
    counts, stranger = processor.counts("0001", "2026-Q4", 3), Signer(tmp_path / "others", "iemand")
    forged = sealed_counts(
        counts, stranger.sign(counts.content()).decode(), signer=stranger.public, receiver=processor.receiver
    )
    with pytest.raises(PoolError, match="Not signed by Gemeente 0001"):
        processor.pool.add(forged, processor.key)
    for changed in ({"code": "0099"}, {"agreement": "VWO-2"}):
        with pytest.raises(PoolError, match="does not take part"):
            processor.pool.add(processor.sealed(counts.model_copy(update=changed)), processor.key)
    with pytest.raises(PoolError, match="another processor"):
        processor.pool.add(processor.sealed(counts.model_copy(update={"processor": "1" * 64})), processor.key)
    sealed = processor.sealed(counts)
    with pytest.raises(PoolError, match="damaged"):
        processor.pool.add(sealed[:-1], processor.key)
    files = {COUNTS: counts.content(), SIGNATURE: b"x", "more.json": b"{}"}
    with pytest.raises(PoolError, match="something else"):
        opened_counts(seal(files, processor.receiver), processor.key)
    assert processor.pool.quarters() == {}


def test_counts_that_fall_or_come_late_are_refused(processor: Office) -> None:
    processor.takes("0001", "2026-Q4", 5)
    for quarter, number, why in (
        ("2026-Q4", 6, "here already"),
        ("2026-Q3", 4, "here already"),
        ("2027-Q1", 4, "only grow"),
    ):
        with pytest.raises(PoolError, match=why):
            processor.takes("0001", quarter, number)
    processor.takes("0001", "2027-Q1", 5)
    assert {quarter: len(files) for quarter, files in processor.pool.quarters().items()} == {"2026-Q4": 1, "2027-Q1": 1}


def test_what_is_published_stands(processor: Office) -> None:
    """The same counts give the same bytes; later ones add a block; a folder that was changed gives nothing."""
    for code in CODES:
        processor.takes(code, "2026-Q4", 3)
    result, path = processor.pool.publish("2026-Q4")
    assert [(rule.code, rule.version, rule.decided) for rule in result.rules] == [("LIC-02", "1", 10)]
    before = path.read_bytes()
    assert read_result(processor.pool.publish("2026-Q4")[1].read_bytes()) == result
    assert path.read_bytes() == before
    for code in CODES:
        processor.takes(code, "2027-Q1", 8)
    later, _ = processor.pool.publish("2027-Q1")
    assert [rule.decided for rule in later.rules] == [40]
    with pytest.raises(PoolError, match="is later"):
        processor.pool.publish("2026-Q4")
    with pytest.raises(PoolError, match="has a result"):
        processor.takes("0001", "2027-Q1", 9)
    (processor.pool.folder / "counts" / "2026-Q4" / "0001.json").unlink()
    with pytest.raises(PoolError, match="does not follow"):
        processor.pool.publish("2027-Q2")


def test_what_is_no_file_of_counts_is_refused(processor: Office) -> None:
    content = processor.counts("0001", "2026-Q4", 3).content()
    assert read_counts(content).content() == content
    document = json.loads(content)
    for changed in (
        document | {"more": 1},
        document | {"quarter": "2026-Q5"},
        document | {"rules": document["rules"] * 2},
        document | {"sample": {"outcomes": {}, "read": 1, "deviating": 0}},
        document | {"sample": {"outcomes": {"verklaard": -1}, "read": -1, "deviating": -1}},
    ):
        with pytest.raises(PoolError):
            read_counts(json.dumps(changed).encode())
    for text in (content + b" ", b"", b"[1", b"\xff"):
        with pytest.raises(PoolError):
            read_counts(text)
    with pytest.raises(PoolError):
        checked_quarter("2026-12")
    for folder in ("absent", "odd"):
        with pytest.raises(PoolError, match=r"pool\.toml"):
            _ = CountPool(processor.pool.folder / folder).settings
