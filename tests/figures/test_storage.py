"""What projects hold, shared by rows."""

import pytest

from memos.figures import sql, storage
from memos.figures.models import StorageShare
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_table_is_shared_by_the_rows_of_projects() -> None:
    one, other = make.ProjectFactory(), make.ProjectFactory()
    for project in (one, one, one, other):
        make.UserFactory(project=project)
    storage.measure()

    [(size,)] = sql.fetch("SELECT pg_total_relation_size('users_user')")
    shares = {share.project_id: share for share in StorageShare.objects.filter(table="users_user")}
    assert (shares[one.pk].rows, shares[one.pk].bytes) == (3, round(size * 3 / 4))
    assert (shares[other.pk].rows, shares[other.pk].bytes) == (1, round(size / 4))
    assert dict(StorageShare.objects.by_project())[one.pk] > dict(StorageShare.objects.by_project())[other.pk]


def test_measuring_again_replaces_what_was_measured() -> None:
    user = make.UserFactory()
    storage.measure()
    user.delete()
    storage.measure()
    assert not StorageShare.objects.filter(table="users_user").exists()


def test_of_a_large_table_some_pages_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    project = make.ProjectFactory()
    entry = make.AuditEntryFactory(project=project)
    sql.run(
        "INSERT INTO projects_auditentry (id, project_id, at, actor, actor_id, actor_label, action, target_id, detail,"
        " request_id) SELECT gen_random_uuid(), project_id, at, actor, actor_id, actor_label, action, target_id,"
        " detail, request_id FROM projects_auditentry, generate_series(1, 20000) WHERE id = %(id)s",
        id=entry.pk,
    )
    monkeypatch.setattr(storage, "PAGES", 200)
    storage.measure()
    share = StorageShare.objects.get(table="projects_auditentry", project=project)
    assert share.rows == pytest.approx(20_001, rel=0.5)
    assert share.bytes == next(table.bytes for table in storage.tables() if table.name == share.table)
