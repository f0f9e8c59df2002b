"""Old names of the configuration, until every caller has the new ones."""

from flows.configuration.read import Configuration as Settings
from flows.configuration.read import load_configuration as load
from flows.configuration.read import read_content as read
from flows.configuration.read import today as today
from flows.environment import (
    LEDGER_URL as LEDGER_URL,
)
from flows.environment import (
    STORE_URL as STORE_URL,
)
from flows.environment import (
    ledger_url as ledger_url,
)
from flows.environment import (
    prefect_environment as prefect_environment,
)
from flows.environment import (
    secret as secret,
)
from flows.environment import (
    silence_telemetry as environment,
)
from flows.environment import (
    store_url as store_url,
)

__all__ = ["Settings", "environment", "load", "read"]
