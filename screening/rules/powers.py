"""What each rule serves: the powers of the municipality that an answer to its flags can lead to.

A rule without a power looks at an address for nothing, and so does not run (see `store.rules.consent`). The powers are
those of `screening.base.powers`, one list for rules and for measures in a case; each names its law.
"""

from __future__ import annotations

from screening.base.errors import RuleDefinitionError
from screening.base.powers import POWERS

#: Code of an indicator -> powers, in one place so that one page shows them all. A rule may name its own instead.
SERVED: dict[str, tuple[str, ...]] = {
    **{code: ("bibob", "intrekken") for code in ("LIC-01", "LIC-02", "LIC-03", "LIC-06", "LIC-07")},
    **{code: ("dwangsom", "bestuursdwang") for code in ("LIC-04", "LIC-05")},
    "LIC-08": ("toezicht", "intrekken"),
    "LIC-09": ("bibob",),
    **{code: ("dwangsom", "sluiten") for code in ("SEX-01", "SEX-02")},
    "SEX-03": ("voorschrift",),
    "SEX-04": ("toezicht", "intrekken"),
    "SEX-05": ("toezicht", "intrekken"),
    **{code: ("toezicht", "intrekken") for code in ("PER-01", "PER-02")},
    **{code: ("bibob", "intrekken") for code in ("PER-03", "PER-04")},
    "ORG-01": ("intrekken",),
    **{code: ("bibob", "intrekken") for code in ("ORG-02", "ORG-03", "ORG-06")},
    "ORG-04": ("bibob",),
    "ORG-05": ("voorschrift", "intrekken"),
    "ORG-07": ("toezicht", "intrekken"),
    "ORG-08": ("bibob",),
    "ADR-01": ("omgevingsplan",),
    **{code: ("bag",) for code in ("ADR-02", "ADR-03")},
    "ADR-04": ("toezicht", "bibob"),
    "ADR-05": ("voorschrift", "intrekken"),
    **{code: ("toezicht", "bibob", "verhuurvergunning") for code in ("ADR-06", "ADR-07")},
    "NUI-01": ("voorschrift", "intrekken"),
    **{code: ("toezicht", "zorgplicht") for code in ("NUI-02", "NUI-03", "NUI-06")},
    "NUI-04": ("toezicht", "sluiten"),
    "NUI-05": ("zorgplicht", "sluiten"),
    **{f"HOU-{n:02}": ("boete_wonen",) for n in range(1, 4)},
    **{f"HOU-{n:02}": ("verhuurvergunning",) for n in range(4, 7)},
    "HOU-09": ("omgevingsplan", "verhuurvergunning"),
    "HOU-10": ("boete_wonen",),
    # no municipality supervises admission: without a power of its own the rule cannot be activated
    "ORG-10": (),
    "PRC-01": ("bibob", "intrekken"),
    "PRC-02": ("toezicht",),
    "PRC-03": ("bestuursdwang", "intrekken"),
    "GEM-01": ("bibob",),
    "GEM-02": ("voorschrift", "intrekken"),
    "HOU-07": ("verhuurvergunning",),
    "HOU-08": ("omgevingsplan", "boete_wonen"),
    "ORG-09": ("toezicht", "omgevingsplan"),
}


def powers_of(code: str, declared: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The codes of the powers that a rule serves, lightest first: what it declares, else those of `SERVED`.

    None for a code unknown there. RuleDefinitionError for a power that does not exist.
    """
    chosen = SERVED.get(code, ()) if declared is None else declared
    if isinstance(chosen, str) or set(chosen) - set(POWERS):
        raise RuleDefinitionError(f"{code}: powers must be of {', '.join(POWERS)}.")
    return tuple(power for power in POWERS if power in chosen)
