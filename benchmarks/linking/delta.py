"""A nightly delta on a stored base: is it the full run, value for value, and how long does it take?

    python -m benchmarks.linking.delta [--records 1000000] [--delta 10000] [--seed 1]

Trains on all records, stores the base without the delta, loads it again and links the delta; then links everything at
once and compares the pairs. Prints seconds by the clock and of the processor; exit code 1 when the pairs differ.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.linking.dutch import generate
from benchmarks.linking.jobs import dutch
from screening import linking


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--delta", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    records = generate(options.records, options.seed).sample(fraction=1, shuffle=True, seed=options.seed)
    base, delta = records.head(-options.delta), records.tail(options.delta)
    model = linking.train(records, dutch())
    with tempfile.TemporaryDirectory() as folder:
        prepared = linking.prepare_records(model, base)
        linking.save_prepared(prepared, Path(folder))
        old = linking.link(model, base).pairs
        del prepared
        clock, processor = time.perf_counter(), time.process_time()
        loaded = linking.load_prepared(model, Path(folder))
        ready = time.perf_counter() - clock
        new, _ = linking.link_delta(loaded, delta)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
    whole = linking.link(model, records).pairs
    same = pl.concat([old, new.pairs]).sort("left", "right").equals(whole.sort("left", "right"))
    print(
        f"{options.delta:,} on {base.height:,}: {clock:.2f} s by the clock ({ready:.2f} s of it loading the base), "
        f"{processor:.2f} s of the processor; {new.pairs.height:,} new pairs; "
        f"{'equal to' if same else 'NOT'} the full run ({whole.height:,} pairs)"
    )
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
