"""What must not be written is written nowhere: planted values are looked for in every byte that a run leaves."""

from __future__ import annotations

import base64
import re
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import barrier
from tests.leaks import texts_of

#: May be in the snapshot of the register alone, of which a night is repeated.
BIBOB = "day of a Bibob questionnaire"
#: Values that no file of a run may hold: rejected, dropped, forbidden, unmapped, free text, a reporter, a secret.
CANARIES = {
    "rejected date": "1890-veertien-kanarie",
    "name on a rejected row": "Kanarievogelaar",
    "dropped column": "kanariegeheim",
    "free text": "kanarietekstinmelding",
    "reporter token": "mt_kanarie22222222222",
    "secret of a database": "kanariewachtwoord",
    "name in a wrong code": "kanariestatus",
    "a lone BSN": "999990019",
    "rejected birth date": "1971-13-77",
    "e-mail": "kanarie.melder@kanariepost.example",
    "telephone": "0698765432109",
    "account number": "NL00KANA0123456789",
    BIBOB: "1911-09-07",
}
#: Rules that read the day of a questionnaire: no store holds it, so no dossier, signal, hand-over or figure can.
READS_BIBOB = ("LIC-09", "GEM-01")
#: Nine digits within the twenty of a hash say nothing.
_PATTERNS = {
    kind: re.compile(rf"(?<!\d){value}(?!\d)" if value.isdigit() else re.escape(value))
    for kind, value in CANARIES.items()
}
#: Names stand in these files and in the store, and nowhere else.
MAY_HOLD_NAMES = {"parties.parquet", "links.parquet", "store.sqlite", "store.sqlite-wal", "store.sqlite-shm"} | {
    f"linking_{kind}_{part}.parquet"
    for kind in ("organisations", "persons")
    for part in ("values", "frequencies", "cut_keys")
}


@pytest.fixture
def planted(town) -> Path:
    """The clean municipality with a canary of each kind."""
    permits = pl.read_csv(town / "vergunningen.csv", infer_schema_length=0).with_row_index()
    permits = permits.with_columns(
        datum_aanvraag=_at(1, "datum_aanvraag", CANARIES["rejected date"]),
        houder_naam=_at(1, "houder_naam", CANARIES["name on a rejected row"]),
        status=_at(2, "status", CANARIES["name in a wrong code"]),
        nationaliteit=pl.lit(CANARIES["dropped column"]),
        handelsnaam=_at(3, "handelsnaam", CANARIES["a lone BSN"]),
        houder_geboortedatum=_at(4, "houder_geboortedatum", CANARIES["rejected birth date"]),
        contact=pl.lit(CANARIES["e-mail"]),
        bibob_vragenlijst_datum=pl.lit(CANARIES[BIBOB]),
    ).drop("index")
    permits.write_csv(town / "vergunningen.csv")
    reports = pl.read_csv(town / "meldingen.csv", infer_schema_length=0).with_columns(
        omschrijving=pl.lit(
            f"Bel {CANARIES['free text']} maar, op {CANARIES['telephone']}; IBAN {CANARIES['account number']}."
        ),
        melder_token=pl.lit(CANARIES["reporter token"]),
    )
    reports.write_csv(town / "meldingen.csv")
    file = town / "screening.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("[sources.vergunningen]", '[sources.vergunningen]\ndrop = ["nationaliteit"]')
    grounds = 'legal_basis = "APV"\ndpia = "D-1"\nfg_advice = 2026-01-15\n'
    text += "".join(f'\n[indicators."{code}"]\n{grounds}' for code in READS_BIBOB)
    file.write_text(f'{text}\n[[notify.channels]]\nfolder = "var/told"\n', encoding="utf-8")
    return town


@pytest.fixture(params=[(), ("--prefect",)], ids=["plain", "prefect"])
def how(request: pytest.FixtureRequest, planted: Path) -> tuple[str, ...]:
    """How a night runs, plain and as a flow of Prefect."""
    if request.param:
        request.getfixturevalue("kept_by_prefect")
    return request.param


@pytest.fixture
def kept_by_prefect(planted: Path, prefect_home: Path) -> Path:
    """What Prefect keeps of this municipality: nothing yet."""
    (planted / "var").mkdir(mode=0o700)
    return Path(shutil.copytree(prefect_home, planted / "var" / "prefect"))


@pytest.mark.goal("S1", reached="13 kinds of canary, nights plain and on Prefect, that succeed and that stop: 0 hits")
def test_a_run_that_succeeds_leaves_no_canary(planted, tmp_path, how):
    ran = barrier("run", "--config", planted / "screening.toml", "--json", *how, env=_home(tmp_path))
    assert ran.code == 0, ran.out
    assert ran.json["counts"]["rows_quarantined"] >= 3
    assert set(READS_BIBOB) <= {rule["code"] for rule in ran.json["indicators"]["run"]}
    assert len(list((planted / "var" / "told").iterdir())) == 1, "the digest is looked into as well"
    assert _found(planted / "var", tmp_path / "home", said=ran.out + ran.err) == []


def test_a_run_that_stops_leaves_no_canary(planted, tmp_path, how):
    file = planted / "screening.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[sources.vergunningen]", "[sources.vergunningen]\nmax_quarantine = 0.0"))
    ran = barrier("run", "--config", file, "--json", *how, env=_home(tmp_path))
    assert ran.code == 3
    assert len(list((planted / "var" / "told").iterdir())) == 1
    assert _found(planted / "var", tmp_path / "home", said=ran.out + ran.err) == []
    assert not list((planted / "var" / "staging").iterdir())


def test_a_database_that_is_away_is_asked_again_and_its_password_told_nowhere(planted, kept_by_prefect, tmp_path):
    file = planted / "screening.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('path = "controles.csv"', 'url_env = "CONTROLS_DB"\nquery = "SELECT * FROM controles"')
    file.write_text(text, encoding="utf-8")
    secret = CANARIES["secret of a database"]
    again = {"PREFECT_TASKS_DEFAULT_RETRIES": "1", "PREFECT_TASKS_DEFAULT_RETRY_DELAY_SECONDS": "0"}
    env = {**_home(tmp_path), **again, "CONTROLS_DB": f"postgresql+psycopg://barrier:{secret}@127.0.0.1:1/x"}
    ran = barrier("run", "--config", file, "--json", "--prefect", env=env)
    assert ran.code == 4, ran.out
    with closing(sqlite3.connect(kept_by_prefect / "prefect.db")) as tasks:
        assert tasks.execute("SELECT run_count FROM task_run WHERE name LIKE 'intake%'").fetchall() == [(2,)]
    assert _found(planted / "var", tmp_path / "home", said=ran.out + ran.err) == []


def test_names_stand_in_the_places_that_may_hold_them(clean_town, clean_run):
    names = pl.read_csv(clean_town / "leidinggevenden.csv", infer_schema_length=0)["naam"].drop_nulls().unique()
    long = [name for name in names.to_list() if len(name) > 11][:200]
    assert long
    for path in (clean_town / "var").rglob("*"):
        if path.is_file() and path.name not in MAY_HOLD_NAMES:
            text = "\n".join(t for _, t in texts_of(path))
            assert [name for name in long if name in text] == [], path.name


def test_the_store_holds_names_of_dossiers_and_of_links_to_judge_only(clean_town, clean_run):
    """Persons on permits elsewhere are in no table: the database file holds no name that nobody has to look at.

    A dossier has each flagged and each drawn address, and the companies that its network leads over; a probable link
    waits for two people.
    """
    run = Path(clean_run["folder"])
    files = {name: pl.read_parquet(run / f"{name}.parquet") for name in ("flags", "sample", "records", "links")}
    dossiers = pl.concat([files["flags"]["address_id"], files["sample"]["address_id"]]).implode()
    assert files["sample"].height
    permits = pl.read_csv(clean_town / "vergunningen.csv", infer_schema_length=0).select(
        "houder_naam", key="zaaknummer"
    )
    both = permits.join(files["records"].filter(pl.col("dataset") == "vergunningen"), on="key")
    shown = set(both.filter(pl.col("address_id").is_in(dossiers))["houder_naam"])
    elsewhere = set(both.filter(~pl.col("address_id").is_in(dossiers))["houder_naam"]) - shown
    probable = files["links"].filter(pl.col("level") == "probable")
    register = pl.read_csv(clean_town / "handelsregister.csv", infer_schema_length=0).with_row_index("row", offset=1)
    keys = pl.concat([probable["left"], probable["right"]]).str.split(":").list.get(1).implode()
    to_judge = set(register.filter(("r" + pl.col("row").cast(pl.String)).is_in(keys))["statutaire_naam"])
    with closing(sqlite3.connect(clean_town / "var" / "store.sqlite")) as connection:
        ties = connection.execute("SELECT address_id, via_name FROM network_tie").fetchall()
    assert {address for address, _ in ties} <= set(dossiers.item())
    shown |= {name for _, name in ties if name}
    store = (clean_town / "var" / "store.sqlite").read_bytes()
    assert any(name.encode() in store for name in shown)
    apart = [name for name in elsewhere - to_judge if name and len(name) > 11 and not any(name in one for one in shown)]
    assert len(apart) > 100
    assert [name for name in apart if name.encode() in store] == []


def test_the_search_itself_finds_what_is_hidden(tmp_path):
    """The harness bites: raw, base64, zlib, UTF-16 and a Parquet column."""
    word = CANARIES["free text"]
    (tmp_path / "raw").write_text(f"x {word} y")
    (tmp_path / "b64").write_bytes(base64.b64encode(f"hidden {word} here, padded to be long".encode()))
    (tmp_path / "zlib").write_bytes(b"head" + zlib.compress(word.encode() * 3))
    (tmp_path / "utf16").write_bytes(word.encode("utf-16-le"))
    pl.DataFrame({"a": [word]}).write_parquet(tmp_path / "p.parquet", compression="zstd")
    assert {where for where, _ in _found(tmp_path)} == {"raw", "b64", "zlib", "utf16", "p.parquet"}


def _at(row: int, column: str, value: str) -> pl.Expr:
    return pl.when(pl.col("index") == row).then(pl.lit(value)).otherwise(pl.col(column))


def _home(tmp_path: Path) -> dict[str, str]:
    """A home and a temporary folder of the test's own, so that what is written there is found too."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    return {"HOME": str(home), "TMPDIR": str(home / "tmp")}


def _found(*folders: Path, said: str = "") -> list[tuple[str, str]]:
    found = [("output", kind) for kind, pattern in _PATTERNS.items() if pattern.search(said)]
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                for _, text in texts_of(path):
                    found += [
                        (path.name, kind)
                        for kind, pattern in _PATTERNS.items()
                        if pattern.search(text) and not (kind == BIBOB and "snapshots" in path.parts)
                    ]
    return found
