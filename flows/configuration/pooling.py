"""`[pooling]`: to which processor exact counts go, to be added up over municipalities. Off where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, model_validator

from flows.configuration.fields import Must, Text, TomlTable, key, reason

_AgeKey = Annotated[
    str, Field(pattern=r"^age1[02-9ac-hj-np-z]{58}$"), Must("be a public key of age: age1 and 58 signs")
]
_SshKey = Annotated[
    str,
    Field(pattern=r"^ssh-ed25519 AAAA[A-Za-z0-9+/=]{40,100}( [^\n]{1,100})?$"),
    Must("be one line of a file that ends in .pub: ssh-ed25519 AAAA…"),
]


@dataclass(frozen=True)
class Agreed:
    """What was agreed with the processor: its name, its public age key, and the public keys of who signs what."""

    processor: str
    receiver: str
    result_signer: str
    agreement: str
    signer: str


class PoolingTable(TomlTable):
    """The one processor that adds up the counts of several municipalities."""

    processor: Text | None = key(None, "The name of the processor.")
    receiver: _AgeKey | None = key(None, "Its public age key: the counts are sealed to it.")
    result_signer: _SshKey | None = key(None, "The public key with which it signs its results.")
    agreement: Text | None = key(None, "The number of the agreement with the processor (AVG art. 28).")
    signer: _SshKey | None = key(None, "The public key of the person who signs the counts of this municipality.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.model_fields_set and self.agreed() is None:
            raise reason("needs processor, receiver, result_signer, agreement and signer, or is left out.")
        return self

    def agreed(self) -> Agreed | None:
        """All of it; None where the table states nothing."""
        if not (self.processor and self.receiver and self.result_signer and self.agreement and self.signer):
            return None
        return Agreed(self.processor, self.receiver, self.result_signer, self.agreement, self.signer)
