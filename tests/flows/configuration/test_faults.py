"""Every fault of every table comes back in one list: where, why, what is allowed, and never a value."""

from __future__ import annotations

import pytest

from flows.configuration import load_configuration
from screening.base.errors import ConfigurationError
from screening.rights.terms import FIVE_YEARS
from tests.flows.configuration.test_read import GOOD


def faults(file) -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        load_configuration(file)
    return [line.removeprefix(f"{file}: ") for line in str(refused.value).splitlines()]


def test_every_fault_of_every_table_is_in_one_list(write):
    text = GOOD.replace("[sources.seksinrichtingen]", "[sources.seksinrichting]").replace("drop =", "dorp =")
    text += """
[review]
hosst = "a"
port = "x"
[review.oidc]
role_map = { beheer = "chef" }
[policy.bibob]
rule = "x"
[export]
valid_days = 400
[retention]
bar = 2
access_log_days = 3
runs_kept = 1
[governance]
contact = 3
[governance.purposes.P-WO]
articles = []
[governance.signers]
"j.jansen" = 7
[audit]
anker = 1
working_hours = [20, 7]
"""
    told = faults(write(text))
    begun = [
        "[sources] holds an unknown key 'seksinrichting'. Did you mean 'seksinrichtingen'? Known: bag_adressen,",
        "the table [sources.seksinrichtingen] is missing.",
        "[sources.vergunningen] holds an unknown key 'dorp'. Did you mean 'drop'? Known: codes, columns, ",
        "review.port must be a whole number, 1 to 65535.",
        "review.oidc.issuer is missing. It must be a text in quotes.",
        "review.oidc.client_id is missing.",
        "review.oidc.client_secret_env is missing.",
        "review.oidc.role_map must give each group of the provider its roles, of: colleague, contact_person,",
        "[review] holds an unknown key 'hosst'. Did you mean 'host'? Known: accessibility_contact, base_url,",
        "policy.bibob.article is missing. Without a rule of its own, leave the whole table out",
        "policy.bibob.partner is missing.",
        "policy.bibob.since is missing.",
        "export.valid_days must be a whole number, 1 to 90 days.",
        f"retention.access_log_days must be {FIVE_YEARS} days or more: until then somebody may ask who looked.",
        "retention.runs_kept must be a whole number, 2 or more.",
        "[retention] holds an unknown key 'bar'. Known: access_log_days,",
        "governance.contact must be a text in quotes.",
        "[governance.purposes] holds an unknown key 'P-WO'. Did you mean 'P-WON'? Known: P-OO,",
        "governance.signers must be a table of texts in quotes.",
        "audit.working_hours must be two hours of a day, such as [7, 20].",
        "[audit] holds an unknown key 'anker'. Known: anchor,",
    ]
    assert sorted(line for line in told if not any(line.startswith(start) for start in begun)) == []
    assert [start for start in begun if not any(line.startswith(start) for line in told)] == []
    assert not [line for line in told if "jansen" in line or "pizza" in line or "chef" in line], "no value is repeated"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("sources = 7\n[municipality]\nname = 'x'\ncode = '0344'\n", "the table [sources] is missing."),
        (GOOD.replace("[municipality]", "[[municipality]]"), "the table [municipality] is missing."),
        ("indicators = 7\n" + GOOD.partition("[indicators")[0], "the table [indicators] is missing."),
    ],
)
def test_what_is_no_table_is_said_to_be_missing(write, text, fault):
    assert faults(write(text)) == [fault]
