"""An authority of one's own (`openssl ts`) stamps heads of the ledger; the check tells a stamp that is not theirs."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from flows.audit import time_stamps
from flows.audit.heads import anchor_head, audit_settings
from flows.audit.time_stamps import TimeStampError, check_time_stamp, time_stamp
from flows.configuration import load_configuration
from screening.ledger import open_ledger
from tests.flows.audit.test_command import call
from tests.flows.audit.town import NOW, configured, heads, published

_CONFIGURATION = """
[tsa]
default_tsa = demo
[demo]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(*arguments: object, day: str = "") -> bytes:
    """What openssl says; `day`: on another day than today."""
    at = ["faketime", day] if day else []
    return subprocess.run([*at, "openssl", *map(str, arguments)], capture_output=True, check=True).stdout


def make_authority(folder: Path, day: str = "") -> Path:
    """A root certificate, and under it that of a time-stamp authority; the root is what the configuration names.

    `day`: on which they were made, for three days.
    """
    folder.mkdir()
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req",
        "-x509",
        *new,
        "-keyout",
        folder / "root.key",
        "-out",
        folder / "root.pem",
        "-days",
        3,
        "-subj",
        "/CN=Voorbeeld root",
        "-addext",
        "basicConstraints=critical,CA:true",
        "-addext",
        "keyUsage=critical,keyCertSign",
        day=day,
    )
    openssl(
        "req", *new, "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr", "-subj", "/CN=Voorbeeld TSA", day=day
    )
    (folder / "extensions").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
    openssl(
        "x509",
        "-req",
        "-in",
        folder / "tsa.csr",
        "-CA",
        folder / "root.pem",
        "-CAkey",
        folder / "root.key",
        "-CAcreateserial",
        "-out",
        folder / "tsa.pem",
        "-days",
        3,
        "-extfile",
        folder / "extensions",
        day=day,
    )
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder))
    return folder / "root.pem"


class Authority(BaseHTTPRequestHandler):
    """Answers each question with a time stamp of `folder`."""

    folder: Path
    status = 200

    def do_POST(self) -> None:
        """Stamp what was asked."""
        asked = self.folder / "asked.tsq"
        asked.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        answer = openssl("ts", "-reply", "-queryfile", asked, "-config", self.folder / "tsa.cnf")
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def answering(folder: Path) -> Iterator[str]:
    """The address at which the authority of a folder answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OfTest", (Authority,), {"folder": folder}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an authority on this machine, and its certificate."""
    folder = tmp_path_factory.mktemp("tsa") / "authority"
    certificate = make_authority(folder)
    with answering(folder) as url:
        yield url, certificate


def town(tmp_path: Path, url: str, certificate: Path) -> Path:
    shutil.copy(certificate, tmp_path / "tsa.pem")
    return configured(tmp_path, f'anchor = ["tsa:{url}", "file:outside"]\ntsa_certificate = "tsa.pem"')


def test_a_head_is_stamped_and_the_check_says_so(tmp_path: Path, authority: tuple[str, Path]) -> None:
    config = town(tmp_path, *authority)
    published(config)
    assert call("head", "--anchor", config=config).exit_code == 0
    last = [file for file in heads(config) if file.suffix == ".json"][-1]
    stamp = last.with_suffix(".tsr")
    assert stamp.stat().st_mode & 0o777 == 0o600
    seen_at = check_time_stamp(stamp.read_bytes(), last.read_bytes(), authority[1])
    assert abs(seen_at.timestamp() - last.stat().st_mtime) < 600
    checked = call("verify", "--json", config=config)
    assert checked.exit_code == 0
    assert json.loads(checked.output)["time_stamps"] == 2


def test_a_stamp_of_another_head_another_authority_or_another_time_is_found(tmp_path: Path, authority) -> None:
    config = town(tmp_path, *authority)
    assert call("head", "--anchor", config=config).exit_code == 0
    head, stamp = heads(config)
    other = make_authority(tmp_path / "other")
    kept = stamp.read_bytes()
    with pytest.raises(TimeStampError, match="not of this head, or not of the authority"):
        check_time_stamp(kept, head.read_bytes() + b" ", authority[1])
    with pytest.raises(TimeStampError, match="not of this head, or not of the authority"):
        check_time_stamp(kept, head.read_bytes(), other)
    for damaged in (b"", b"no stamp", kept[:-20]):
        with pytest.raises(TimeStampError):
            check_time_stamp(damaged, head.read_bytes(), authority[1])
    shutil.copy(other, tmp_path / "tsa.pem")
    checked = call("verify", config=config)
    assert (checked.exit_code, "FOUND time_stamp" in checked.output) == (1, True)


def test_a_head_that_was_signed_for_another_time_is_found(tmp_path: Path, authority) -> None:
    """Who has the signing key can sign that it was last month; the authority saw it today."""
    config = town(tmp_path, *authority)
    with open_ledger(tmp_path / "var") as ledger:
        anchor_head(ledger, audit_settings(load_configuration(config)), now=NOW)
    checked = call("verify", config=config)
    assert "saw the head at another time than it says" in checked.output


def test_a_head_that_the_authority_did_not_stamp_is_no_anchor(tmp_path: Path, authority) -> None:
    """Who has the signing key and the folder outside can sign any time there, but gets no stamp for it."""
    config = town(tmp_path, *authority)
    published(config)
    for stamp in (tmp_path / "outside").glob("*.tsr"):
        stamp.unlink()
    checked = call("verify", config=config)
    assert (checked.exit_code, "no head is stamped by the authority" in checked.output) == (1, True)


def test_a_certificate_that_expired_is_told_when_it_stamps_and_not_held_against_older_stamps(tmp_path: Path) -> None:
    expired = make_authority(tmp_path / "old", "2020-10-01 12:00:00")
    asked = TimestampRequestBuilder().data(b"a head").hash_algorithm(HashAlgorithm.SHA256).build()
    (tmp_path / "asked.tsq").write_bytes(asked.as_bytes())
    answer = "ts", "-reply", "-queryfile", tmp_path / "asked.tsq", "-config", tmp_path / "old" / "tsa.cnf"
    assert check_time_stamp(openssl(*answer, day="2020-10-02 12:00:00"), b"a head", expired).day == 2
    with answering(tmp_path / "old") as url:
        problems = published(town(tmp_path, url, expired))
    assert len(problems) == 1
    assert "NO time stamp" in problems[0]
    assert "or that had expired" in problems[0]


def test_an_authority_alone_is_an_anchor(tmp_path: Path, authority) -> None:
    """No folder outside: what the authority said is kept in the workspace, and cannot be made up there."""
    shutil.copy(authority[1], tmp_path / "tsa.pem")
    config = configured(tmp_path, f'anchor = ["tsa:{authority[0]}"]\ntsa_certificate = "tsa.pem"')
    config.write_text(config.read_text().replace("9999", "0457"))
    assert call("head", "--anchor", config=config).exit_code == 0
    checked = call("verify", config=config)
    assert (checked.exit_code, "FOUND" in checked.output) == (0, False), checked.output


@pytest.mark.parametrize("answer", ["closed", "refuses", "rubbish"])
def test_an_authority_that_fails_is_told_and_stops_nothing(tmp_path: Path, authority, answer: str) -> None:
    url, certificate = authority
    if answer == "closed":
        url = "http://127.0.0.1:9/"
    config = town(tmp_path, url, certificate)
    said = {"refuses": (503, b""), "rubbish": (200, b"<html>")}.get(answer)
    if said is not None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _saying(*said))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        config = town(tmp_path, f"http://127.0.0.1:{server.server_port}/", certificate)
    problems = published(config)
    assert len(problems) == 1
    assert "NO time stamp" in problems[0]
    assert len(heads(config)) == 1
    assert not list((tmp_path / "outside").glob("*.tsr"))
    if said is not None:
        server.shutdown()
        server.server_close()


def _saying(status: int, content: bytes) -> type[BaseHTTPRequestHandler]:
    class Saying(Authority):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

    return Saying


def test_an_answer_to_another_question_is_no_stamp(authority: tuple[str, Path]) -> None:
    """A stamp of an earlier head, played back."""
    stamp = time_stamp(b"an earlier head", authority[0])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _saying(200, stamp))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(TimeStampError, match="another question"):
        time_stamp(b"this head", f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("part", [b"x", b"x" * 40_000])
def test_an_authority_that_never_ends_does_not_hold_up_a_night(part: bytes, monkeypatch) -> None:
    """A byte now and then is in time each time, and so is one part of gigabytes."""
    monkeypatch.setattr(time_stamps, "TIMEOUT_S", 0.5)
    is_left = threading.Event()

    class Endless(Authority):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not is_left.wait(0.02):
                    self.wfile.write(part)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(TimeStampError, match="does not come to an end"):
        time_stamp(b"a head", f"http://127.0.0.1:{server.server_port}/")
    is_left.set()
    server.shutdown()
    server.server_close()
