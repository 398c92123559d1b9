"""The page at /docs/: it names nothing outside, its assets are ours, and its short start works."""

import gzip
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from memos.api.docs import STEPS
from tests.conftest import drain_all
from tests.processes import Web
from tests.shell import pasted
from tests.world import Api, make_world

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


def test_the_page_shows_what_is_to_be_pasted(page: Any) -> None:
    shown = [html.unescape(one) for one in re.findall(r"<code data-method[^>]*>([^<]*)</code>", page.content.decode())]
    assert shown == [step.curl for step in STEPS]


@pytest.mark.django_db(transaction=True)
def test_the_short_start_works_when_it_is_pasted(start_web: Callable[..., Web]) -> None:
    given = {"MEMOS_URL": start_web().url, "MEMOS_KEY": make_world().owner.secret}
    *before, asked = (step.curl for step in STEPS)
    said = pasted("\n".join([*before, 'echo "kept $MEMOS_USER $MEMOS_THREAD"']), given)
    user, thread = re.findall(r"kept (usr_\w{26}) (thr_\w{26})$", said.strip())[0]
    assert '"ingested"' in said
    drain_all()
    block = pasted(asked, given | {"MEMOS_USER": user, "MEMOS_THREAD": thread})
    assert block.startswith("<memory>")
    assert "designer" in block
