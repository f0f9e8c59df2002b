"""A message arrives by mail, at a web address, in Teams and in a folder; what does not arrive is told, not raised."""

from __future__ import annotations

import json
import ssl
import stat

import pytest

from flows.configuration.notify import ChannelTable, NotifyTable
from flows.notify.channels import Channel, channels_of, is_address, send
from flows.notify.digest import digest_of
from screening.base.errors import ConfigurationError
from tests.flows.notify.nights import GAPS, GOOD
from tests.review.test_oidc import self_signed

DIGEST = digest_of(GAPS, [GOOD])


def test_a_message_arrives_by_mail_in_plain_text(mail):
    assert send(DIGEST, [Channel("MAIL", url=mail.address)]) == {}
    [message] = mail.messages
    assert message["Subject"] == DIGEST.subject
    assert message["To"] == "beheer@zomerwaard.example"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n").strip() == DIGEST.text.strip()


@pytest.mark.parametrize(("digest", "kind"), [(DIGEST, "warning"), (digest_of(GOOD), "success")])
def test_a_message_arrives_at_a_web_address_and_says_whether_all_is_well(hook, digest, kind):
    assert send(digest, [Channel("HOOK", url=hook.address)]) == {}
    [document] = hook.documents
    assert (document["title"], document["type"]) == (digest.subject, kind)
    assert document["message"].strip() == digest.text.strip()
    assert hook.paths == ["/geheim-pad"]


def test_a_message_arrives_in_teams_as_a_card_over_tls_that_holds(hook, tmp_path, monkeypatch):
    certificate, key = self_signed(tmp_path)
    over = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    over.load_cert_chain(certificate, key)
    hook.socket = over.wrap_socket(hook.socket, server_side=True)
    teams = Channel("TEAMS", url=f"workflows://127.0.0.1:{hook.server_address[1]}/643e69f83c8944/geheim")
    assert send(DIGEST, [teams]) != {}, "nobody vouches for this certificate"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert send(DIGEST, [teams]) == {}
    [card] = hook.documents
    texts = json.dumps(card, ensure_ascii=False)
    assert DIGEST.subject in texts
    assert "41 uitgevoerd" in texts
    assert '"Image"' not in texts, "a picture would be fetched from elsewhere"


def test_a_message_in_a_folder_is_a_file_of_its_owner(tmp_path):
    folder = tmp_path / "messages"
    assert send(DIGEST, [Channel("f", folder=folder)]) == {}
    [file] = folder.iterdir()
    assert file.name.startswith("20261102T030101Z-")
    assert file.read_text(encoding="utf-8") == f"{DIGEST.subject}\n\n{DIGEST.text}"
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)


def odd_secret(name: str) -> str | None:
    if name == "ODD":
        raise ConfigurationError("others can read its file")
    return None


def test_each_channel_that_fails_is_named_and_stops_no_other(hook, tmp_path, capfd):
    (tmp_path / "file").touch()
    hook.status = 503
    channels = [
        Channel("HOOK", url=hook.address),
        Channel("GONE", url="mailto://127.0.0.1:1?from=a@b.example&to=c@d.example"),
        Channel("SLIP", url="maillto://geheim@b.example"),
        *channels_of(NotifyTable(channels=(ChannelTable(url_env="NOT_SET"), ChannelTable(url_env="ODD"))), odd_secret),
        Channel("no folder", folder=tmp_path / "file" / "x"),
        Channel("good", folder=tmp_path / "good"),
    ]
    assert send(DIGEST, channels) == {
        "HOOK": "it refused the message or could not be reached",
        "GONE": "it refused the message or could not be reached",
        "SLIP": "its address is none that apprise knows",
        "NOT_SET": "nothing gives this secret here",
        "ODD": "others can read its file",
        "no folder": "it could not be written (Not a directory)",
    }
    assert len(list((tmp_path / "good").iterdir())) == 1
    printed = capfd.readouterr()
    assert printed.out + printed.err == "", "what apprise says of a failure can hold a part of an address"


def test_a_redirect_leads_a_message_nowhere_else(hook):
    hook.status, hook.location = 307, hook.address.replace("json://", "http://") + "/elders"
    assert send(DIGEST, [Channel("HOOK", url=hook.address)]) != {}
    assert hook.paths == ["/geheim-pad"]


def test_an_address_comes_from_the_environment_and_is_not_shown():
    table = NotifyTable(channels=(ChannelTable(url_env="HOOK"), ChannelTable(url_env="NOT_SET")))
    found = channels_of(table, {"HOOK": "json://geheim"}.get)
    assert [(channel.name, channel.url) for channel in found] == [("HOOK", "json://geheim"), ("NOT_SET", None)]
    assert "geheim" not in repr(found)


@pytest.mark.parametrize(
    ("url", "is_known"), [("json://hook.example/x", True), ("maillto://b.example", False), ("", False), ("x", False)]
)
def test_an_address_is_one_that_apprise_knows(url, is_known):
    assert is_address(url) == is_known
