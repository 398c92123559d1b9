from pathlib import Path

import pytest

from memos.embedded import options
from memos.embedded.errors import EmbeddedError

WRONG = [
    ("PORT", "eighty"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("WEB_THREADS", "0"),
    ("WORKER_CONCURRENCY", "2.5"),
    ("MEMOS_BOOTSTRAP_KEY", "mos_live_short"),
    ("MEMOS_BOOTSTRAP_KEY", "mos_test_" + 30 * "a"),
    ("MEMOS_BOOTSTRAP_KEY", "mos_live_" + 30 * "é"),
    ("MEMOS_BOOTSTRAP_OPERATOR", "nameonly"),
    ("MEMOS_BOOTSTRAP_OPERATOR", ":password"),
    ("DATABASE_URL", "mysql://localhost/memos"),
    ("DATABASE_URL", "postgres://localhost:port/memos"),
    ("REDIS_URL", "localhost:6379"),
    ("DEBUG", "foo"),
    ("TRUST_PROXY", "maybe"),
    ("MEMOS_REQUIRE_TWO_FACTOR", "some"),
    ("MEMOS_SESSION_HOURS", "0"),
    ("MEMOS_SESSION_IDLE_MINUTES", "1"),
    ("SECURE_COOKIES", "2"),
    ("LOG_LEVEL", "loud"),
    ("INGEST_LEASE_SECONDS", "abc"),
    ("INGEST_MAX_ATTEMPTS", "0"),
    ("DATABASE_POOL", "2"),
    ("CSRF_TRUSTED_ORIGINS", "memos.example.com"),
    ("MEMOS_WEBHOOK_NETWORKS", "10.0.0.1/8"),
    ("MEMOS_WEBHOOK_NETWORKS", "intranet"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_names_its_setting(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(EmbeddedError, match=f"^{name} has to be .*\\.$") as caught:
        options.read(tmp_path, {name: value})
    assert "\n" not in str(caught.value)


def test_the_defaults_suit_a_first_start(tmp_path: Path) -> None:
    found = options.read(tmp_path, {})
    assert (found.host, found.port, found.data_dir) == ("127.0.0.1", 8000, tmp_path / "data")
    assert (found.web_threads, found.worker_concurrency) == (8, 2)
    assert (found.database_url, found.redis_url) == (None, None)


def test_the_environment_goes_before_the_file_and_an_empty_value_is_none(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# a comment\nPORT=9000\nexport HOST='::1'\nWEB_THREADS=\nLLM_KEY=abc\n")
    found = options.read(tmp_path, {"PORT": "9001"})
    assert (found.host, found.port, found.web_threads) == ("::1", 9001, 8)
    assert found.environment["LLM_KEY"] == "abc"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(EmbeddedError, match=r"\.env cannot be read"):
        options.read(tmp_path, {})


def test_throwaway_servers_do_not_listen_to_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://production/memos\n")
    assert options.read(tmp_path, {"MEMOS_ENV_FILE": ""}).database_url is None
