"""`barrier pool …`: counts of a municipality go sealed to one processor, which gives back sums of five or more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from flows import mandate
from flows.configuration import Configuration
from flows.configuration.pooling import Agreed
from flows.desk import open_desk
from flows.options import DEFAULT_CONFIG, AsJson, Config, print_result
from screening.base.errors import ConfigurationError
from screening.base.vocabulary import LedgerAction
from screening.casework.figures.pooled_months import pooled_months
from screening.partners.pooling.counts import checked_quarter
from screening.partners.pooling.envelope import COUNTS, SIGNATURE, sealed_counts
from screening.partners.pooling.kept_result import keep_result
from screening.partners.pooling.processor import CountPool
from screening.partners.pooling.town import counts_of_months
from screening.partners.receiver.verify_batch import fingerprint

app = typer.Typer(
    no_args_is_help=True,
    help="Send exact counts sealed to one processor, add them up there, and read in the sums that return.\n\n"
    "A municipality uses counts and read; the processor uses add and result.",
)

Quarter = Annotated[str, typer.Argument(help="The quarter, such as 2026-Q4.", metavar="QUARTER")]
PoolFolder = Annotated[Path, typer.Option("--pool", help="The folder of the processor, with pool.toml.", metavar="DIR")]
_POOL = Path()


@app.command("counts")
def make_counts(
    quarter: Quarter,
    directory: Annotated[Path, typer.Argument(help="The folder for the file.", metavar="DIR")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write the counts of a quarter to be signed; called again with the signature beside them, seal them."""
    with open_desk(config) as desk:
        mandate.require_mandate(desk.configuration)
        pooling, municipality = _agreed(desk.configuration), desk.configuration.municipality
        counts = counts_of_months(
            pooled_months(desk.store),
            checked_quarter(quarter),
            municipality=municipality.name,
            code=municipality.code,
            agreement=pooling.agreement,
            processor=fingerprint(pooling.receiver.encode()),
        )
        directory.mkdir(parents=True, exist_ok=True)
        file, signature = directory / COUNTS, directory / SIGNATURE
        if not signature.is_file():
            desk.log(LedgerAction.EXPORT_PREPARATION, f"batch:pool-{quarter}")
            _write_private(file, counts.content())
            line = f"Have it signed, and call this again: ssh-keygen -Y sign -n barrier -f KEY {file}"
            print_result({"to_sign": str(file)}, line, as_json=as_json)
            return
        signed = signature.read_text(encoding="ascii")
        sealed = sealed_counts(counts, signed, signer=pooling.signer, receiver=pooling.receiver)
        desk.log(LedgerAction.EXPORT, f"batch:pool-{quarter}")
    target = directory / f"pool-{counts.code}-{quarter}.age"
    target.write_bytes(sealed)
    for exact in (file, signature):
        exact.unlink(missing_ok=True)  # outside the sealed file, exact counts stay in the store alone
    print_result({"sealed": str(target)}, f"Sealed to {pooling.processor}: {target}", as_json=as_json)


@app.command("read")
def read_in_result(
    result: Annotated[Path, typer.Argument(help="The result; its signature beside it ends in .sig.", metavar="FILE")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Check a result of the processor and keep it: the overview and the papers say what it holds."""
    with open_desk(config) as desk:
        pooling = _agreed(desk.configuration)
        kept = keep_result(
            desk.workspace.path,
            _bytes_of(result),
            _bytes_of(Path(f"{result}.sig")).decode("ascii", "replace"),
            signer=pooling.result_signer,
            processor=pooling.processor,
        )
        desk.log(LedgerAction.FIGURES, f"batch:pool-{kept.quarter}")
    line = f"Read in: {kept.quarter}, {len(kept.rules)} series of counts."
    print_result({"quarter": kept.quarter, "series": len(kept.rules)}, line, as_json=as_json)


@app.command("add")
def add_counts(
    file: Annotated[Path, typer.Argument(help="The sealed counts of a municipality.", metavar="FILE")],
    key: Annotated[Path, typer.Option("--key", help="The secret key of age of the processor.", metavar="FILE")],
    pool: PoolFolder = _POOL,
    as_json: AsJson = False,
) -> None:
    """Open the counts of a municipality, verify who signed them, and keep them."""
    counts = CountPool(pool).add(_bytes_of(file), key)
    line = f"Kept: {counts.quarter} of {counts.municipality}."
    print_result({"code": counts.code, "quarter": counts.quarter}, line, as_json=as_json)


@app.command("result")
def make_pool_result(quarter: Quarter, pool: PoolFolder = _POOL, as_json: AsJson = False) -> None:
    """Make the result of a quarter: sums of five municipalities and ten cases or more, and nothing else."""
    result, path = CountPool(pool).publish(quarter)
    lines = [
        f"{path}: {len(result.rules)} series of counts.",
        f"Sign it, and send both files to every municipality: ssh-keygen -Y sign -n barrier -f KEY {path}",
    ]
    print_result({"result": str(path), "series": len(result.rules)}, lines, as_json=as_json)


def _agreed(configuration: Configuration) -> Agreed:
    agreed = configuration.pooling.agreed()
    if agreed is None:
        raise ConfigurationError(f"{configuration.file}: no processor was agreed. Counts go nowhere without [pooling].")
    return agreed


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}).") from None


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
