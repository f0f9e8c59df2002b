"""Finding the case of one exact address, KVK number or case number: cases and never rows of a register, and no lists.

A person calls, and an officer has to know whether somebody looks at their address. The answer is the same, made by the
same statement, where there is no case, where it was erased, and where it is not this officer's to see.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from screening.base.civil_time import day_of, midnight
from screening.base.datasets import sensitive_datasets
from screening.base.errors import BarrierError
from screening.base.vocabulary import LedgerAction, LedgerResult
from screening.casework.cases.case import visible_to
from screening.casework.cases.numbers import case_number
from screening.casework.tips.sightings import House
from screening.casework.viewer import Viewer
from screening.ledger import Ledger
from screening.store.engine import guarded, writing
from screening.store.schema.cases import case_found, case_reading, review_case
from screening.store.schema.runs import dossier_party, dossier_record
from screening.store.store import Store

#: A company with more addresses than this is asked for by address.
MOST_FOUND = 5
#: Statements look through so many cases of a postcode area; there are fewer.
_MOST_IN_AREA = 20_000
_POSTCODE = re.compile(r"[1-9]\d{3}[A-Z]{2}")
_CODE = re.compile(r"(\d{4}) ?([A-Z]{2})\b")
_NUMBER = re.compile(r"Z-(\d{4})-(\d{7})")
_CASE_ID = re.compile(r"[0-9a-f]{16}")
_KVK = re.compile(r"\d{8}")
#: The end of a street as a dossier writes it: "Hoofdstraat 12 A-2".
_HOUSE = re.compile(r"(?:^|\s)(?P<number>\d+)(?: (?P<letter>[A-Za-z]))?(?:-(?P<addition>[\w ]+))?$")


class SearchError(BarrierError):
    """What is searched for cannot be read. `field`: postcode, number, kvk, case or none (nothing, or more than one)."""

    def __init__(self, field: str) -> None:
        super().__init__("Search for one whole address, one KVK number of 8 digits, or one case number.")
        self.field = field


@dataclass(frozen=True)
class SearchTarget:
    """One thing to search for; the others are empty. `addition`: letters and digits alone, in capitals."""

    house: House | None = None
    addition: str = ""
    kvk: str = ""
    case: str = ""

    @property
    def text(self) -> str:
        """The one spelling in which it is hashed."""
        if self.house:
            return f"house {self.house.postcode} {self.house.number} {self.addition}"
        return f"kvk {self.kvk}" if self.kvk else f"case {self.case}"


@dataclass(frozen=True)
class FoundCase:
    """A case as a search shows it: neither arm nor outcome, nor whose it is."""

    case_id: str
    address_id: str
    address: str
    opened_on: date
    is_over: bool

    @property
    def number(self) -> str:
        """The number by which people call it."""
        return case_number(self.opened_on, self.case_id)


def search_target(
    *, postcode: str = "", number: str = "", addition: str = "", kvk: str = "", case: str = ""
) -> SearchTarget:
    """Read what somebody typed. SearchError: it is not one whole thing."""
    postcode, kvk = "".join(postcode.split()).upper(), "".join(kvk.split())
    number, case = number.strip(), "".join(case.split())
    plain = _plain(addition)
    if [bool(postcode or number or plain), bool(kvk), bool(case)].count(True) != 1:
        raise SearchError("none")
    if kvk:
        if not _KVK.fullmatch(kvk):
            raise SearchError("kvk")
        return SearchTarget(kvk=kvk)
    if case:
        if not _NUMBER.fullmatch(case.upper()) and not _CASE_ID.fullmatch(case.lower()):
            raise SearchError("case")
        return SearchTarget(case=case.upper() if _NUMBER.fullmatch(case.upper()) else case.lower())
    if not _POSTCODE.fullmatch(postcode):
        raise SearchError("postcode")
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise SearchError("number")
    return SearchTarget(House(postcode, int(number)), plain)


def target_of_address(address: str) -> SearchTarget | None:
    """Return what finds an address of a dossier, in one line: "Hoofdstraat 12 A-2, 1234 AB Plaats"; None where none."""
    street, _, place = address.rpartition(",")
    house, code = _HOUSE.search(street.strip()), _CODE.match(place.strip())
    if house is None or code is None:
        return None
    addition = f"{house['letter'] or ''}{house['addition'] or ''}"
    return SearchTarget(House(f"{code[1]}{code[2]}", int(house["number"])), _plain(addition))


def search_hash(key: bytes, target: SearchTarget) -> str:
    """Return the keyed hash of what is searched for, 32 hexadecimal digits: what the ledger says of it."""
    return hmac.new(key, target.text.encode(), hashlib.sha256).hexdigest()[:32]


def find_cases(store: Store, viewer: Viewer, target: SearchTarget, *, now: datetime) -> list[FoundCase]:
    """Return the cases of a target that this viewer may see: of each address the one that is open, else the last.

    One for an address or a number; at most MOST_FOUND + 1 for a company.
    """
    columns = (review_case.c.case_id, review_case.c.address_id, review_case.c.address, review_case.c.opened_on)
    query = (
        sa.select(*columns, review_case.c.concluded_on.is_not(None).label("is_over"))
        .where(visible_to(viewer, day_of(now)), *_conditions(target))
        .order_by(review_case.c.opened_on.desc(), review_case.c.case_id)
        .limit(_MOST_IN_AREA)
    )
    with guarded("searching for a case"), store.engine.connect() as connection:
        rows = [FoundCase(**row._mapping) for row in connection.execute(query)]
    if target.house:
        rows = [case for case in rows if target_of_address(case.address) == target]
    by_address: dict[str, FoundCase] = {}
    for case in sorted(rows, key=lambda row: row.is_over):
        by_address.setdefault(case.address_id, case)
    return list(by_address.values())[: MOST_FOUND + 1]


def searches_of_day(ledger: Ledger, viewer: Viewer, *, now: datetime) -> int:
    """Count the searches of a viewer today, by the ledger: one that was refused is none."""
    lines = ledger.entries(actor=viewer.account, action=LedgerAction.SEARCH, since=midnight(day_of(now)))
    return len({line.entry.done_at for line in lines if line.entry.result == LedgerResult.DONE})


def note_found(store: Store, viewer: Viewer, case_id: str, *, now: datetime) -> None:
    """Note that a viewer comes to a case by a search, unless they read it before: nobody drew it for them."""
    own = (case_found.c.case_id == case_id, case_found.c.account == viewer.account)
    is_read = sa.exists().where(case_reading.c.case_id == case_id, case_reading.c.account == viewer.account)
    with guarded("noting a case that was found"), writing(store.engine) as connection:
        if not connection.scalar(sa.select(sa.or_(sa.exists().where(*own), is_read))):
            connection.execute(case_found.insert().values(case_id=case_id, account=viewer.account, found_at=now))


def _conditions(target: SearchTarget) -> list[sa.ColumnElement[bool]]:
    if target.house:
        postcode = f"{target.house.postcode[:4]} {target.house.postcode[4:]}"
        return [
            review_case.c.postcode4 == postcode[:4],
            review_case.c.address.contains(f", {postcode}", autoescape=True),
        ]
    if target.kvk:
        record, party = dossier_record, dossier_party
        # By its own index, and before any case is looked at: there is as much to do where no case is found.
        of_company = (
            sa.select(record.c.run_id, record.c.address_id)
            .join(
                party,
                sa.and_(
                    party.c.run_id == record.c.run_id, party.c.dataset == record.c.dataset, party.c.key == record.c.key
                ),
            )
            .where(party.c.kvk_nummer == target.kvk, record.c.dataset.not_in(sensitive_datasets()))
        )
        return [sa.tuple_(review_case.c.run_id, review_case.c.address_id).in_(of_company)]
    numbered = _NUMBER.fullmatch(target.case)
    if numbered is None:
        return [review_case.c.case_id == target.case]
    year, begin = int(numbered[1]), f"{int(numbered[2]):05x}"
    days = (date(year, 1, 1), date(year, 12, 31)) if year else (date.min, date.min)
    return [review_case.c.case_id.startswith(begin, autoescape=True), review_case.c.opened_on.between(*days)]


def _plain(addition: str) -> str:
    """An addition in the one spelling in which it is compared."""
    return "".join(letter for letter in addition.upper() if letter.isalnum())
