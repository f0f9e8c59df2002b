"""`[review]`: where the review listens, how staff sign in, and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, Strict, model_validator

from flows.configuration.fields import (
    AnyText,
    CountFromZero,
    FilePath,
    Must,
    Number,
    Switch,
    Text,
    TomlTable,
    Whole,
    key,
    reason,
)
from screening.base.vocabulary import Role, clashing_roles
from screening.casework.case_policy import LEAST_A_NIGHT


class SessionTable(TomlTable):
    """How long a session of the review lasts."""

    idle_minutes: Whole = key(15, "Minutes without use after which a session ends.", le=15)
    absolute_hours: Whole = key(8, "Hours after which a session ends, used or not.", le=8)


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


class OidcTable(TomlTable):
    """The identity provider through which staff sign in."""

    issuer: Text = Field(description="The https address of the provider.")
    client_id: Text = Field(description="The name of this application at the provider.")
    client_secret_env: Text = Field(description="The environment variable that holds the client secret.")
    roles_claim: Text | None = key(None, "The claim that holds the groups of a person.")
    account_claim: Text | None = key(None, "The claim that holds the account.")
    mfa: tuple[Text, ...] | None = key(None, "Values of amr or acr that prove a second factor.")
    scope: Text | None = key(None, "The scope that is asked for.")
    role_map: Annotated[
        Mapping[str, Annotated[frozenset[Role], BeforeValidator(_as_list, json_schema_input_type=Role | list[Role])]],
        Must(f"give each group of the provider its roles, of: {', '.join(Role)}"),
    ] = key({}, "Group of the provider = role, or list of roles.")
    ca_file: FilePath | None = key(None, "PEM file of the authorities of the provider's certificate.")

    @model_validator(mode="after")
    def _gives_no_group_roles_that_nobody_has_together(self) -> Self:
        for group, roles in self.role_map.items():
            if apart := clashing_roles(roles):
                raise reason(f"role_map: one person cannot have the roles of {group} together: {', '.join(apart)}.")
        return self


class HelpTable(TomlTable):
    """Whom staff call."""

    role: Text = Field(description="police, comensha, care_coordinator, or another word of the municipality.")
    name: Text = Field(description="Who answers.")
    phone: Text = Field(description="The telephone number.")
    when_nl: AnyText = key("", "When to call, in Dutch.")
    when_en: AnyText = key("", "When, in English.")
    is_emergency: Switch = key(False, "Whether this number is for danger now.")


_Help = Annotated[tuple[HelpTable, ...], Must("be tables [[review.help]] with role, name and phone")]
_Oidc = Annotated[OidcTable | None, BeforeValidator(lambda table: None if table == {} else table)]


class ReviewTable(TomlTable):
    """The review: the application in which staff judge what was flagged."""

    host: Text = key("127.0.0.1", "The address on which the application listens.")
    port: Whole = key(8410, "The port on which it listens.", le=65535)
    base_url: Text | None = key(None, "Scheme and host under which browsers reach it.")
    theme: FilePath | None = key(None, "A CSS file of the municipality.")
    accessibility_contact: AnyText = key("", "E-mail address for questions about accessibility.")
    trusted_proxies: tuple[Text, ...] = key((), "Proxies whose X-Forwarded-For is believed.")
    metrics_token_env: Text | None = key(
        None, "The environment variable that holds the token with which /metrics is read; without, there are none."
    )
    session: SessionTable = key(SessionTable(), "How long a session lasts.")
    oidc: _Oidc = key(None, "The identity provider.")
    help: _Help = key((), "Whom staff call, beside the national numbers.", min_length=1)
    sample_share: Number = key(0.10, "Share of the new cases that is drawn at random.", le=0.5)
    sample_when_stopped: CountFromZero = key(10, "Addresses drawn while every rule is stopped.")
    expiry_days: Whole = key(60, "Days after which a case that nobody handled lapses.")
    due_days: Whole = key(14, "Days within which a case should be judged.")
    snooze_days: Whole = key(180, "Days for which an explained address stays out of the queue.")
    lock_minutes: Whole = key(30, "Minutes for which an officer keeps a case that was opened.")
    capacity_per_day: Whole = key(8, "Cases that one officer can do with care in a day.")
    officers: Whole | None = key(None, "Officers who judge cases in an ordinary week; against them a new rule is held.")
    new_cases_per_night: Annotated[int, Strict(), Field(ge=LEAST_A_NIGHT)] | None = key(
        None, "Cases that open in a night at most, flagged and drawn together; the others wait. Without: all open."
    )
    searches_per_day: Whole = key(20, "How often one person may search for a case in a day.")

    @model_validator(mode="after")
    def _is_due_before_it_lapses(self) -> Self:
        if self.due_days > self.expiry_days:
            raise reason("due_days cannot be more than expiry_days: a case would lapse before it is due.")
        return self
