"""The `barrier` command: which commands there are, for whom, and how an error reaches a person or a machine."""

from __future__ import annotations

import json
import signal
import sys
from importlib.metadata import version as version_of
from types import FrameType
from typing import Annotated, NoReturn

import typer

from flows.environment import silence_telemetry
from flows.lazy_group import LazyGroup
from flows.night.guard import place_of_error
from screening.base.errors import BarrierError
from screening.base.machine import disk_fault
from screening.base.vocabulary import ExitCode

#: What typer makes of Ctrl-C: 128 + SIGINT.
_INTERRUPTED = 130
#: Whether Ctrl-C came. Where it falls into a library that ignores it, another error ends the command, or none does.
_interrupts: list[int] = []


class BarrierCommands(LazyGroup):
    """Every command by who uses it, in the order of the help: where it stands, and what the help says of it."""

    panels = {  # noqa: RUF012 - a table that nothing changes
        "A first look, with made-up data": {
            "demo": (
                "flows.synthetic.command:run_demonstration",
                "Make a synthetic municipality, screen it as the Prefect flow and name the report to open.",
            ),
            "synthetic": (
                "flows.synthetic.command:make_municipality",
                "Make a synthetic municipality with planted patterns and their truth.",
            ),
        },
        "Own registers: analyst": {
            "profile": (
                "flows.intake.mapping_command:profile_file_apart",
                "Show what a file holds and which register it looks like, and propose the table that maps it; nothing "
                "is kept.",
            ),
            "init": (
                "flows.intake.mapping_command:write_first_configuration",
                "Write a screening.toml from a folder of exports, and tell what is still open in it.",
            ),
        },
        "Night: administrator": {
            "check": (
                "flows.intake.command:check_before_run",
                "Verify configuration and sources before a run; nothing is published.",
            ),
            "intake": (
                "flows.intake.command:app",
                "Deliveries: seal one with a manifest, accept or reject one, list what was rejected.",
            ),
            "run": (
                "flows.night.command:run_night",
                "Run the whole screening of one night and publish it. A night that broke goes on where it was.",
            ),
            "fleet": (
                "flows.fleet.command:app",
                "Many municipalities on one machine: run a night of each, and see how they stand.",
            ),
            "deploy": (
                "flows.night.schedule.command:deploy_flows",
                "Set up the night and its duties on the Prefect server of PREFECT_API_URL; again after each upgrade.",
            ),
            "runs": ("flows.night.command:list_runs", "List the published runs of a workspace, latest last."),
            "verify": (
                "flows.night.command:verify_published_run",
                "Recompute the digest of a published run, compare it with the ledger, and say when a file was damaged "
                "or changed.",
            ),
            "status": (
                "flows.night.status:show_status",
                "Tell when the last good night was, which nights failed since, and how the last nights went.",
            ),
            "doctor": (
                "flows.doctor.command:examine_installation",
                "Tell what is wrong with this installation, and the command that mends it. Nothing is changed.",
            ),
            "notify": ("flows.notify.command:app", "The digest of each night: send what waits, and try the channels."),
            "backup": (
                "flows.backup.command:back_up_workspace",
                "Make an encrypted backup of the store, the ledger and the runs, and one of the keys apart.",
            ),
            "restore": (
                "flows.backup.command:restore_workspace",
                "Unpack a backup into a new workspace, and check that it is whole.",
            ),
        },
        "Rules and links: analyst": {
            "rules": (
                "flows.rules.command:app",
                "Prepare indicators for a decision, see what was decided, stop one. People decide on a page of the "
                "review.",
            ),
            "contracts": (
                "flows.contracts.command:app",
                "What is agreed about each register, for who has tools of their own.",
            ),
            "indicators": (
                "flows.rules.command:list_indicators",
                "List the indicators of this version, with class, barrier and parameters.",
            ),
            "describe": (
                "flows.rules.command:show_barrier_model",
                "Tell the barrier model: which barriers there are, which indicators and policy belong to each.",
            ),
            "backtest": (
                "flows.rules.command:backtest_indicator",
                "Replay a version of an indicator on stored nights: which addresses would be added and dropped.",
            ),
            "reproduce": (
                "flows.rules.command:reproduce_run",
                "Run a published night's rules again on its snapshots: are evidence and flags the same?",
            ),
            "extensions": (
                "flows.examination.command:app",
                "Rules and registers of the municipality's own: the examination of their rules and readers.",
            ),
            "new": (
                "flows.new.command:app",
                "Begin a rule or a register of the municipality's own: a package that passes its own tests.",
            ),
            "links": (
                "flows.links.command:app",
                "Judge whether two mentions are one party. What a person decides holds from the next run on, until "
                "undone.",
            ),
        },
        "Review: officer": {
            "serve": (
                "flows.review.command:serve_review",
                "Serve the review application: officers judge addresses, analysts judge links. Ends with Ctrl-C.",
            ),
            "explain": (
                "flows.night.command:show_explanation",
                "Tell why an address was flagged, or why not, with the records. In a real municipality that is "
                "written down.",
            ),
        },
        "Partners: export officer": {
            "export": (
                "flows.partners.command:app",
                "Prepare batches of approved signals for partners, and know what was sent. People approve recipients, "
                "and sign and approve batches, on the pages Recipients and Batches of the review.",
            )
        },
        "Figures of several municipalities: analyst, and the processor": {
            "pool": (
                "flows.pooling.command:app",
                "Send exact counts sealed to one processor, add them up there, and read in the sums that return.",
            )
        },
        "Rights and retention: privacy officer": {
            "subject": (
                "flows.rights.command:answer_subject",
                "Tell everything about an address or a person, who saw it and who received it. That is written down.",
            ),
            "object": (
                "flows.rights.command:object_app",
                "Requests of people about their data, as people registered and decided them in the review.",
            ),
            "retention": (
                "flows.rights.command:retention_app",
                "Plan what is past its term; erase what two people approved of it, and leave a receipt.",
            ),
        },
        "Mandate and oversight: board, FG and auditor": {
            "mandate": (
                "flows.mandate.command:app",
                "Mandate, purposes, DPIA, advice, terms and two signatures: without these no real register is read.",
            ),
            "papers": (
                "flows.papers.command:make_papers",
                "Make the papers: Algoritmeregister, DPIA, IAMA, privacy statement and more, from configuration and "
                "rules.",
            ),
            "audit": (
                "flows.audit.command:app",
                "Check the ledger of everything that anyone did or saw, read it, and review every month who read what.",
            ),
        },
    }


app = typer.Typer(
    name="barrier",
    cls=BarrierCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 ok, 1 unexpected, 2 usage or configuration, 3 contract stop, "
    "4 finished with a stale or missing source, 5 already running, 6 disk full or read-only.",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"barrier {version_of('barrier-screening')}")
        raise typer.Exit


@app.callback()
def barrier(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Screen the registers of a municipality for unexplained deviations at an address. A person decides, always."""


def main() -> None:
    """Entry point: errors on purpose become one clear line and their exit code."""
    silence_telemetry()
    signal.signal(signal.SIGINT, _note_interrupt)
    try:
        # a person gets typer's page on a usage error, a machine that asked for JSON gets the error here
        code = app(standalone_mode=not _is_json())
        if code == _INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code or ExitCode.OK)
    except BarrierError as error:
        _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        _complain("Stopped by hand.", ExitCode.UNEXPECTED)
    except SystemExit as stop:
        if stop.code != _INTERRUPTED:
            raise
        _complain("Stopped by hand.", ExitCode.UNEXPECTED)
    except Exception as error:  # the last fence: no traceback with values on a terminal or in a log
        if hasattr(error, "format_message"):  # a usage error of typer, whose classes are not public
            _complain(error.format_message(), ExitCode.CONFIGURATION)
        if fault := disk_fault(error, "What this command leaves"):
            _complain(str(fault), fault.exit_code)
        _complain(f"Unexpected {type(error).__name__} at {place_of_error(error)}.", ExitCode.UNEXPECTED)


def _note_interrupt(number: int, frame: FrameType | None) -> None:
    _interrupts.append(number)
    signal.default_int_handler(number, frame)


def _is_json() -> bool:
    return "--json" in sys.argv[1:]


def _complain(text: str, code: int) -> NoReturn:
    if _interrupts:
        text, code = "Stopped by hand; nothing was published.", ExitCode.UNEXPECTED
    if _is_json():
        typer.echo(json.dumps({"error": text, "exit_code": int(code)}, ensure_ascii=False))
    else:
        typer.echo(text, err=True)
    sys.exit(int(code))


if __name__ == "__main__":
    main()
