"""The configured local rule, licence duty and partner of a municipality for each barrier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from screening.vocabulary import Barrier


class PolicyTopic(StrEnum):
    """A field in which a municipality can have a policy; its value names the table, as in `[policy.bibob]`."""

    PROSTITUTION = "prostitutie"
    NUISANCE = "woonoverlast"
    LETTING = "verhuur"
    BIBOB = "bibob"


#: Which barriers a policy raises (barrier model, municipal levers). The others are out of a municipality's reach:
#: what can be seen of them is in nobody's municipal register.
RAISES: dict[PolicyTopic, tuple[Barrier, ...]] = {
    PolicyTopic.PROSTITUTION: (Barrier.WERKPLEK,),
    PolicyTopic.NUISANCE: (Barrier.HUISVESTING,),
    PolicyTopic.LETTING: (Barrier.HUISVESTING, Barrier.VASTGOED),
    PolicyTopic.BIBOB: (Barrier.WERKPLEK, Barrier.RECHTSVORM, Barrier.FINANCIEN, Barrier.VASTGOED),
}


@dataclass(frozen=True)
class PolicyRule:
    """A policy. `duty`: who needs which licence; empty where there is none. `since`: when it came into force."""

    rule: str
    article: str
    partner: str
    since: date
    duty: str = ""


@dataclass(frozen=True)
class BarrierPolicy:
    """A barrier with the policies that raise it. `missing`: topics that would, and for which nothing is configured."""

    barrier: Barrier
    rules: tuple[tuple[PolicyTopic, PolicyRule], ...]
    missing: tuple[PolicyTopic, ...]

    @property
    def in_reach(self) -> bool:
        """Whether a municipality can raise this barrier at all."""
        return bool(self.rules or self.missing)


def by_barrier(state: Mapping[PolicyTopic, PolicyRule]) -> list[BarrierPolicy]:
    """Every barrier of the model in its order, with what is configured against it."""
    return [
        BarrierPolicy(
            barrier,
            tuple((topic, state[topic]) for topic in PolicyTopic if barrier in RAISES[topic] and topic in state),
            tuple(topic for topic in PolicyTopic if barrier in RAISES[topic] and topic not in state),
        )
        for barrier in Barrier
    ]
