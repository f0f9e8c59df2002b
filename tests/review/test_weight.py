"""What a dossier weighs on the line: the page and everything that a browser fetches for it, compressed."""

from __future__ import annotations

import re

from screening.base.vocabulary import Role
from tests.review.conftest import Client, Review
from tests.review.pages import officers

MOST_BYTES = 150_000
AS_A_BROWSER = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
FETCHED = re.compile(r'<(?:link|script)\b[^>]*?(?:href|src)="(/static/[^"]+)"')


def weight(client: Client, path: str) -> int:
    """Bytes of an answer as it is sent."""
    answer = client.get(path, headers=AS_A_BROWSER)
    assert answer.status_code == 200
    return int(answer.headers["content-length"])


def test_a_dossier_with_its_pictures_styles_scripts_and_all_fonts_is_light(review: Review) -> None:
    client = review.client(Role.OFFICER)
    case_id = officers.cases(review)[0]
    page = officers.open_dossier(client, case_id)
    assert "data-kind=" in page.text
    files = set(FETCHED.findall(page.text))
    styles = [client.get(path).text for path in files if ".css" in path]
    # every font, also those that only a name with rarer letters asks for
    files |= {f"/static/{name}" for style in styles for name in re.findall(r"fonts/[\w.-]+\.woff2", style)}
    bytes_sent = weight(client, f"/zaken/{case_id}") + sum(weight(client, path) for path in sorted(files))
    assert bytes_sent <= MOST_BYTES


def test_a_file_is_compressed_for_who_reads_that_and_a_page_never_for_another_site(review: Review) -> None:
    client = review.client(Role.OFFICER)
    style = re.search(r'"(/static/app\.css[^"]*)"', client.get("/").text)
    assert style is not None
    plain, small = (client.get(style[1], headers={"Accept-Encoding": offer}) for offer in ("identity", "gzip"))
    assert (plain.headers.get("content-encoding"), small.headers["content-encoding"]) == (None, "gzip")
    assert plain.content == small.content
    assert small.headers["vary"] == "Accept-Encoding"
    answers = [client.get("/", headers=AS_A_BROWSER | {"Sec-Fetch-Site": site}) for site in ("none", "cross-site")]
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
