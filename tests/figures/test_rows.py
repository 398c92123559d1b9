"""Rows are counted by the hour they came in: as they come, after days off, once each, and for good."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from ingest.figures import SOURCES
from ingest.models import IngestJob
from ingest.tasks import count_rows
from memos import ids
from memos.figures import rows, tidying
from memos.figures.latency import BUCKETS
from memos.figures.models import Mark, RequestTally, RowTally
from memos.projects.models import Project
from tests import factories as make
from threads.models import Message

Kind = RowTally.Kind
NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
MESSAGES = SOURCES[0]

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return make.ProjectFactory()


def message(at: datetime, **fields: Any) -> Message:
    return make.MessageFactory(id=_id_at(at), **fields)


def _id_at(at: datetime) -> Any:
    return ids.first_at(at).__class__(int=ids.first_at(at).int | ids.new_id().int & (1 << 80) - 1)


def counted(kind: Kind = Kind.MESSAGE) -> dict[datetime, int]:
    found: dict[datetime, int] = {}
    for tally in RowTally.objects.filter(kind=kind):
        found[tally.starts_at] = found.get(tally.starts_at, 0) + tally.count
    return found


def hour(hours: float) -> datetime:
    return (NOW + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)


@time_machine.travel(NOW, tick=False)
def test_each_hour_and_project_has_its_count() -> None:
    one, other = message(NOW), message(NOW - timedelta(hours=3))
    message(NOW - timedelta(minutes=5), thread=one.thread)
    count_rows()
    assert set(RowTally.objects.filter(kind=Kind.MESSAGE).values_list("starts_at", "project", "count")) == {
        (hour(0), one.project_id, 2),
        (hour(-3), other.project_id, 1),
    }


@time_machine.travel(NOW, tick=False)
def test_the_bounds_of_an_hour_belong_to_it() -> None:
    message(hour(-1))
    message(hour(0) - timedelta(milliseconds=1))
    message(hour(0))
    count_rows()
    assert counted() == {hour(-1): 2, hour(0): 1}


def test_counting_again_changes_nothing_and_finds_what_came_since() -> None:
    with time_machine.travel(NOW, tick=False):
        one = message(NOW)
        count_rows()
        count_rows()
        assert counted() == {hour(0): 1}
    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        message(NOW + timedelta(minutes=10), thread=one.thread)
        count_rows()
        assert counted() == {hour(0): 2}


def test_after_days_off_it_catches_up() -> None:
    with time_machine.travel(NOW, tick=False):
        one = message(NOW)
        count_rows()
    for days in (1, 3, 5):
        message(NOW + timedelta(days=days), thread=one.thread)
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        count_rows()
    assert counted() == {hour(0): 1, hour(24): 1, hour(72): 1, hour(120): 1}


def test_it_goes_on_where_it_stopped() -> None:
    one = message(NOW - timedelta(days=5))
    message(NOW - timedelta(days=1), thread=one.thread)
    with time_machine.travel(NOW, tick=False):
        assert not rows.catch_up(MESSAGES, seconds=-1)
        assert counted() == {hour(-120): 1}
        assert rows.catch_up(MESSAGES)
    assert counted() == {hour(-120): 1, hour(-24): 1}


@time_machine.travel(NOW, tick=False)
def test_what_is_older_than_is_kept_is_not_counted() -> None:
    message(NOW - timedelta(days=200))
    count_rows()
    assert counted() == {}


@time_machine.travel(NOW, tick=False)
def test_what_is_deleted_later_stays_counted() -> None:
    gone = message(NOW)
    count_rows()
    gone.delete()
    count_rows()
    assert counted() == {hour(0): 1}


def test_a_job_counts_when_it_ends_each_time_it_ends() -> None:
    with time_machine.travel(NOW, tick=False):
        job = make.IngestJobFactory(status="failed", finished_at=NOW)
        make.IngestJobFactory()
        count_rows()
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        IngestJob.objects.filter(pk=job.pk).update(status="done", finished_at=NOW + timedelta(hours=2))
        count_rows()
    assert counted(Kind.JOB_FAILED) == {hour(0): 1}
    assert counted(Kind.JOB_DONE) == {hour(2): 1}


@pytest.mark.django_db(transaction=True)
def test_a_row_is_counted_whose_transaction_took_an_hour(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its id is as old as its transaction, and the mark must not have gone past it."""
    old = datetime.now(UTC) - timedelta(hours=2)
    monkeypatch.setattr(rows.sql, "fetch", lambda *statement: [(old,)])
    count_rows()
    message(old, thread__user__project=project)
    monkeypatch.undo()
    count_rows()
    assert sum(counted().values()) == 1


@time_machine.travel(NOW, tick=False)
def test_behind_a_transaction_that_is_open_for_days_nothing_is_counted_in_a_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = message(NOW - timedelta(hours=24, minutes=20))
    message(NOW, thread=one.thread)
    monkeypatch.setattr(rows.sql, "fetch", lambda *statement: [(NOW - timedelta(days=3),)])
    assert rows.catch_up(MESSAGES, seconds=0.2)
    assert counted() == {hour(-24): 1, hour(0): 1}


@pytest.mark.django_db(transaction=True)
def test_while_another_process_counts_nobody_else_does() -> None:
    Mark.objects.create(kind=Kind.MESSAGE)
    message(datetime.now(UTC))
    with transaction.atomic():
        Mark.objects.select_for_update().get()
        other = threading.Thread(target=_count_elsewhere)
        other.start()
        other.join(10)
        assert not other.is_alive()
        assert counted() == {}


def _count_elsewhere() -> None:
    rows.catch_up(MESSAGES)
    connection.close()


def test_old_hours_become_days_and_old_days_go() -> None:
    with time_machine.travel(NOW, tick=False):
        one = message(NOW)
        message(NOW - timedelta(hours=2), thread=one.thread)
        count_rows()
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        message(NOW + timedelta(days=10), thread=one.thread)
        count_rows()
        tidying.tidy()
        tidying.tidy()
        count_rows()
    midnight = NOW.replace(hour=0, minute=0)
    assert counted() == {midnight: 2, hour(240): 1}
    with time_machine.travel(NOW + timedelta(days=95), tick=False):
        tidying.tidy()
    assert counted() == {hour(240): 1}


def test_what_may_still_be_counted_is_left_by_the_hour() -> None:
    with time_machine.travel(NOW, tick=False):
        message(NOW)
        count_rows()
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        tidying.tidy()
        assert counted() == {hour(0): 1}


def test_requests_of_a_day_are_added_up_with_their_buckets(project: Project) -> None:
    for at, bucket in ((NOW, 1), (NOW + timedelta(hours=2), 2)):
        buckets = [bucket if place == bucket else 0 for place in range(BUCKETS)]
        RequestTally.objects.add([(at, project.pk, None, "GET", "/v1/users", 200, bucket, buckets)])
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        tidying.tidy()
    tally = RequestTally.objects.get()
    assert (tally.starts_at, tally.daily, tally.count) == (NOW.replace(hour=0, minute=0), True, 3)
    assert tally.buckets[:4] == [0, 1, 2, 0]
