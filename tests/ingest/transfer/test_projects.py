"""manage.py export_project and import_project."""

import gzip
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from graphs.models import Graph
from memos.projects.models import AuditEntry, Project
from tests.api.conftest import rows
from tests.conftest import Drain
from tests.ingest.erase.state import difference, state_of
from tests.ingest.transfer.files import joined, parted
from tests.processes import _test_database
from tests.world import Api
from users.models import Group, User


@pytest.fixture
def full(api: Api, drain: Drain) -> Api:
    """The owner's, with a group and two users."""
    api.new_group("acme", metadata={"a_b": 1})
    api.state("acme", "The office is blue.")
    for name in ("alice", "bob"):
        user = api.new_user(externalId=name)
        api.say(api.new_thread(user), "likes tea", "lives_in Lisbon")
    drain()
    return api


def write(path: Path, **options: Any) -> Path:
    call_command("export_project", "Owner's", str(path), **options)
    return path


def read(path: Path, into: str = "Other", **options: Any) -> str:
    out = StringIO()
    call_command("import_project", str(path), into=into, stdout=out, **options)
    return out.getvalue().strip()


def graphs_of(project: Project) -> dict[str, Graph]:
    groups = {group.name: group.graph for group in Group.objects.for_project(project)}
    return groups | {user.external_id or "": user.graph for user in User.objects.for_project(project)}


@pytest.mark.parametrize("name", ["project.jsonl", "project.jsonl.gz"])
def test_a_project_comes_whole_into_another(full: Api, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)
    assert read(path) == "3 imported, 0 there already, 0 not imported."
    mine, theirs = graphs_of(full.project), graphs_of(Project.objects.get(name="Other", mode="live"))
    assert set(mine) == set(theirs) == {"acme", "alice", "bob"}
    for key in mine:
        assert difference(state_of(mine[key]), state_of(theirs[key])) == {}
    assert Group.objects.get(graph=theirs["acme"]).metadata == {"a_b": 1}
    assert os.listdir(tmp_path) == [name]


def test_it_is_packed_where_its_name_says_so(full: Api, tmp_path: Path) -> None:
    plain, packed = (write(tmp_path / name) for name in ("a", "a.gz"))
    unpacked = parted(gzip.decompress(packed.read_bytes()))
    assert [line["record"] for line in unpacked] == [line["record"] for line in parted(plain.read_bytes())]
    assert packed.stat().st_size < plain.stat().st_size


def test_it_can_go_to_stdout(full: Api, tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    write(Path("-"))
    assert [line["record"] for line in parted(capfdbinary.readouterr().out)][:3] == ["header", "project", "header"]


def test_it_holds_no_key_and_no_audit_entry(full: Api, tmp_path: Path) -> None:
    text = write(tmp_path / "a").read_text()
    assert "mos_" not in text
    assert full.key
    assert full.key.ref not in text
    assert "user.created" not in text


def test_it_is_audited_at_both_ends(full: Api, tmp_path: Path) -> None:
    read(write(tmp_path / "a"))
    told = AuditEntry.objects.filter(actor_id__in=["export_project", "import_project"]).order_by("pk")
    actions = list(told.values_list("action", flat=True))
    expected = ["project.exported", "project.created", "group.imported", "user.imported", "user.imported"]
    assert actions == expected


def test_a_second_run_skips_what_is_there(full: Api, tmp_path: Path) -> None:
    path = write(tmp_path / "a")
    read(path)
    before = rows()
    assert read(path) == "0 imported, 3 there already, 0 not imported."
    assert rows() == before


def test_one_whose_name_is_taken_is_told_of_and_the_others_come(full: Api, tmp_path: Path) -> None:
    path = write(tmp_path / "a")
    User.objects.filter(external_id="bob").update(external_id="carol")
    with pytest.raises(CommandError, match="2 could not be imported"):
        read(path, into="Owner's")
    assert set(graphs_of(full.project)) == {"acme", "alice", "carol", "bob"}


def test_live_and_test_are_two_projects(full: Api, tmp_path: Path) -> None:
    read(write(tmp_path / "a"), mode="test")
    assert not User.objects.filter(project__name="Other", project__mode="live").exists()
    assert User.objects.filter(project__name="Other", project__mode="test").count() == 2
    call_command("export_project", "Other", str(tmp_path / "b"), mode="test", without_vectors=True)
    assert not [line for line in parted((tmp_path / "b").read_bytes()) if line["record"] == "embedding"]


def test_a_file_that_is_no_project_is_refused_before_one_is_made(full: Api, tmp_path: Path) -> None:
    lines = parted(write(tmp_path / "a").read_bytes())
    before = rows()
    wrong = [(1, lines[2:]), (1, [lines[0] | {"version": 9}]), (2, lines[:1]), (2, [lines[0], lines[2]])]
    for number, sent in wrong:
        (tmp_path / "b").write_bytes(joined(sent))
        with pytest.raises(CommandError, match=rf"lines\[{number}\]"):
            read(tmp_path / "b")
    for missing in (tmp_path / "none", tmp_path / "none.gz"):
        with pytest.raises(CommandError, match="can't be read"):
            read(missing)
    (tmp_path / "b.gz").write_bytes(b"hello")
    with pytest.raises(CommandError, match="can't be read"):
        read(tmp_path / "b.gz")
    assert rows() == before


def test_what_is_wrong_is_told_with_its_line_and_what_came_before_stays(full: Api, tmp_path: Path) -> None:
    lines = parted(write(tmp_path / "a").read_bytes())
    place = [number for number, line in enumerate(lines, 1) if line["record"] == "memory"][-1]
    lines[place - 1]["kind"] = "nonsense"
    (tmp_path / "b").write_bytes(joined(lines))
    with pytest.raises(CommandError, match=rf"lines\[{place}\].kind"):
        read(tmp_path / "b")
    assert set(graphs_of(Project.objects.get(name="Other", mode="live"))) == {"acme", "alice"}


def test_a_file_that_was_cut_off_is_told_of(full: Api, tmp_path: Path) -> None:
    raw = write(tmp_path / "a.gz").read_bytes()
    (tmp_path / "b.gz").write_bytes(raw[:-100])
    with pytest.raises(CommandError, match="can't be read"):
        read(tmp_path / "b.gz")
    lines = parted(gzip.decompress(raw))
    (tmp_path / "c").write_bytes(joined(lines[:-1]))
    with pytest.raises(CommandError, match="cut off"):
        read(tmp_path / "c")


def test_a_part_that_is_missing_is_noticed(full: Api, tmp_path: Path) -> None:
    lines = parted(write(tmp_path / "a").read_bytes())
    heads = [place for place, line in enumerate(lines) if line["record"] == "header"]
    (tmp_path / "b").write_bytes(joined([*lines[: heads[-1]], lines[-1]]))
    with pytest.raises(CommandError, match="counts"):
        read(tmp_path / "b")


KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from ingest.transfer import checks
whole = checks.check
left = [2]
def check(*args, **options):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    whole(*args, **options)
checks.check = check
call_command("import_project", sys.argv[1], into="Other")
"""


def test_a_run_that_was_killed_leaves_nothing_half_and_is_continued(
    transactional_db: None, full: Api, tmp_path: Path
) -> None:
    path = write(tmp_path / "a")
    before = rows()
    environment = os.environ | {"DATABASE_URL": _test_database(), "DJANGO_SETTINGS_MODULE": "memos.settings"}
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    other = Project.objects.get(name="Other", mode="live")
    assert set(graphs_of(other)) == {"acme"}  # all rows of the first part, and none of the second
    after = rows()
    assert (after["User"], after["Thread"], after["Message"]) == (before["User"], before["Thread"], before["Message"])
    assert after["Graph"] == before["Graph"] + 1
    assert read(path) == "2 imported, 1 there already, 0 not imported."
    mine, theirs = graphs_of(full.project), graphs_of(other)
    assert all(difference(state_of(mine[key]), state_of(theirs[key])) == {} for key in mine)
