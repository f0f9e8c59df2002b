"""Counts of a municipality that exists go signed and sealed to the processor, and its signed sums come back."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.configuration import load_configuration
from flows.papers.papers import papers_of
from screening.base.errors import BarrierError, ConfigurationError
from screening.base.vocabulary import ReviewOutcome
from screening.casework.figures.pooled_months import PREFIX, WITH_POOL
from screening.ledger import open_ledger
from screening.partners.pooling.counts import NOTHING, PoolError, case_counts
from screening.partners.pooling.envelope import COUNTS, SIGNATURE, sealed_counts
from screening.partners.pooling.kept_result import kept_result
from screening.partners.receiver.verify_batch import fingerprint
from screening.signing.signature import SignatureError
from screening.store import Workspace, open_store
from screening.store.schema.tips import CLOSED_MONTH, statistics_month
from tests.mandates import bare_configuration, sign
from tests.partners.pooling.made_up_towns import PARAMETERS, file_of
from tests.partners.signing import Signer

OTHERS = ("0001", "0002", "0003", "0004")
SERIES = f"LIC-02|2|{PARAMETERS}"


def _called(*arguments: str | Path) -> str:
    """What a command prints. Raises the error on purpose that ends it."""
    done = CliRunner().invoke(app, ["pool", *map(str, arguments)])
    if isinstance(done.exception, BarrierError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def signers(tmp_path: Path) -> dict[str, Signer]:
    """Who signs for the processor and for each municipality."""
    return {name: Signer(tmp_path / "keys", name) for name in ("processor", "0457", *OTHERS)}


@pytest.fixture
def processor(tmp_path: Path, signers: dict[str, Signer]) -> tuple[Path, str]:
    """The folder of the processor with its secret key, and its public key."""
    identity = pyrage.x25519.Identity.generate()
    folder = tmp_path / "processor"
    folder.mkdir()
    (folder / "key.txt").write_text(f"{identity}\n", encoding="ascii")
    towns = "".join(
        f'[towns.{code}]\nname = "{"Proefstad" if code == "0457" else f"Gemeente {code}"}"\nagreement = "VWO-1"\n'
        f'signer = "{signers[code].public}"\n'
        for code in ("0457", *OTHERS)
    )
    (folder / "pool.toml").write_text(f'processor = "De Verwerker"\n{towns}', encoding="utf-8")
    return folder, str(identity.to_public())


@pytest.fixture
def town(tmp_path: Path, processor: tuple[Path, str], signers: dict[str, Signer]) -> Path:
    """The configuration of a municipality that agreed with the processor, with a quarter that was counted; unsigned."""
    config = bare_configuration(tmp_path)
    table = (
        f'\n[pooling]\nprocessor = "De Verwerker"\nreceiver = "{processor[1]}"\nagreement = "VWO-1"\n'
        f'result_signer = "{signers["processor"].public}"\nsigner = "{signers["0457"].public}"\n'
    )
    config.write_text(config.read_text(encoding="utf-8") + table, encoding="utf-8")
    cells = {
        "2026-09": {"sample|verklaard": 3},
        "2026-10": {},
        "2026-11": {f"{SERIES}|verklaard": 2},
        "2026-12": {f"{SERIES}|bevestigd_afwijking": 1, f"{SERIES}|read": 1, f"{SERIES}|deviating": 1},
    }
    with open_store(Workspace(tmp_path / "var")) as store, store.engine.begin() as connection:
        for month, counts in cells.items():
            rows = {f"{PREFIX}{cell}": count for cell, count in counts.items()} | {CLOSED_MONTH: WITH_POOL}
            for cell, count in rows.items():
                connection.execute(statistics_month.insert().values(month=month, cell=cell, count=count))
    return config


def test_counts_go_sealed_and_sums_come_back(
    town: Path, processor: tuple[Path, str], signers: dict[str, Signer], tmp_path: Path
) -> None:
    folder, receiver = processor
    out, pool = tmp_path / "out", ("--pool", folder)
    with pytest.raises(ConfigurationError, match="signers"):  # [pooling] asks two signatures, as all configuration
        _called("counts", "2026-Q4", out, "--config", town)
    sign(town)
    with pytest.raises(PoolError, match="night after its last month"):
        _called("counts", "2027-Q1", out, "--config", town)
    assert "ssh-keygen" in _called("counts", "2026-Q4", out, "--config", town)
    exact = (out / COUNTS).read_bytes()
    assert (out / COUNTS).stat().st_mode & 0o077 == 0
    (out / SIGNATURE).write_bytes(signers["0001"].sign(exact))
    with pytest.raises(SignatureError):
        _called("counts", "2026-Q4", out, "--config", town)
    (out / SIGNATURE).write_bytes(signers["0457"].sign(exact))
    _called("counts", "2026-Q4", out, "--config", town)
    assert [path.name for path in out.iterdir()] == ["pool-0457-2026-Q4.age"]
    assert b"LIC-02" not in (out / "pool-0457-2026-Q4.age").read_bytes()

    # the processor: four towns are too few, with the fifth there is a sum
    _called("add", out / "pool-0457-2026-Q4.age", "--key", folder / "key.txt", *pool)
    for code in OTHERS:
        counts = file_of(
            code,
            "2026-Q4",
            NOTHING,
            {"LIC-02": case_counts({ReviewOutcome.VERKLAARD: 3}, 3, 0)},
            version=2,
            processor=fingerprint(receiver.encode()),
        )
        signature = signers[code].sign(counts.content()).decode()
        sealed = sealed_counts(counts, signature, signer=signers[code].public, receiver=receiver)
        (tmp_path / "other.age").write_bytes(sealed)
        _called("add", tmp_path / "other.age", "--key", folder / "key.txt", *pool)
    with pytest.raises(PoolError, match="here already"):
        _called("add", tmp_path / "other.age", "--key", folder / "key.txt", *pool)
    _called("result", "2026-Q4", *pool)
    with pytest.raises(PoolError, match="has a result"):
        _called("add", tmp_path / "other.age", "--key", folder / "key.txt", *pool)

    # and back: signed by the processor, and by nobody else
    result = folder / "results" / "2026-Q4.json"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        _called("read", result, "--config", town)
    signature = Path(f"{result}.sig")
    signature.write_bytes(signers["0457"].sign(result.read_bytes()))
    with pytest.raises(PoolError, match="Not signed by De Verwerker"):
        _called("read", result, "--config", town)
    signature.write_bytes(signers["processor"].sign(result.read_bytes()))
    _called("read", result, "--config", town)
    kept = kept_result(tmp_path / "var")
    assert kept is not None
    (rule,) = kept.rules
    assert (rule.series, rule.decided, rule.read, rule.difference) == (SERIES, 10, 10, None)
    paper = papers_of(load_configuration(town))["optellen.md"]
    assert "De verwerker is De Verwerker, met overeenkomst VWO-1" in paper
    assert "**LIC-02, versie 2**: Mensen beoordeelden 10 tot 19 adressen" in paper
    with open_ledger(Workspace(tmp_path / "var")) as ledger:
        written = {str(line.entry.action) for line in ledger.entries() if line.entry.object == "batch:pool-2026-Q4"}
    assert written == {"export_preparation", "export", "figures"}


def test_without_an_agreement_counts_go_nowhere(town: Path, tmp_path: Path) -> None:
    text = town.read_text(encoding="utf-8")
    town.write_text(text[: text.index("\n[pooling]")], encoding="utf-8")
    sign(town)
    with pytest.raises(ConfigurationError, match="no processor was agreed"):
        _called("counts", "2026-Q4", tmp_path / "out", "--config", town)
    assert not (tmp_path / "out").exists()
    town.write_text(text.replace('agreement = "VWO-1"\n', ""), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="needs processor, receiver"):
        _called("counts", "2026-Q4", tmp_path / "out", "--config", town)
