"""`[governance]` of screening.toml: who let this be done, for which purposes, on which DPIA and advice.

    [governance]
    controller = "het college van burgemeester en wethouders van Voorbeeldstad"
    contact = "privacy@voorbeeldstad.example"
    [governance.mandate]                       # who let this be done, and where that is written
    given_by = "het college van burgemeester en wethouders"
    date = 2026-03-01
    document = "Mandaatbesluit 2026-114"
    [governance.purposes."P-VERG"]             # one table a purpose; a rule with another purpose does not run
    legal_basis = "APV Voorbeeldstad, hoofdstuk 2 en 3"
    articles = ["APV art. 2:28", "APV art. 3:3"]
    [governance.registers.eigendom]            # only where that register is configured: its contract asks a question
    answer = "Ja, volgens de voorwaarden van de levering"
    date = 2026-04-01
    document = "Advies 2026-12 van de jurist"
    [governance.dpia]
    id = "DPIA-2026-014"
    date = 2026-04-20
    valid_until = 2029-04-20
    [governance.fg_advice]
    id = "FG-2026-031"
    date = 2026-05-12
    [governance.signers]                       # who may sign: at least two people, better three
    anna = "ed25519:…"
    [governance.analysts]                      # who may sign, beside these, how a register is mapped; may be left out
    daan = "ed25519:…"

A made-up municipality (code 9999) needs none of it. A key may be left out here: what is missing is for
`screening.mandate.approval` to say, to whoever wants to start.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

from screening.base.vocabulary import Purpose

#: A date without quotes and without a time.
Day = Annotated[dt.date, Strict()]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MandateTable(_Table):
    """The decision by which this work was ordered."""

    given_by: str = Field(default="", description="Who gave the mandate.")
    date: Day | None = Field(default=None, description="The date of the mandate.")
    document: str = Field(default="", description="Where the mandate is written down.")


class PurposeTable(_Table):
    """Why a purpose is a task of this municipality."""

    legal_basis: str = Field(default="", description="The regulation that gives the task.")
    articles: tuple[str, ...] = Field(default=(), description="Its articles.")


class DpiaTable(_Table):
    """The data protection impact assessment."""

    id: str = Field(default="", description="The number of the DPIA.")
    date: Day | None = Field(default=None, description="The date of the DPIA.")
    valid_until: Day | None = Field(default=None, description="The last day on which it holds, within three years.")


class AdviceTable(_Table):
    """The advice of the data protection officer (functionaris gegevensbescherming)."""

    id: str = Field(default="", description="The number of the advice.")
    date: Day | None = Field(default=None, description="The date of the advice.")


class RegisterAnswerTable(_Table):
    """What this municipality answered to the question of law that the contract of a register asks."""

    answer: str = Field(default="", description="The answer, in a sentence.")
    date: Day | None = Field(default=None, description="The date of the answer.")
    document: str = Field(default="", description="Where it is written down, and by whom.")


class PapersTable(_Table):
    """What only the papers need: the stage of the work, and addresses of pages."""

    status: str | None = Field(
        default=None, pattern=r"\S", description="The stage of the work in the Algoritmeregister."
    )
    begin: str | None = Field(default=None, pattern=r"\S", description="The month in which it began, such as 2026-03.")
    public_page: str | None = Field(default=None, pattern=r"\S", description="Address of the page for the public.")
    processing_register: str | None = Field(
        default=None, pattern=r"\S", description="Address of the processing register."
    )
    dpia: str | None = Field(default=None, pattern=r"\S", description="Address of the published DPIA.")
    iama: str | None = Field(default=None, pattern=r"\S", description="Address of the published IAMA.")
    source_register: str | None = Field(
        default=None, pattern=r"\S", description="Address of the entry in the municipality's own register."
    )
    provider: str | None = Field(default=None, pattern=r"\S", description="Who provides or runs the programme.")
    answers: str | None = Field(
        default=None, pattern=r"\S", description="The TOML file with answers for the papers, relative to this file."
    )
    laws: Mapping[str, str] = Field(
        default={}, description='Begin of an article, such as "APV", = the https address of its text.'
    )


class GovernanceTable(_Table):
    """The whole table."""

    controller: str = Field(
        default="", description="Who is responsible for the processing (verwerkingsverantwoordelijke)."
    )
    contact: str = Field(default="", description="E-mail address for questions.")
    mandate: MandateTable = Field(
        default=MandateTable(), description="Who ordered this work, and where that is written."
    )
    purposes: Mapping[Purpose, PurposeTable] = Field(default={}, description="One table a purpose.")
    registers: Mapping[str, RegisterAnswerTable] = Field(
        default={}, description="One table a register whose contract asks a question of law."
    )
    dpia: DpiaTable = Field(default=DpiaTable(), description="The DPIA of this work.")
    fg_advice: AdviceTable = Field(default=AdviceTable(), description="The advice of the data protection officer.")
    signers: Mapping[str, str] = Field(default={}, description="Account and public key of each person who may sign.")
    analysts: Mapping[str, str] = Field(
        default={}, description="Account and public key of who may sign a change of mapping alone, beside the signers."
    )
    papers: PapersTable = Field(default=PapersTable(), description="What only the papers need.")
