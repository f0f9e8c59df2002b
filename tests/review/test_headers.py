"""Every answer has its headers, whatever it is; what is too large, too strange or for another host is stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from screening.base.errors import ConfigurationError
from screening.base.vocabulary import Role
from screening.review import OidcSettings, ReviewSettings
from screening.review.headers import host_of, note_error
from screening.review.pages import all_routes
from screening.review.rendering import STATIC_FILES, TEMPLATES
from screening.store import Workspace
from tests.review.conftest import Client, Review, oidc_settings, review_on
from tests.review.test_matrix import address

REQUIRED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self' https://aanmelden.example.nl",
}

#: The pages of a visit: a photo is taken there. Nowhere else has a page the camera.
CAMERA = re.compile(r"/bezoeken/(?:onderweg/[^/]+|[^/]+/halte/[^/]+)")


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Iterator[Review]:
    """One application on an empty store, for tests that change nothing."""
    with review_on(Workspace(tmp_path_factory.mktemp("headers") / "w")) as made:
        yield made


def assert_marked(answer, where: str) -> None:
    for name, value in REQUIRED.items():
        assert answer.headers.get(name) == value, f"{where}: {name}"
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000"), where
    camera = "(self)" if CAMERA.fullmatch(where.partition(" ")[2]) else "()"
    assert f"camera={camera}," in answer.headers["permissions-policy"], where
    policy = dict(one.strip().split(" ", 1) for one in answer.headers["content-security-policy"].split(";"))
    assert policy == CSP, where
    assert "server" not in answer.headers


@pytest.mark.goal("S7", reached="every route and every error")
def test_every_route_and_every_error_has_the_headers(bare_review: Review) -> None:
    everybody, nobody = bare_review.client(*Role), bare_review.stranger()
    for route in all_routes():
        for client in (everybody, nobody):
            path = address(route, "0123456789abcdef")
            answer = client.get(path) if route.method == "GET" else client.post(path)
            assert_marked(answer, f"{route.method} {path}")
            assert "no-store" in answer.headers["cache-control"], path
    errors = {
        404: nobody.get("/zaken/"),  # a slash too many sends nobody on
        405: nobody.request("DELETE", "/"),
        400: nobody.get("/", headers={"Host": "elders.example"}),
        413: everybody.post("/doel", content=b"x" * (1024 * 1024 + 1)),
        422: everybody.send_form("/doel"),
    }
    for status, answer in errors.items():
        assert answer.status_code == status
        assert_marked(answer, str(status))
        assert answer.headers["cache-control"] == "no-store"
        assert "<h1" in answer.text


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "PATCH", "CONNECT", "BREW"])
def test_no_method_but_those_of_pages_is_answered(empty: Review, method: str) -> None:
    answer = empty.stranger().request(method, "/aanmelden", headers={"X-Planted": "echo"})
    assert answer.status_code == 405
    assert "echo" not in answer.text


def test_each_answer_names_its_type_and_charset(bare_review: Review) -> None:
    everybody = bare_review.client(*Role)
    types = set()
    for route in all_routes():
        answer = everybody.get(address(route, "0123456789abcdef")) if route.method == "GET" else None
        if answer is not None and answer.content:
            types.add(answer.headers["content-type"])
    assert "text/html; charset=utf-8" in types
    assert all("charset=utf-8" in name or name.startswith(("application/", "image/")) for name in types), types


def test_every_file_has_the_headers_and_may_be_kept(bare_review: Review) -> None:
    client = bare_review.stranger()
    names = [
        one.relative_to(STATIC_FILES).as_posix() for one in STATIC_FILES.rglob("*") if one.suffix in {".css", ".js"}
    ]
    assert len(names) >= 5
    for name in names:
        answer = client.get(f"/static/{name}?v=1")
        assert answer.status_code == 200, name
        assert_marked(answer, name)
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/..%2fsettings.py",
        "/static/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/....//settings.py",
        "/static/%00",
        "/static/vendor",
        "/static/",
        "/static/vendor/VERSIONS",
        "/static/..\\settings.py",
        "/static/app.css/",
        "/static/App.css",
        "/static/file:///etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_files(empty: Review, path: str) -> None:
    answer = empty.stranger().get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_a_body_that_grows_past_the_limit_without_saying_so_is_stopped(bare_review: Review) -> None:
    client = bare_review.client(Role.OFFICER)

    def endless():
        for _ in range(1100):
            yield b"x" * 1024

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/doel", content=endless(), headers=headers).status_code == 413


def test_a_length_that_is_no_number_is_refused(empty: Review) -> None:
    for length in ("\u00b2".encode("latin-1"), b"-1", b"1e3", b""):
        answer = empty.stranger().get("/aanmelden", headers={"Content-Length": length})
        assert answer.status_code == 413, length
        assert_marked(answer, repr(length))


def test_the_usual_port_in_the_address_is_left_out_by_browsers() -> None:
    assert host_of("https://Toetsing.example.nl:443") == "toetsing.example.nl"
    assert host_of("https://toetsing.example.nl:8443/") == "toetsing.example.nl:8443"
    assert host_of("http://127.0.0.1:80") == "127.0.0.1"
    assert host_of("http://[::1]:443") == "[::1]:443"


@pytest.mark.parametrize(
    "body", [b"naam=%00", b"naam=%ff", b"naam=%1b[2J", b"&".join(b"a=1" for _ in range(3000)), b"\xff", b"x"]
)
def test_a_form_with_bytes_that_belong_to_nobody_is_refused(empty: Review, body: bytes) -> None:
    client = empty.client(Role.OFFICER)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/doel", content=body, headers=headers).status_code == 400


def test_an_error_page_repeats_nothing_of_the_request(bare_review: Review) -> None:
    client, canary = bare_review.client(*Role), "kanarie<script>7"
    answers = [
        client.get(f"/{canary}"),
        client.get("/logboek", params={"na": canary}),
        client.get("/logboek", params={"wat": canary}),
        client.send_form("/doel", {"doel": canary, "zaak": canary}),
        client.post("/doel", content=f"{canary}", headers={"Content-Type": canary.replace("<", "").replace(">", "")}),
        client.get("/", headers={"Host": "kanarie.example"}),
    ]
    for answer in answers:
        assert answer.status_code in {400, 404, 415, 422}
        main = answer.text.partition("<main")[2]
        assert "kanarie" not in main


def test_an_error_is_noted_by_class_and_place_and_not_by_its_words(caplog) -> None:
    try:
        raise ValueError("Jan de Vries\n{fake}")
    except ValueError as error:
        note_error(error)
    assert "Vries" not in caplog.text
    assert "test_headers.py" in caplog.text


# templates


def test_no_template_switches_escaping_off_or_writes_script_or_style_into_the_page() -> None:
    wrong = []
    for file in TEMPLATES.rglob("*.j2"):
        text = file.read_text(encoding="utf-8")
        found = re.findall(r"\|\s*safe\b|autoescape|Markup", text)
        html = re.sub(r"\{[%{#].*?[%}#]\}", "", text, flags=re.S)
        found += re.findall(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|hx-on|javascript:", html)
        wrong += [f"{file.name}: {one}" for one in found]
        outside = re.findall(r"(?:src|href|action)=[\"']\s*(?:https?:)?//", text)
        wrong += [f"{file.name}: {one}" for one in outside]
    assert wrong == []


def test_no_file_of_the_application_asks_another_machine() -> None:
    for file in STATIC_FILES.rglob("*.css"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import\s+(?:url\()?['\"]?(?:https?:)?//", text), file.name


def test_what_was_taken_over_is_what_the_list_says() -> None:
    import hashlib

    vendor = STATIC_FILES / "vendor"
    rows = [one.split() for one in (vendor / "VERSIONS").read_text().splitlines()[1:]]
    assert {row[3] for row in rows} == {
        one.relative_to(vendor).as_posix() for one in vendor.rglob("*") if one.suffix in {".js", ".css"}
    }
    for _package, _version, _licence, file, digest in rows:
        assert hashlib.sha256((vendor / file).read_bytes()).hexdigest() == digest, file
        assert list((vendor / file).parent.glob("LICENSE*")), file


# starting at all


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"base_url": "http://toetsing.example.nl"}, "https"),
        ({"base_url": "toetsing.example.nl"}, "a scheme and a host"),
        ({"base_url": "https://toetsing.example.nl", "mode": "demo"}, "this machine alone"),
        ({"oidc": None}, "no \\[review.oidc\\]"),
        ({"mode": "none"}, "oidc or demo"),
    ],
)
def test_settings_that_would_be_unsafe_stop_the_start(changes: dict, why: str) -> None:
    chosen = {"municipality": "X", "base_url": "https://toetsing.example.nl", "mode": "oidc", "oidc": oidc_settings()}
    with pytest.raises(ConfigurationError, match=why):
        ReviewSettings(**chosen | changes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"issuer": "http://aanmelden.example.nl"}, "https"),
        ({"client_id": " "}, "client_id"),
        ({"client_secret": ""}, "secret"),
        ({"client_secret": "changeme"}, "secret"),
        ({"client_secret": "changeme-000000000"}, "secret"),
        ({"client_secret": "kort-maar-echt"}, "secret"),
        ({"role_map": {}}, "role_map"),
        ({"role_map": {"groep": frozenset()}}, "role_map"),
        ({"mfa_values": frozenset()}, "second factor"),
    ],
)
def test_a_provider_that_nobody_filled_in_stops_the_start(changes: dict, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        oidc_settings(**changes)


def test_the_settings_do_not_tell_the_secret() -> None:
    assert "k2Jc9" not in repr(oidc_settings())
    assert isinstance(oidc_settings(), OidcSettings)


def test_a_theme_of_the_municipality_is_served_and_one_that_asks_elsewhere_is_not(tmp_path) -> None:
    theme = tmp_path / "theme.css"
    theme.write_text(".utrechtstad-theme { --basis-color-accent-1-color-default: #cc0000; }", encoding="utf-8")
    with review_on(Workspace(tmp_path / "w"), theme_css=theme) as review:
        client: Client = review.client()
        page = client.get("/").text
        assert 'class="voorbeeld-theme utrechtstad-theme"' in page
        assert client.get(re.search(r'"(/static/theme\.css\?v=\w+)"', page).group(1)).text == theme.read_text()
    theme.write_text("body { background: url('https://evil.example/x.png') }", encoding="utf-8")
    with (
        pytest.raises(ConfigurationError, match="another machine"),
        review_on(Workspace(tmp_path / "w2"), theme_css=theme),
    ):
        pass
