"""A sheet is one page, whatever stands on it: what does not fit is refused when it is prepared."""

from __future__ import annotations

import io

import pypdf
import pytest

from screening.base.vocabulary import Barrier
from screening.partners.batch.sheet import Sheet, SheetTooLongError, sheet_pdf

#: As long as a line may be, and as what a kind of partner says of use.
LONGEST, USE = ("Onderneming " * 17)[:200].rstrip(), ("Gebruik " * 50)[:400].rstrip()


def sheet(organisations: int, line: str, use: str) -> Sheet:
    organisation = {"naam": line, "rechtsvorm": "bv", "kvk": "90000001"}
    given = dict.fromkeys(("gemeente", "afdeling", "contact", "soort", "grondslag", "afspraak", "adres"), line)
    return Sheet.model_validate(
        given
        | {
            "kenmerk": f"B-{'0' * 16}",
            "ontvanger": "a" * 60,
            "thema": "fraude_en_misbruik_vastgoed",
            "taak": "P-VERG",
            "object": "0599010000000001",
            "barrieres": sorted(map(str, Barrier)),
            "organisaties": [organisation] * organisations,
            "gebruik": use,
            "gemaakt": "2026-11-02",
            "bewaren_tot": "2027-11-02",
        }
    )


@pytest.mark.parametrize(
    ("organisations", "line", "use"),
    [(0, LONGEST, USE), (20, "Kadebar Voorbeeld Holding B.V.", "Gebruik dit alleen voor het thema dat erbij staat.")],
)
def test_the_longest_texts_and_twenty_organisations_fit_on_one_page(organisations: int, line: str, use: str) -> None:
    document = pypdf.PdfReader(io.BytesIO(sheet_pdf(sheet(organisations, line, use))))
    text = " ".join(document.pages[0].extract_text().split())
    assert len(document.pages) == 1
    assert "1 van 1" in text
    assert text.count("KVK 90000001") == organisations


@pytest.mark.parametrize(("organisations", "line"), [(3, LONGEST), (40, "Kadebar B.V.")])
def test_what_needs_a_second_page_is_refused_and_says_what_to_do(organisations: int, line: str) -> None:
    with pytest.raises(SheetTooLongError, match="Choose fewer organisations") as refused:
        sheet_pdf(sheet(organisations, line, USE))
    assert "Kadebar" not in str(refused.value)
