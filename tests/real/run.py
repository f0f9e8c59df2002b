"""`make test-real DATA=DIR`: the same command on real open data, judged against what is known of it.

Each register comes in as it was made, by configuration alone. Weesp's extract of the Kadaster is the BAG (12,694
addresses); 5,000 hand-typed variants of them (seeded, truth kept) come in as inspections; a municipality's nuisance
reports come in as 44 daily lists, with its official notices as permits. Their town is not in this BAG, so none of their
addresses may be resolved. Two registers that no night could use are looked at by `check`.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from flows.configuration.retention_terms import STATED
from flows.intake.seal import write_manifest
from screening.store.rules.governance import DOSSIER_STEPS
from tests.real import variants

AS_OF = date(2026, 7, 1)
REPORTS = "meldingen_assen/data"
COMPANIES = "ind_bedrijven/ind_2024-08.txt"
#: What `check` says of these, the rows that others damaged rejected.
ELSEWHERE = {
    "vergunningen": "25,757 rows read, 25,641 accepted, 116 rejected",
    "handelsregister": "11,383 rows read, 11,377 accepted, 6 rejected",
}
SEED = 20261125
VARIANTS = 5000
HERE = Path(__file__).resolve().parents[2]

#: What must hold; the run says what it measured beside each.
LEAST_RIGHT = 0.95
MOST_WRONG = 0.005

#: What a municipality would write and two people would sign; here it is a test on open data, and says so.
GOVERNANCE = """
[governance]
controller = "a test on open data"
contact = "nobody@proef.example"
[governance.mandate]
given_by = "a test on open data"
date = 2026-06-01
document = "none: open data"
[governance.purposes."P-OO"]
legal_basis = "Gemeentewet art. 151d"
articles = ["Gemeentewet art. 151d"]
[governance.purposes."P-VERG"]
legal_basis = "APV"
articles = ["APV art. 2:28"]
[governance.dpia]
id = "DPIA-0000-000"
date = 2026-06-01
valid_until = 2029-06-01
[governance.fg_advice]
id = "FG-0000-000"
date = 2026-06-01
[governance.signers]
"""


def main(argv: list[str]) -> int:
    """Build, run, judge, print. Exit code 0 when every floor holds, 1 when one does not, 2 when the data are absent."""
    data = Path(argv[1] if len(argv) > 1 else "../shared/datasets/real")
    if not (data / "bag_weesp" / "weesp_adressen_actueel.csv").is_file():
        print(f"{data}: no bag_weesp/weesp_adressen_actueel.csv there. Name the folder: make test-real DATA=DIR")
        return 2
    folder = HERE / "build" / "real"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    facts = build(data.resolve(), folder)
    short = elsewhere(folder)
    mandate(folder)
    consent(folder)
    document = screen(folder)
    return judge(facts, document, short)


def build(data: Path, folder: Path) -> dict:
    """Lay the registers as they were made beside their configurations, sealed; returns what is known of them."""
    days = {day: json.loads(day.read_text(encoding="utf-8")) for day in sorted((data / REPORTS).rglob("*.json"))}
    for day in days:
        _copy(day, folder / "meldingen" / "-".join(day.relative_to(data / REPORTS).parts))
    for notices in (data / "bekendmakingen_assen").glob("*.json"):
        _copy(notices, folder / "bekendmakingen" / notices.name)
    for file in ("bag_weesp/BAGGEM0457L-15102021.zip", "licences_scottsdale/ct_BusinessLicences.csv", COMPANIES):
        _copy(data / file, folder / Path(file).name)
    truth = inspections(data / "bag_weesp" / "weesp_adressen_actueel.csv", folder / "controles.csv")
    (folder / "seksinrichtingen.csv").write_text(
        "vergunning_id,type,status,datum_aanvraag,exploitant_naam\n", encoding="utf-8"
    )
    for name in ("meldingen", "bekendmakingen", "controles.csv", "seksinrichtingen.csv", "BAGGEM0457L-15102021.zip"):
        write_manifest(folder / name, as_of=AS_OF)  # a first delivery of a real municipality is good with one
    shutil.copyfile(Path(__file__).with_name("assen_in_weesp.toml"), folder / "screening.toml")
    shutil.copyfile(Path(__file__).with_name("elsewhere.toml"), folder / "elsewhere.toml")
    reports = {report["id"] for lists in days.values() for report in lists}
    return {"report_rows": sum(map(len, days.values())), "reports": len(reports), "truth": truth}


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, target)


def elsewhere(folder: Path) -> list[str]:
    """What `check` says of registers that no night could use; it asks nobody. What it should have said and did not."""
    document = command(folder, "check", code=2, file="elsewhere.toml")
    said = {finding["subject"]: finding["text"] for finding in document["findings"]}
    for subject in (*ELSEWHERE, "bag_adressen", "meldingen"):
        print(f"{subject:18} {said.get(subject, 'nothing').partition('. ')[0]}")
    return [
        f"{dataset}: {counts} was wanted, not {said.get(dataset)}"
        for dataset, counts in ELSEWHERE.items()
        if counts not in said.get(dataset, "")
    ]


def inspections(bag: Path, target: Path) -> pl.DataFrame:
    """5,000 inspections at hand-typed addresses; returns the truth: key, form, address_id (null = not unique)."""
    made = variants.hand_typed(pl.read_csv(bag, infer_schema_length=0), VARIANTS, seed=SEED)
    columns = [c for c in made.columns if c not in ("truth_address_id", "accept", "form", "key")]
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["controle_id", "datum", "situatie", *columns])
        for n, row in enumerate(made.select(columns).iter_rows()):
            writer.writerow([f"C-{n:05d}", "2026-06-01", "niemand_aanwezig", *row])
    return made.with_columns(pl.format("C-{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(5)).alias("key"))


def mandate(folder: Path) -> None:
    """A real code starts nothing without a mandate that two people signed: see that it would not, then sign."""
    configuration = folder / "screening.toml"
    missing = command(folder, "mandate", "check", code=2)["missing"]
    print(f"Without a mandate {len(missing)} things are missing; the first: {missing[0]}")
    with tempfile.TemporaryDirectory() as outside:  # a private key never lies beside what it signs
        keys = {name: Path(outside) / f"{name}.key" for name in ("author", "colleague")}
        made = [command(folder, "mandate", "key", name, "--file", str(file)) for name, file in keys.items()]
        lines = "".join(f"{one['line']}\n" for one in made)
        terms = "".join(f"{key} = {term.default}\n" for key, term in STATED.items())
        with configuration.open("a", encoding="utf-8") as handle:
            handle.write(f"{GOVERNANCE}{lines}[retention]\n{terms}")
        unsigned = command(folder, "run", code=2)["error"]
        print(f"Unsigned: {unsigned.splitlines()[1].strip()}")
        for file in keys.values():
            command(folder, "mandate", "sign", "--key", str(file))
    command(folder, "mandate", "check")


def consent(folder: Path) -> None:
    """A real code runs no rule without a dossier and two people: see that it would not, then decide as they would."""
    listed = {one["code"]: one for one in command(folder, "rules", "list")}
    held = listed["NUI-01"]["held"]
    if held != "not_approved":
        sys.exit(f"NUI-01 would run without an approval in a real municipality: {held}")
    print(f"NUI-01 before the approval: {listed['NUI-01']['reason_en']}")
    dossier = folder / "dossier.toml"
    step_text = 'text = "Open data, a test of the programme."\ndate = 2026-06-01\n'
    dossier.write_text("".join(f"[{step}]\n{step_text}" for step in DOSSIER_STEPS), encoding="utf-8")
    why = ("--reason", "test on open data")
    version = command(folder, "rules", "propose", "NUI-01", "--by", "author", "--dossier", str(dossier), *why)
    name = version["version_id"]
    until = str(date.today() + timedelta(days=1))  # noqa: DTZ011 - an approval is of the day on which it is given
    command(folder, "rules", "approve", name, "--by", "colleague", "--expires", until, *why)
    command(folder, "rules", "activate", name, "--by", "author", *why)


def screen(folder: Path) -> dict:
    """Run the command as a person would, and read what it printed; the approved rule must have run."""
    document = command(folder, "run")
    if [one["code"] for one in document["indicators"]["run"]] != ["NUI-01"]:
        sys.exit(f"NUI-01 was approved and did not run: {document['indicators']['not_run']}")
    return document


def command(folder: Path, *arguments: str, code: int = 0, file: str = "screening.toml"):
    """What `barrier … --json` printed; ends the script when it ends with another exit code than this."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", *arguments, "--config", str(folder / file), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        what = " ".join(arguments[:2])
        sys.exit(f"barrier {what} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def judge(facts: dict, document: dict, short: list[str]) -> int:
    """Hold the run against what is known, print a table, and say what fell short."""
    records = pl.read_parquet(Path(document["folder"]) / "records.parquet")
    found = records.filter(pl.col("dataset") == "controles").select("key", "address_id", "address_method")
    judged = (
        facts["truth"]
        .join(found, on="key", how="left")
        .with_columns(
            right=pl.col("address_id").is_not_null() & pl.col("accept").list.contains(pl.col("address_id")),
            given=pl.col("address_id").is_not_null(),
            can=pl.col("truth_address_id").is_not_null(),
        )
    )
    can, cannot = judged.filter("can"), judged.filter(~pl.col("can"))
    right, wrong = int(can["right"].sum()), int((can["given"] & ~can["right"]).sum())
    guessed = int(cannot["given"].sum())
    elsewhere = records.filter(pl.col("dataset").is_in(["meldingen", "vergunningen"]))
    strays = int(elsewhere["address_id"].is_not_null().sum())
    reports = next(i for i in document["inputs"] if i["dataset"] == "meldingen")

    print(f"\n{'form':28} {'rows':>6} {'right':>7} {'wrong':>6} {'not':>6}")
    for form, n, ok, given in (
        can.group_by("form").agg(pl.len(), pl.col("right").sum(), pl.col("given").sum()).sort("form").iter_rows()
    ):
        print(f"{form:28} {n:6} {ok:7} {given - ok:6} {n - given:6}")
    print(f"{'all that are unique':28} {can.height:6} {right:7} {wrong:6} {can.height - right - wrong:6}")
    print(f"{'not unique, so not to give':28} {cannot.height:6} {'':7} {guessed:6} {cannot.height - guessed:6}\n")
    for entry in {i["dataset"]: i for i in document["inputs"]}.values():
        print(
            f"{entry['dataset']:18} read {entry['rows_read']:7,} accepted {entry['rows_accepted']:7,} "
            f"quarantined {entry['rows_quarantined']:5,} superseded {entry['rows_superseded']:7,}"
        )
    print("seconds: " + ", ".join(f"{stage} {s:.1f}" for stage, s in document["stage_seconds"].items()))
    print(f"whole {document['seconds']:.1f} s, peak memory {document['peak_memory_mb']:,} MB\n")

    if right < LEAST_RIGHT * can.height:
        short.append(f"resolved right {right} of {can.height}, at least {LEAST_RIGHT:.0%} was wanted")
    if wrong > MOST_WRONG * can.height:
        short.append(f"resolved wrong {wrong} of {can.height}, at most {MOST_WRONG:.1%} was wanted")
    if guessed:
        short.append(f"{guessed} addresses that are not unique were given an object all the same")
    if strays:
        short.append(f"{strays} addresses of another town were resolved in this BAG")
    if reports["rows_accepted"] != facts["reports"] or reports["rows_read"] != facts["report_rows"]:
        short.append(f"{reports['rows_accepted']} reports count, {facts['reports']} different ones were delivered")
    for text in short:
        print(f"BELOW: {text}")
    print(f"{5 + len(ELSEWHERE) - len(short)} passed, {len(short)} failed")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
