"""What a municipality says of the case system to which confirmed cases go; imports no library, as a configuration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidentiality(StrEnum):
    """How confidential a zaak is (vertrouwelijkheidaanduiding). The lower ones of ZGW are not for such an address."""

    ZAAKVERTROUWELIJK = "zaakvertrouwelijk"
    VERTROUWELIJK = "vertrouwelijk"
    CONFIDENTIEEL = "confidentieel"
    GEHEIM = "geheim"
    ZEER_GEHEIM = "zeer_geheim"


@dataclass(frozen=True)
class CaseSystem:
    """The case system. `source_rsin`, `responsible_rsin`: nine digits, of who makes and who handles a zaak.

    `case_type` and `channel`: URLs in the catalogue of the municipality; no channel: it is left out.
    """

    source_rsin: str
    responsible_rsin: str
    case_type: str
    confidentiality: Confidentiality = Confidentiality.VERTROUWELIJK
    channel: str | None = None
