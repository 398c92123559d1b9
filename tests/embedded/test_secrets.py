import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from memos.embedded import secrets
from memos.embedded.errors import EmbeddedError


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = secrets.load_or_create(tmp_path, "key_pepper")
    assert len(first) == 43
    assert secrets.load_or_create(tmp_path, "key_pepper") == first
    assert secrets.load_or_create(tmp_path, "secret_key") != first
    assert stat.S_IMODE((tmp_path / "secrets/key_pepper").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_all_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(lambda _: secrets.load_or_create(tmp_path, "secret_key"), range(40)))
    assert len(found) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["secret_key"]


def test_an_empty_secret_is_refused_rather_than_made_anew(tmp_path: Path) -> None:
    secrets.load_or_create(tmp_path, "key_pepper")
    (tmp_path / "secrets/key_pepper").write_text("\n")
    with pytest.raises(EmbeddedError, match="key_pepper is empty"):
        secrets.load_or_create(tmp_path, "key_pepper")


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a name"):
        secrets.load_or_create(tmp_path, "../key")
