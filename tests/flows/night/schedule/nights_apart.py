"""Nights as Prefect flows in a process of its own: a line of JSON in (configuration, date, tags), its state out."""

from __future__ import annotations

import json
import sys

from prefect import tags

from flows.night.schedule.night_flow import night_flow


def main() -> None:
    for line in sys.stdin:
        wanted = json.loads(line)
        with tags(*wanted["tags"]):
            state = night_flow(wanted["configuration"], wanted["as_of"], return_state=True)
        answer = {
            "run": str(state.state_details.flow_run_id),
            "type": state.type.value,
            "name": state.name,
            "message": state.message,
        }
        print(f"STATE {json.dumps(answer)}", flush=True)


if __name__ == "__main__":
    main()
