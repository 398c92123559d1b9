"""The page at /docs/: it names nothing outside, its assets are ours, and its short start works."""

import gzip
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from memos.api.docs import STEPS
from tests.world import Api

NOBODY = Api(None)
FOLDER = settings.BASE_DIR / "static/docs"


@pytest.fixture(scope="module")
def page() -> Any:
    return NOBODY.send("GET", "/docs/")


def test_it_names_nothing_outside(page: Any) -> None:
    assert page.status_code == 200
    named = re.findall(r'(?:src|href|action)="([^"]*)"', page.content.decode())
    assert named
    assert all(one.startswith(("/static/docs/", "/schema/", "#")) for one in named)
    for ours in ("page.js", "page.css"):
        assert not re.search(r"https?://|//[a-z]+\.", (FOLDER / ours).read_text())


def test_each_asset_is_served_by_us(page: Any) -> None:
    for url in re.findall(r'(?:src|href)="(/static/[^"]*)"', page.content.decode()):
        response = NOBODY.send("GET", url)
        assert response.status_code == 200
        assert finders.find(url.removeprefix("/static/"))
        assert response["Content-Type"].partition(";")[0] in ("text/css", "text/javascript", "image/svg+xml")


def test_the_browser_may_ask_no_other_host(page: Any) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in page["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    for allowed in rules.values():
        assert set(allowed.split()) <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=", page.content.decode())  # nothing inline that runs


def test_what_is_sent_compressed_is_the_same() -> None:
    [script] = FOLDER.glob("scalar-*.js")
    assert gzip.decompress(script.with_name(f"{script.name}.gz").read_bytes()) == script.read_bytes()


def test_scalar_asks_no_other_host_by_its_settings() -> None:
    told = (FOLDER / "page.js").read_text()
    for setting in (
        "withDefaultFonts: false",
        "telemetry: false",
        "agent: { disabled: true }",
        "hideClientButton: true",
    ):
        assert setting in told
    assert "proxyUrl" not in told


def test_the_schema_comes_as_yaml_or_as_json() -> None:
    assert NOBODY.send("GET", "/schema/").content.startswith(b"openapi: 3.1.0")
    response = NOBODY.send("GET", "/schema/", headers={"Accept": "application/json"})
    assert response.json()["openapi"] == "3.1.0"


def test_the_short_start_works(api: Api) -> None:
    made: dict[str, str] = {}
    for step in STEPS:
        path = step.path.format(**made)
        response = api.send(step.method, path, step.body.encode() if step.body else None)
        assert response.status_code in (200, 201), response.content
        if "id" in response.json():
            made["thread" if "thread" in step.title.lower() else "user"] = response.json()["id"]
    assert response.json()["context"].startswith("<memory>")
