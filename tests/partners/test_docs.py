"""docs/ontvangen.md says what the script does, and a receiver can follow it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import textstat

from screening.base.vocabulary import BatchKind
from screening.partners.receiver import verify_batch
from screening.partners.signal.codes import FeedbackOutcome, FeedbackRemark
from tests.conftest import ROOT
from tests.partners.conftest import Post
from tests.plain_dutch import B1

PAGE = (ROOT / "docs" / "ontvangen.md").read_text(encoding="utf-8")


def test_the_page_names_every_code_and_kind_and_no_other():
    def listed(start: str) -> set[str]:
        (line,) = re.findall(rf"- {start}: ((?:.|\n)*?)(?:\n- |\n\n)", PAGE)
        return set(re.findall(r"`([a-z_]+)`", line))

    assert listed("uitkomst") == set(FeedbackOutcome)
    assert listed("opmerking") == set(FeedbackRemark)
    assert set(re.findall(r"^\| `([a-z]+)`: ", PAGE, re.MULTILINE)) == set(BatchKind)


def test_the_page_and_the_script_tell_the_same_exit_codes():
    told = set(re.findall(r"^\| ([0-9]) \|", PAGE, re.MULTILINE))
    text = Path(verify_batch.__file__).read_text(encoding="utf-8")
    used = {"0", "1"} | set(re.findall(r'(?:"|why), ([0-9])\)', text)) | {"3"}
    assert told == used
    assert set(re.findall(r"\b([0-9]) [a-z]", verify_batch.__doc__.split("exit codes:")[1])) <= told


def test_the_page_names_every_file_of_a_batch(batch: dict[str, bytes], post: Post):
    for name in {*batch, *post.files, "manifest.json", "manifest.json.sig"}:
        assert name in PAGE or name.startswith("signalen/"), name


def test_the_command_for_a_fingerprint_gives_what_the_municipality_pins(post: Post):
    (command,) = re.findall(r"printf .*", PAGE)
    command = command.replace("age1uwopenbaresleutel", str(post.identity.to_public()))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == post.recipient


def test_the_options_on_the_page_are_those_of_the_script():
    done = subprocess.run([sys.executable, verify_batch.__file__, "--help"], capture_output=True, text=True, check=True)
    for option in set(re.findall(r"--[a-z]+", PAGE)):
        assert option in done.stdout, option


def test_the_page_reads_as_b1_and_accuses_no_one():
    """Flesch-Douma of 55 and up reads as level B1."""
    textstat.set_lang("nl")
    plain = re.sub(r"```(.|\n)*?```|^\|.*$|`[^`]*`|[*#]", "", PAGE, flags=re.MULTILINE)
    assert textstat.flesch_reading_ease(plain) >= B1
    assert not re.search(r"verdachte|slachtoffer|dader", PAGE)
