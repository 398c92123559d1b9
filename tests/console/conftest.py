from typing import Any

import pytest
from django.test import Client

from ingest.models import IngestJob
from memos.projects.models import Membership, Operator, Project
from memos.projects.signin.middleware import SESSION_KEY
from memos.projects.signin.models import OperatorSession
from tests import factories as make


@pytest.fixture
def console(client: Client, admin_operator: Operator) -> Client:
    """Signed in as a superuser."""
    return signed_in(client, admin_operator)


def signed_in(client: Client, operator: Operator) -> Client:
    client.force_login(operator)
    session = client.session
    session[SESSION_KEY] = OperatorSession.objects.create(operator=operator).ref
    session.save()
    return client


@pytest.fixture
def admin_operator(db: None) -> Operator:
    return make.OperatorFactory(username="ann")


class Onlooker(Client):
    """Somebody who sees everything in whatever projects there are, and changes nothing."""

    def request(self, **request: Any) -> Any:
        for project in Project.objects.filter(mode=Project.Mode.LIVE).exclude(pk__in=self._seen()):
            make.MembershipFactory(project=project, operator=self.operator, reads_words=True)
        return super().request(**request)

    def _seen(self) -> Any:
        return Membership.objects.filter(operator=self.operator).values("project")


@pytest.fixture
def onlooker(db: None) -> Onlooker:
    client = Onlooker()
    client.operator = make.OperatorFactory(username="bob", is_superuser=False)
    return signed_in(client, client.operator)


@pytest.fixture
def job(db: None) -> IngestJob:
    """A job with all that hangs on it, each kind of row at least once."""
    return make_job()


def make_job(**project: object) -> IngestJob:
    job = make.IngestJobFactory(**{f"message__thread__user__{name}": value for name, value in project.items()})
    episode = make.EpisodeFactory(message=job.message)
    memory = make.MemoryFactory(graph=job.graph)
    make.SourceFactory(memory=memory, episode=episode)
    entity = make.EntityFactory(graph=job.graph)
    make.MentionFactory(memory=memory, entity=entity)
    make.RelationFactory(memory=memory, object=entity)
    make.MemoryRevisionFactory(memory=memory)
    make.EmbeddingFactory(memory=memory)
    make.EmbeddingFactory(memory=None, episode=episode)
    make.DocumentJobFactory(document__graph=job.graph, status="done")
    make.SummaryFactory(user=job.user, memories=(memory,))
    make.ApiKeyFactory(project=job.project)
    make.AuditEntryFactory(project=job.project, target_id=job.user.ref)
    make.AuditSealFactory(project=job.project)
    make.GroupFactory(project=job.project)
    if job.project.live_twin is None:
        make.MembershipFactory(project=job.project)
    make.DeliveryFactory(webhook__project=job.project)
    make.OperationFactory(project=job.project, keys=[job.pk])
    return job
