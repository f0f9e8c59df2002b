"""An entry has the six fields of BIO2 8.15.01 and takes nothing that could be content."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.base.vocabulary import LedgerAction, LedgerResult, Purpose
from screening.ledger import LISTS, OBJECTS, Entry, EntryError
from screening.ledger.entry import entry_hash, genesis, moment, read_moment
from tests.ledger.entries import CASE, NOW, entry

#: What a mistake in a caller could put into a field.
CONTENT = (
    "Jan de Vries",
    "jan",
    "Vries, de",
    "J. de Vries h.o.d.n. Café De Kroon",
    "123456782",
    "12345678",
    "1980-02-29",
    "29-02-1980",
    "1234 AB",
    "1234AB 12",
    "Hoofdstraat 12 A-hs",
    "de eigenaar was niet thuis",
    "",
    " ",
    "x" * 500,
    "case:",
    ":0123456789abcdef",
    "case:0123456789abcdef\n",
    "case:0123456789ABCDEF",
    "person:0123456789abcdef",
    "party:jansen",
    "address:123456782",
    "signal:123456782",
    "signal:12345678",
    "list:jansen",
    "case:../etc",
    "é" * 16,
    "link:19800229",
    "run:123456782",
    "visit:1980-02-29",
    "review:jansen",
    "configuration:jan de vries",
)


@pytest.mark.parametrize("value", CONTENT)
@pytest.mark.parametrize("name", ["object", "origin", "case", "purpose", "action", "result"])
def test_content_is_refused_in_every_field_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(EntryError) as refused:
        entry(**{name: value})
    assert len(value.strip()) < 4 or value not in str(refused.value)


@pytest.mark.parametrize("value", ["Jan de Vries", "Jan", "j jansen", "", "123 ", "jan\n", "a" * 101, "café"])
def test_an_actor_is_an_account_and_no_name(value: str) -> None:
    with pytest.raises(EntryError, match="actor"):
        entry(actor=value)


@pytest.mark.parametrize("value", ["system:run", "j.jansen", "j.jansen@voorbeeldstad.nl", "00aa-11"])
def test_a_person_and_a_process_can_be_an_actor(value: str) -> None:
    assert entry(actor=value).actor == value


@pytest.mark.parametrize(
    "value",
    ["session:0123456789ab", "host:werkplek-12.voorbeeldstad.nl", "host:server1/pts/3", "ip:10.0.0.7", "ip:fe80::1"],
)
def test_an_action_comes_from_a_session_a_machine_or_an_address(value: str) -> None:
    assert entry(origin=value).origin == value


@pytest.mark.parametrize(
    "value",
    [
        "case:0123456789abcdef",
        "address:9999010000000001",
        "run:0123456789abcdef",
        "link:L-0123456789abcdef0123",
        "party:P-0123456789abcdef",
        "batch:RIEC-MN-2026-0007",
        "recipient:riec-midden-nederland",
        "rule:LIC-04",
        "rule:all",
        "visit:12",
        "signal:0123456789abcdef",
        "account:j.jansen",
        "term:access_logs",
        "review:2026-11-0123456789abcdef",
        *(f"list:{name}" for name in LISTS),
    ],
)
def test_every_kind_of_object_has_ids_that_fit(value: str) -> None:
    assert entry(object=value).object == value


def test_a_time_needs_a_zone_and_is_kept_in_utc() -> None:
    with pytest.raises(EntryError, match="zone"):
        entry(done_at=datetime(2026, 11, 2, 9, 0))  # noqa: DTZ001
    summer = datetime.fromisoformat("2026-07-01T01:30:00.000001+02:00")
    assert entry(done_at=summer).fields()["at"] == "2026-06-30T23:30:00.000001Z"
    assert read_moment(moment(summer)) == summer


@pytest.mark.parametrize("action", [LedgerAction.READ_DOSSIER, LedgerAction.READ_EXPLANATION])
@pytest.mark.parametrize("missing", ["case", "purpose"])
def test_a_dossier_is_read_for_a_case_and_a_purpose(action: LedgerAction, missing: str) -> None:
    with pytest.raises(EntryError, match="for a case and a purpose"):
        entry(action=action, **{missing: None})
    assert entry(action=action, result="refused", **{missing: None}).result == LedgerResult.REFUSED


def test_words_become_words_of_the_vocabulary() -> None:
    made = entry(action="judgement", result="failed", purpose="P-WON")
    assert (made.action, made.result, made.purpose) == (LedgerAction.JUDGEMENT, LedgerResult.FAILED, Purpose.WON)


def test_the_six_fields_of_bio2_a_case_a_purpose_a_hash_and_the_process_and_nothing_else() -> None:
    assert set(entry().fields()) == {
        "at",
        "actor",
        "action",
        "object",
        "result",
        "origin",
        "case",
        "purpose",
        "content",
        "os_user",
        "host",
        "session",
    }


def test_an_entry_of_the_first_form_keeps_its_hash() -> None:
    """Pinned: a ledger that was kept before entries carried a hash and a process still verifies."""
    assert (
        entry_hash(1, entry().fields(), "0" * 64) == "3cdc0e2b9bb6388405d8ea37173585e011f0d77c8d680c4715518363bb2469a3"
    )
    assert genesis("0" * 32) == "c3b2d4663cba0b2f0e47d125d273ed322fc4c6403e1de567b8b17a254db62784"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "f" * 63),
        ("content", "Jansen, geboren 1970"),
        ("os_user", "Jan de Vries"),
        ("host", "mijn pc"),
        ("session", "Jansen"),
    ],
)
def test_what_the_second_form_adds_holds_no_words(field: str, value: str) -> None:
    with pytest.raises(EntryError, match=field) as caught:
        entry(**{field: value})
    assert value not in str(caught.value)


@pytest.mark.goal("G1", reached="all lines valid")
@given(st.text(max_size=60), st.sampled_from(["object", "origin", "case", "actor"]))
def test_whatever_is_taken_has_no_room_for_a_sentence(text: str, name: str) -> None:
    try:
        made = entry(**{name: text})
    except EntryError:
        return
    for value in made.fields().values():
        assert value is None or re.fullmatch(r"[A-Za-z0-9._@+:/-]+", value)


@pytest.mark.parametrize("kind", OBJECTS)
@given(digits=st.from_regex(r"\d{8,9}", fullmatch=True))
def test_no_object_is_named_by_a_bsn_a_kvk_number_or_a_date(kind: str, digits: str) -> None:
    if kind == "account":  # accounts may be personnel numbers
        return
    with pytest.raises(EntryError):
        entry(object=f"{kind}:{digits}")


def test_the_hash_covers_every_field_the_number_and_what_it_follows() -> None:
    fields, start = entry().fields(), genesis("0" * 32)
    digests = {entry_hash(1, fields, start), entry_hash(2, fields, start), entry_hash(1, fields, genesis("1" * 32))}
    for name in fields:
        digests.add(entry_hash(1, fields | {name: "x"}, start))
    assert len(digests) == 3 + len(fields)


def test_the_form_of_the_hash_stays_what_it_was() -> None:
    made = Entry(NOW, "j.jansen", LedgerAction.JUDGEMENT, f"case:{CASE}", origin="session:0123456789ab", case=CASE)
    assert NOW.tzinfo == UTC
    assert entry_hash(1, made.fields(), "0" * 64) == GOLDEN


#: sha256 of {"action":"judgement","actor":"j.jansen","at":"2026-11-02T09:00:00.000000Z","case":"0123456789abcdef",
#: "form":1,"object":"case:0123456789abcdef","origin":"session:0123456789ab","previous":"000…","purpose":null,
#: "result":"done","seq":1}, computed from that text.
GOLDEN = "e527154e3a3e09cb3716377999bef25e161441791d10eab76f50e54fdb935e73"


@pytest.mark.parametrize("text", ["", "gisteren", "2026-11-02T09:00:00Z", "2026-02-30T09:00:00.000000Z", None])
def test_a_stored_time_that_is_no_time_is_refused_and_not_repeated(text: str | None) -> None:
    assert read_moment(moment(NOW)) == NOW
    with pytest.raises(EntryError, match="stored time is not in the form"):
        read_moment(text)
