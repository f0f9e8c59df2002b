"""How a page reads: its sentences, and whether they are Dutch of level B1."""

from __future__ import annotations

import re

import textstat

#: Flesch-Douma from which a text reads as B1, and words in its longest sentence.
B1, LONGEST = 55, 20
#: Names of laws, addresses of sources, and what is drawn: no sentences of ours.
_NO_SENTENCES = re.compile(
    r"<span class=\"s-(?:law|source)\">.*?</span>|<details class=\"rec-sources\">.*?</details>|<svg\b.*?</svg>",
    re.DOTALL,
)
#: What ends here is read apart from what comes next.
_ENDS = re.compile(r"</(?:li|p|h\d|summary|label|legend|option|button|dt|dd|td|th|div|caption)>|<br>")


def main_of(page: str) -> str:
    """What stands on a page beside its menu and foot."""
    return page[page.index("<main") : page.index("</main>")]


def sentences(html: str) -> list[str]:
    """The sentences of a page for a reader, those of three words and more."""
    html = _ENDS.sub(". ", _NO_SENTENCES.sub(" ", html))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    return [part for part in re.split(r"(?<=[.?!:])[\s.]+", text) if len(part.split()) > 2]


def hard_to_read(html: str) -> list[str]:
    """Return what keeps a page from reading as B1: its sentences that are too long, or how it scores as a whole."""
    textstat.set_lang("nl")
    parts = sentences(html)
    score = textstat.flesch_reading_ease(" ".join(parts))
    return [part for part in parts if len(part.split()) > LONGEST] + ([f"reads as {score:.0f}"] if score < B1 else [])
