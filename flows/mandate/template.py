"""The tables that `barrier mandate init` shows: every key, nothing decided for the municipality but proposals."""

from __future__ import annotations

from flows.configuration.retention_terms import SNAPSHOTS, STATED, TERMS
from screening.base.vocabulary import Purpose
from screening.mandate.approval import OPEN
from screening.wording.forms import code_word


def template() -> str:
    """`[governance]` and `[retention]` as text of screening.toml. What still says VUL IN is refused at the start."""
    lines = [
        "",  # the file that it is added to may end in a table
        "[governance]",
        f'controller = "{OPEN}: wie verantwoordelijk is, zoals het college van burgemeester en wethouders"',
        f'contact = "{OPEN}: e-mailadres voor vragen"',
        "",
        "[governance.mandate]                 # het besluit waarin dit werk is opgedragen",
        f'given_by = "{OPEN}"',
        f'document = "{OPEN}"',
        f"# date = 2026-03-01                  # {OPEN}",
    ]
    for name in Purpose:
        lines += [
            "",
            f'[governance.purposes."{name}"]     # {code_word(name, "nl")}; laat de tabel weg als u dit doel niet hebt',
            f'legal_basis = "{OPEN}"',
            f'articles = ["{OPEN}"]',
        ]
    lines += [
        "",
        "[governance.dpia]                    # geldig: hoogstens drie jaar na de datum",
        f'id = "{OPEN}"',
        f"# date = 2026-04-20                  # {OPEN}",
        f"# valid_until = 2029-04-20           # {OPEN}",
        "",
        "[governance.fg_advice]               # het advies van de functionaris gegevensbescherming",
        f'id = "{OPEN}"',
        f"# date = 2026-05-12                  # {OPEN}",
        "",
        "[governance.signers]                 # wie mogen tekenen: minstens twee, liever drie (zie Mijn account)",
        "# [governance.analysts]              # wie daarnaast mogen tekenen hoe een register wordt gelezen",
        "",
        "[retention]                          # voorstellen: kies zelf, en leg vast waarom",
    ]
    lines += [f"{f'{key} = {term.default}':36} # {term.about_nl} ({term.unit_nl})" for key, term in STATED.items()]
    lines.append(f"# en onder [run]: {SNAPSHOTS} = {TERMS[SNAPSHOTS].default}   ({TERMS[SNAPSHOTS].about_nl})")
    return "\n".join(lines) + "\n"
