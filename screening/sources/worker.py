"""The child process that reads foreign files: limited in memory and processor time, silent, without a core dump.

Run as a module by `screening.sources.isolated`. Takes one JSON job on standard input, answers in lines of JSON on what
was standard output. Whatever a library prints goes nowhere, since it can quote a value.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import TextIO

from screening.base.errors import BarrierError, ReaderError, SourceError
from screening.base.machine import peak_memory_bytes
from screening.sources.handover import hand_over_batches, request_from_json
from screening.sources.read import read_batches

_PR_SET_PDEATHSIG = 1


def run_worker() -> None:
    """Read the sources of the job one after the other; an error of one does not keep the others from being read."""
    job = json.load(sys.stdin)
    _limit(job["memory_bytes"], job["parent"])
    answers = _private_output()  # what fails before this line is told: no source has been read
    directory = Path(job["directory"])
    key = bytes.fromhex(job["reporter_key"])
    for given in job["requests"]:
        request = request_from_json(given)
        dataset = request.spec.dataset
        _answer(answers, {"begin": dataset})
        # no handler: the signal ends this process, also where a parser written in C never comes back
        signal.setitimer(signal.ITIMER_PROF, job["seconds"][dataset])
        try:
            if request.is_profile:
                from screening.sources.profile.file_profile import profile_file  # lists of words  # noqa: PLC0415

                _answer(answers, {"profile": profile_file(Path(request.spec.path or "")).document()})
                continue
            batches = read_batches(request.spec, request.fields, reporter_key=key)
            _answer(answers, {"table": hand_over_batches(dataset, batches, directory).document()})
        except BarrierError as error:
            _answer(answers, {"error": type(error).__name__, "message": str(error)})
        except BaseException as error:
            # Memory that ran out, or a panic of a parser, which is no Exception. Its text can quote the file: only its
            # kind is told. This process can be trusted no further; the parent starts another for the sources left.
            kind = type(error).__name__
            refusal = ReaderError if request.spec.reader else SourceError
            _answer(
                answers,
                {
                    "error": refusal.__name__,
                    "message": f"{request.spec.called}: input too large or damaged: it could not be read ({kind}). "
                    "Nothing of it is used. Split the delivery, or deliver it again.",
                    "ended": True,
                },
            )
            return


def _private_output() -> TextIO:
    """A stream of our own on what was standard output; standard output and error lead nowhere from here on."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _answer(answers: TextIO, words: dict[str, object]) -> None:
    answers.write(json.dumps({**words, "peak_bytes": peak_memory_bytes()}) + "\n")
    answers.flush()


def _limit(memory_bytes: int, parent: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    os.umask(0o077)
    # Die with the parent, or a killed night would leave a reader behind.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    run_worker()
