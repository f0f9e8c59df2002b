"""Smaller answers: files always, pages when no other site can have asked for them."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.datastructures import Headers

from screening.review.compression import CompressedPages, takes_gzip, zipped

PAGE = b"<p>" + b"een dossier " * 500
OWN = {"accept-encoding": "gzip, br", "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    ("offer", "takes"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip;q=0.0", False), ("br", False), ("", False)],
)
def test_only_who_reads_gzip_gets_it(offer: str, takes: bool) -> None:
    assert takes_gzip(Headers({"accept-encoding": offer})) is takes


def test_the_same_content_gives_the_same_bytes() -> None:
    assert zipped(PAGE) == zipped(PAGE)
    assert gzip.decompress(zipped(PAGE)) == PAGE


async def answered(headers: dict[str, str], content: bytes = PAGE, kind: str = "text/html; charset=utf-8") -> tuple:
    sent: list[dict] = []

    async def app(scope: object, receive: object, send: object) -> None:
        start = [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": start})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": content})  # type: ignore[operator]

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    await CompressedPages(app)(scope, None, send)  # type: ignore[arg-type]
    return Headers(raw=sent[0]["headers"]), sent[1]["body"]


def run(headers: dict[str, str], **given: object) -> tuple:
    with ThreadPoolExecutor(1) as thread:  # the browser of other tests has its loop in this one
        return thread.submit(asyncio.run, answered(headers, **given)).result()  # type: ignore[arg-type]


def test_a_page_that_the_reader_asked_for_is_compressed() -> None:
    for site in ("same-origin", "none"):
        headers, body = run(OWN | {"sec-fetch-site": site})
        assert headers["content-encoding"] == "gzip"
        assert headers["content-length"] == str(len(body))
        assert "Sec-Fetch-Site" in headers["vary"]
        assert gzip.decompress(body) == PAGE


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_page_that_another_site_can_have_asked_for_is_not(site: str) -> None:
    headers, body = run(OWN | {"sec-fetch-site": site})
    assert "content-encoding" not in headers
    assert body == PAGE


@pytest.mark.parametrize(
    "given", [{"kind": "application/pdf"}, {"content": b"<p>kort</p>"}, {"content": b""}], ids=["pdf", "short", "empty"]
)
def test_what_would_not_become_smaller_is_left_as_it_is(given: dict) -> None:
    headers, body = run(OWN, **given)
    assert "content-encoding" not in headers
    assert body == given.get("content", PAGE)
