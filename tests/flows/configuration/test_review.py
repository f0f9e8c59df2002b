"""`[review]` and `[policy]`: every key known, what is missing or unsafe said by name, secrets in the environment."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.configuration import Configuration, load_configuration
from flows.configuration.fields import required_datasets
from flows.configuration.review import local_rules, review_settings
from screening.base.errors import ConfigurationError
from screening.base.powers import PolicyRule, PolicyTopic
from screening.base.vocabulary import Role
from screening.synthetic.configuration import DeliveryFormat, screening_toml

FULL = """
[review]
host = "10.0.0.5"
port = 8443
base_url = "https://toetsing.voorbeeldstad.nl/"
theme = "thema.css"
accessibility_contact = "toegankelijk@voorbeeldstad.nl"
trusted_proxies = ["10.0.0.1"]
sample_share = 0.10
expiry_days = 30
[review.session]
idle_minutes = 10
absolute_hours = 6
[review.oidc]
issuer = "https://aanmelden.voorbeeldstad.nl"
client_id = "toetsing"
client_secret_env = "TOETSING_SECRET"
roles_claim = "roles"
account_claim = "upn"
mfa = ["mfa"]
role_map = { toezicht = ["officer"], gevoelig = ["officer", "sensitive_reviewer"], beheer = "admin" }
[[review.help]]
role = "police"
name = "Politie"
phone = "112"
when_nl = "bij gevaar"
is_emergency = true
[policy.prostitutie]
rule = "APV, hoofdstuk 3"
article = "art. 3:4"
partner = "Arbeidsinspectie"
since = 2024-01-01
"""


#: The tables that every configuration has.
HEAD = '[municipality]\nname = "Voorbeeldstad"\ncode = "0457"\n' + "".join(
    f'[sources.{name}]\npath = "{name}.csv"\n' for name in required_datasets()
)


def configuration(text: str) -> Configuration:
    head = "" if "[municipality]" in text else HEAD
    return load_configuration(Path("/etc/barrier/screening.toml"), content=(head + text).encode())


def read(text: str, secret: str | None = "Yq3-provider-gave-this", **more):
    return review_settings(configuration(text), secret={"TOETSING_SECRET": secret}.get, **more)


def test_authorities_of_the_provider_that_cannot_be_read_are_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"review\.oidc\.ca_file: /etc/barrier/eigen-ca\.pem cannot be read"):
        read(FULL.replace('mfa = ["mfa"]', 'mfa = ["mfa"]\nca_file = "eigen-ca.pem"'))


def test_everything_that_can_be_said_is_taken_over() -> None:
    place = read(FULL)
    chosen = place.settings
    assert (place.host, place.port) == ("10.0.0.5", 8443)
    assert (chosen.base_url, chosen.origin) == ("https://toetsing.voorbeeldstad.nl",) * 2
    assert chosen.theme_css == Path("/etc/barrier/thema.css")
    assert (chosen.session.idle, chosen.session.absolute) == (timedelta(minutes=10), timedelta(hours=6))
    assert chosen.oidc.role_map["gevoelig"] == {Role.OFFICER, Role.SENSITIVE_REVIEWER}
    assert chosen.oidc.role_map["beheer"] == {Role.ADMIN}
    assert (chosen.oidc.roles_claim, chosen.oidc.account_claim, chosen.oidc.mfa_values) == ("roles", "upn", {"mfa"})
    assert [(line.role, line.when_nl, line.is_emergency) for line in chosen.help_lines] == [
        ("police", "bij gevaar", True),
        ("police", "als er geen haast bij is", False),
        ("comensha", "advies bij een mogelijk slachtoffer", False),
    ]
    assert chosen.local_rules["prostitutie"].partner == "Arbeidsinspectie"
    assert chosen.trusted_proxies == ("10.0.0.1",)
    assert chosen.confirmed_every["meldingen"] == 45
    made_up = HEAD.replace('"0457"', '"9999"') + FULL
    assert read(made_up).settings.confirmed_every == {}  # data of no age, which nothing tells


def test_a_demonstration_needs_nothing_and_looks_at_no_provider() -> None:
    place = read(FULL, secret=None, demo=True, host="127.0.0.1", port=9000)
    assert (place.settings.mode, place.settings.base_url) == ("demo", "http://127.0.0.1:9000")
    assert place.settings.oidc is None
    assert read("", demo=True).settings.help_lines[0].phone == "112"  # the numbers of the whole country


def test_who_names_a_care_coordinator_alone_still_tells_whom_to_call_in_danger() -> None:
    own = '[[review.help]]\nrole = "care_coordinator"\nname = "Zorgcoördinator"\nphone = "06-12345678"\n'
    lines = read(own, demo=True).settings.help_lines
    assert [line.role for line in lines] == ["police", "police", "comensha", "care_coordinator"]
    assert lines[0].phone == "112"
    other = own.replace("care_coordinator", "comensha")
    assert [line.name for line in read(other, demo=True).settings.help_lines if line.role == "comensha"] == [
        "Zorgcoördinator"
    ]


def test_the_made_up_municipality_has_a_care_coordinator_and_lacks_one_rule() -> None:
    made = screening_toml({name: DeliveryFormat(f"{name}.csv") for name in required_datasets()}, [], date(2026, 11, 1))
    settings = read(made, demo=True).settings
    assert {line.role for line in settings.help_lines} == {"police", "comensha", "care_coordinator"}
    assert set(PolicyTopic) - set(settings.local_rules) == {PolicyTopic.LETTING}
    assert settings.local_rules["bibob"].since == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            'theme = "thema.css"',
            'thema = "thema.css"',
            r"\[review\] holds an unknown key 'thema'. Did you mean 'theme'",
        ),
        ("idle_minutes = 10", "idle_minutes = 16", "1 to 15"),
        ("idle_minutes = 10", "idle_minutes = 0", "idle_minutes"),
        ("absolute_hours = 6", "absolute_hours = 9", "absolute_hours must be a whole number, 1 to 8 hours"),
        ('"https://aanmelden', '"http://aanmelden', "https"),
        ("https://toetsing", "http://toetsing", "https"),
        (
            'beheer = "admin"',
            'beheer = "chef"',
            "role_map must give each group of the provider its roles, of: colleague",
        ),
        (
            'beheer = "admin"',
            'beheer = ["lead", "care_coordinator"]',
            "one person cannot have the roles of beheer together: care_coordinator, lead",
        ),
        ('mfa = ["mfa"]', "mfa = []", "second factor"),
        ('client_id = "toetsing"', 'client_id = ""', "client_id"),
        (
            'client_secret_env = "TOETSING_SECRET"',
            'client_secret = "x"',
            "unknown key 'client_secret'. Did you mean 'client_secret_env'",
        ),
        ('phone = "112"', 'phone = ""', "phone"),
        ("[policy.prostitutie]", "[policy.werk]", "unknown key 'werk'"),
        ('partner = "Arbeidsinspectie"', "partner = 3", "partner"),
        ("port = 8443", "port = 84430", "port"),
        ('trusted_proxies = ["10.0.0.1"]', 'trusted_proxies = "10.0.0.1"', "trusted_proxies"),
        ('trusted_proxies = ["10.0.0.1"]', 'trusted_proxies = ["*"]', "no network address"),
        ('trusted_proxies = ["10.0.0.1"]', 'trusted_proxies = ["proxy.example"]', "no network address"),
        ('trusted_proxies = ["10.0.0.1"]', 'trusted_proxies = ["0.0.0.0/0"]', "as good as everybody"),
        ('trusted_proxies = ["10.0.0.1"]', 'trusted_proxies = ["::/0"]', "as good as everybody"),
        ("https://toetsing.voorbeeldstad.nl", "http://127.0.0.1:8443", r"review\.host is 10\.0\.0\.5"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, why: str) -> None:
    assert old in FULL
    with pytest.raises(ConfigurationError, match=why):
        read(FULL.replace(old, new, 1))


@pytest.mark.parametrize("secret", [None, "", "changeme", "geheim"])
def test_a_secret_that_nobody_set_stops_the_start_and_is_not_repeated(secret: str | None) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(FULL, secret=secret)
    assert not secret or secret not in str(caught.value).replace("client_secret", "")


def test_the_token_of_the_counts_is_named_and_stands_elsewhere() -> None:
    text = FULL.replace("[review]", '[review]\nmetrics_token_env = "TOETSING_SECRET"')
    assert read(text).settings.metrics_token == "Yq3-provider-gave-this"
    assert read(FULL).settings.metrics_token is None
    with pytest.raises(ConfigurationError, match=r"review\.metrics_token_env names NOT_THERE"):
        read(text.replace('metrics_token_env = "TOETSING_SECRET"', 'metrics_token_env = "NOT_THERE"'))


# ------------------------------------------------------------------ [policy]

WHOLE = """
[policy.bibob]
rule = "Beleidsregel Bibob"
article = "art. 2"
partner = "Landelijk Bureau Bibob"
since = 2023-06-01

[policy.prostitutie]
rule = "APV, hoofdstuk 3"
article = "art. 3:4"
duty = "vergunning voor elke seksinrichting"
partner = "team Vergunningen"
since = 2024-01-01
"""


def test_local_rules_are_read_in_the_order_of_the_topics() -> None:
    policy = local_rules(configuration(WHOLE))
    assert list(policy) == [PolicyTopic.PROSTITUTION, PolicyTopic.BIBOB]
    assert policy[PolicyTopic.BIBOB] == PolicyRule(
        "Beleidsregel Bibob", "art. 2", "Landelijk Bureau Bibob", date(2023, 6, 1)
    )
    assert policy[PolicyTopic.PROSTITUTION].duty == "vergunning voor elke seksinrichting"
    assert local_rules(configuration("")) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "[policy.bibob]",
            "[policy.hennep]",
            r"\[policy\] holds an unknown key 'hennep'. Known: bibob, prostitutie, verhuur, woonoverlast",
        ),
        ('partner = "team Vergunningen"\n', "", "policy.prostitutie.partner is missing"),
        ("duty", "plicht", r"\[policy.prostitutie\] holds an unknown key 'plicht'"),
        ("2024-01-01", '"2024-01-01"', "policy.prostitutie.since must be a date"),
        ("2024-01-01", "2024-01-01T10:00:00", "policy.prostitutie.since must be a date"),
        ('"art. 3:4"', '" "', "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', "34", "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', '"a\\nb"', "policy.prostitutie.article must be a text"),
        ('"art. 3:4"', f'"{"x" * 201}"', "policy.prostitutie.article must be a text"),
        (WHOLE, '[policy]\nbibob = "ja"', r"the table \[policy.bibob\] is missing"),
    ],
)
def test_what_cannot_be_meant_is_expected_by_its_key(old: str, new: str, expected: str) -> None:
    with pytest.raises(ConfigurationError, match=expected):
        configuration(WHOLE.replace(old, new))
