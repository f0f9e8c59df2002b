"""What Prefect sends to a worker beside the call: the address of the server and the password of its API, no others."""

from __future__ import annotations

from prefect.context import SettingsContext, serialize_context
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_DATABASE_CONNECTION_URL,
    PREFECT_API_URL,
    temporary_settings,
)

from flows.cluster.prefect_tasks import FewSettings, running_flow


def test_a_worker_gets_the_address_of_the_server_and_no_password_but_that_of_its_api() -> None:
    settings = {
        PREFECT_API_URL: "http://127.0.0.1:4200/api",
        PREFECT_API_AUTH_STRING: "barrier:reports-with-this",
        PREFECT_API_DATABASE_CONNECTION_URL: "postgresql+asyncpg://prefect:opens-the-database@db/prefect",
    }
    with temporary_settings(settings):
        assert "opens-the-database" in str(serialize_context())  # or this test could not fail
        known = SettingsContext.get()
        assert known
        with FewSettings(profile=known.profile, settings=known.settings):
            sent = serialize_context()
    assert sent["settings_context"]["settings"] == {
        "api": {"url": "http://127.0.0.1:4200/api", "auth_string": "barrier:reports-with-this", "key": None}
    }
    assert "opens-the-database" not in str(sent)
    assert SettingsContext(**sent["settings_context"]).settings.api.url == "http://127.0.0.1:4200/api"


def test_without_a_flow_nothing_is_a_task_run() -> None:
    assert running_flow() is None
