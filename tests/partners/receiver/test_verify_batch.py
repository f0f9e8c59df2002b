"""The receiver's script: one file, no import of ours, nothing written before everything is right."""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from screening.base.vocabulary import BatchKind
from screening.partners.batch.batch import make_batch
from screening.partners.batch.container import tar
from screening.partners.receiver import verify_batch
from screening.partners.signal.canonical import canonical
from screening.partners.signal.signal import Signal
from tests.partners import example
from tests.partners.conftest import NOW, Post
from tests.partners.signing import Signer

SCRIPT = Path(verify_batch.__file__)


def run(script: Path, *arguments: str | Path, path: str | None = None) -> tuple[int, dict]:
    """A copy of the script as a receiver runs it: alone, with nothing of ours in reach."""
    done = subprocess.run(
        [sys.executable, "-I", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": path if path is not None else os.environ["PATH"]},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"stderr": done.stderr}


def run_here(*arguments: str | Path) -> tuple[int, dict]:
    """The same in this process."""
    mask, printed = os.umask(0o077), io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            code = verify_batch.run_receiver([*map(str, arguments)])
    finally:
        os.umask(mask)
    return code, json.loads(printed.getvalue())


@pytest.fixture
def given(post: Post, key_file: Path, tmp_path: Path) -> dict[str, Path | str]:
    """Arguments of a receiver who has never received anything. The clock is the real one."""
    now = dt.datetime.now(dt.UTC)
    (tmp_path / "batch.age").write_bytes(
        post.sealed_with(made_at=now - dt.timedelta(hours=1), expires_at=now + dt.timedelta(days=1))
    )
    return {
        "batch": tmp_path / "batch.age",
        "identity": key_file,
        "signers": post.signer.allowed,
        "state": tmp_path / "state.json",
        "into": tmp_path / "in",
    }


def test_a_batch_of_signals_of_the_first_format_is_accepted_with_their_own_schema(
    given: dict, post: Post, tmp_path: Path
) -> None:
    """As it was sent before there were an urgency and attachments; it is sent again when a batch is lost."""
    meta = replace(post.meta, kind=BatchKind.SIGNALS)
    old = example.first_format()
    files = make_batch([Signal.model_validate(old)], meta)
    now = dt.datetime.now(dt.UTC)
    changed = {"kind": meta.kind, "made_at": now - dt.timedelta(hours=1), "expires_at": now + dt.timedelta(days=1)}
    given["batch"].write_bytes(post.sealed_with(files=files, **changed))
    code, answer = run_here(*arguments(given))
    assert (code, answer["accepted"]) == (0, True)
    into = Path(given["into"])
    [path] = (into / "signalen").glob("*.json")
    schemas = [file.name for file in (into / "schema").iterdir()]
    assert (json.loads(path.read_bytes()), schemas) == (old, ["signaal-1.schema.json"])


def arguments(given: dict) -> list[str | Path]:
    return [
        given["batch"],
        *(part for name in ("identity", "signers", "state", "into") for part in (f"--{name}", given[name])),
    ]


def test_the_script_imports_nothing_but_the_standard_library_and_another():
    tree = ast.parse(SCRIPT.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert foreign == {"pyrage"}


def test_it_accepts_once_and_tells_what_to_do(given: dict, post: Post, tmp_path: Path):
    script = tmp_path / "alone" / "verify_batch.py"
    script.parent.mkdir()
    shutil.copy(SCRIPT, script)
    code, told = run(script, *arguments(given))
    assert (code, told["accepted"], told["kind"], told["missing_sequences"]) == (0, True, "withdrawal", [])
    assert told["what_to_do"][0]["signaal_id"] == f"S-{1:032x}"
    assert "Vernietig" in told["what_to_do"][0]["wat_te_doen"]
    for name, data in post.files.items():
        assert (tmp_path / "in" / name).read_bytes() == data
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "in").rglob("*")}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "in").stat().st_mode) == 0o700
    code, told = run(script, *arguments(given | {"into": tmp_path / "again"}))
    assert (code, told["code"]) == (4, "replay")
    assert not (tmp_path / "again").exists()


def test_the_age_program_serves_where_the_library_is_not(given: dict, tmp_path: Path):
    """The library is hidden behind a module of its name that cannot be imported."""
    folder = tmp_path / "alone"
    folder.mkdir()
    text = SCRIPT.read_text().replace("import pyrage  #", "import pyrage_that_is_not_installed as pyrage  #")
    (folder / "verify_batch.py").write_text(text)
    assert text.count("pyrage_that_is_not_installed") == 2
    code, told = run(folder / "verify_batch.py", *arguments(given))
    assert (code, told["accepted"]) == (0, True)
    code, told = run(folder / "verify_batch.py", *arguments(given | {"into": tmp_path / "x"}), path="/nowhere")
    assert (code, told["code"]) == (2, "usage")


#: Where there is no fcntl and no sync, as on Windows; its lock is a stand-in that counts.
_ELSEWHERE = """
import os, runpy, subprocess, sys, types  # subprocess asks msvcrt what it is on
locks = []
del os.sync
sys.modules["fcntl"] = None
sys.modules["msvcrt"] = types.SimpleNamespace(LK_LOCK=1, locking=lambda *given: locks.append(given))
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
finally:
    assert len(locks) == 1, locks
"""


def test_it_needs_no_unix(given: dict):
    command = [sys.executable, "-I", "-c", _ELSEWHERE.replace("sys.argv[1]", repr(str(SCRIPT))), *arguments(given)]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"]
    assert (Path(given["into"]) / "manifest.json").exists()


def test_a_skipped_number_is_told(given: dict, post: Post, tmp_path: Path):
    """A withdrawal that somebody held back is a number that never came."""
    given["state"].write_text(json.dumps({"9999/vertrouwelijk": {"last_sequence": 1, "last_batch": "L-00"}}))
    given["batch"].write_bytes(post.sealed_with(sequence=4))
    told = verify_batch.accept(
        given["batch"],
        identity=given["identity"],
        signers=post.signer.allowed,
        state=given["state"],
        into=given["into"],
        now=NOW,
    )
    assert told["missing_sequences"] == [2, 3]
    assert verify_batch.read_state(given["state"])["9999/vertrouwelijk"]["last_sequence"] == 4


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda g: g["batch"].write_bytes(b"niets"), 3),
        (lambda g: g["batch"].write_bytes(g["batch"].read_bytes()[:-1]), 3),
        (lambda g: g["batch"].unlink(), 2),
        (lambda g: g.update(signers=_other_signers(g)), 3),
        (lambda g: g.update(signers=g["state"].parent / "nergens"), 2),
        (lambda g: g["into"].mkdir(), 2),
        (lambda g: g["state"].write_text("{"), 2),
        (lambda g: g["state"].write_text('{"x": {"last_sequence": true}}'), 2),
        (lambda g: g.update(state=g["state"].parent / "nergens" / "state.json"), 2),
        (lambda g: g["identity"].write_text("geen sleutel"), 2),
        (lambda g: g["identity"].write_text("AGE-SECRET-KEY-1QQQ"), 2),
    ],
    ids=[
        "not a batch",
        "cut",
        "no file",
        "another sender",
        "no signers",
        "folder exists",
        "half a state",
        "wrong state",
        "no folder for a state",
        "no key",
        "damaged key",
    ],
)
def test_what_is_wrong_writes_nothing(given: dict, tmp_path: Path, spoil, code: int):
    spoil(given)
    before = given["state"].read_bytes() if given["state"].exists() else None
    got, told = run_here(*arguments(given))
    assert (got, told["accepted"]) == (code, False)
    assert "AGE-SECRET" not in json.dumps(told)
    assert not (given["into"] / "berichten.json").exists()
    assert (given["state"].read_bytes() if given["state"].exists() else None) == before


def _other_signers(given: dict) -> Path:
    """A file that lists somebody else."""
    return Signer(given["state"].parent / "others").allowed


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": "1"},
        {"sequence": True},
        {"sequence": -1},
        {"kind": "other"},
        {"confidentiality": "x"},
        {"format": "x"},
        {"extra": 1},
        {"files": {}},
        {"files": [{"path": "x"}]},
        {"made_at": "vandaag"},
        {"sender": "x"},
        {"recipient": {"name": "x"}},
        {"batch_id": 3},
    ],
    ids=str,
)
def test_a_signed_manifest_of_another_form_is_refused_and_not_a_crash(post: Post, change: dict):
    files = post.signed()
    listing = json.loads(files["manifest.json"]) | change
    files["manifest.json"] = canonical(listing)
    files["manifest.json.sig"] = post.signer.sign(files["manifest.json"])
    with pytest.raises(verify_batch.BatchError):
        post.verify(tar(files))


@pytest.mark.parametrize("text", [b"", b"[]", b"1", b"null", b"\xff", b"{", b'{"files": NaN}'])
def test_a_signed_manifest_that_is_no_object_is_refused_and_not_a_crash(post: Post, text: bytes):
    files = post.signed()
    files["manifest.json"], files["manifest.json.sig"] = text, post.signer.sign(text)
    with pytest.raises(verify_batch.BatchError):
        post.verify(tar(files))


def test_the_script_is_written_for_python_3_9_too():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 9))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda g: (g["batch"].parent / "mine.asc").write_bytes(b"\xff"), "certificate cannot be read"),
        (lambda g: g.update(certificate=None), "Name your key"),
        (lambda g: g["batch"].open("ab").truncate(verify_batch.MAX_BYTES + 1), "larger than any batch"),
    ],
    ids=["a certificate of no text", "no key", "a batch of any size"],
)
def test_what_is_named_wrongly_is_refused_before_anything_is_opened(given: dict, spoil, why: str):
    given["certificate"] = given["batch"].parent / "mine.asc"
    given["certificate"].write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    spoil(given)
    with pytest.raises(verify_batch.BatchError, match=why):
        verify_batch.accept(
            given["batch"],
            certificate=given["certificate"],
            signers=given["signers"],
            state=given["state"],
            into=given["into"],
            now=NOW,
        )
    assert not given["into"].exists()
    assert not given["state"].exists()


def test_it_tells_in_its_own_process_what_it_tells_as_a_script(given: dict, tmp_path: Path):
    code, told = run_here(*arguments(given))
    assert (code, told["accepted"], told["folder"]) == (0, True, str(tmp_path / "in"))
    code, told = run_here(*arguments(given | {"into": tmp_path / "again"}))
    assert (code, told["code"]) == (4, "replay")


def test_the_age_program_and_the_library_open_the_same(given: dict, post: Post, monkeypatch: pytest.MonkeyPatch):
    secret, public = verify_batch.read_identity(given["identity"])
    opened = verify_batch.decrypt(given["batch"].read_bytes(), secret)
    monkeypatch.setitem(sys.modules, "pyrage", None)
    assert verify_batch.read_identity(given["identity"]) == (secret, public)
    assert verify_batch.decrypt(given["batch"].read_bytes(), secret) == opened
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(verify_batch.BatchError, match="age is not installed"):
        verify_batch.decrypt(given["batch"].read_bytes(), secret)


@pytest.mark.parametrize("content", [b"\xff", None], ids=["no text", "no file"])
def test_a_key_file_that_cannot_be_read_is_told_without_its_content(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "x.key").write_bytes(content)
    with pytest.raises(verify_batch.BatchError, match="key file cannot be read") as refused:
        verify_batch.read_identity(tmp_path / "x.key")
    assert refused.value.exit_code == 2


def test_a_batch_of_new_signals_asks_nothing_about_earlier_ones(given: dict, post: Post):
    given["batch"].write_bytes(post.sealed_with(kind=BatchKind.SIGNALS))
    told = verify_batch.accept(
        given["batch"],
        identity=given["identity"],
        signers=post.signer.allowed,
        state=given["state"],
        into=given["into"],
        now=NOW,
    )
    assert told["kind"] == "signals"
    assert "what_to_do" not in told
