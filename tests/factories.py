"""Rows to test with. What hangs together agrees by itself: `MessageFactory(thread=…)` is of the thread's project, and
`ThreadFactory(user__project=…)` makes a user of that project with a graph and its subject.
"""

from typing import Any

import factory
from django.conf import settings
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from graphs.entities import create_entity, key_of, keys_of
from graphs.indexing import write_memory_text
from graphs.kinds import EntityType, MemoryKind
from graphs.languages import search_config
from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from graphs.models.memory import SPEAKER
from ingest import facts
from ingest.models import IngestJob, Operation
from memos import ids
from memos.projects import keys
from memos.projects.models import ApiKey, AuditEntry, AuditSeal, Membership, Operator, Project, Scope
from memos.projects.sealing import digests
from memos.webhooks.models import Delivery, EventType, Webhook
from threads.models import Message, Thread
from users.models import Group, Summary, User

PASSWORD = "correct horse battery staple"


class OperatorFactory(DjangoModelFactory[Operator]):
    class Meta:
        model = Operator

    username = factory.Sequence("operator{}".format)
    password = Password(PASSWORD)
    is_staff = True
    is_superuser = True


class ProjectFactory(DjangoModelFactory[Project]):
    """A live project with its `test_twin`."""

    class Meta:
        model = Project

    name = factory.Sequence("Project {}".format)

    @classmethod
    def _create(cls, model_class: type[Project], *args: Any, **kwargs: Any) -> Project:
        live = super()._create(model_class, *args, **kwargs)
        Project.objects.create(name=live.name, mode=Project.Mode.TEST, live_twin=live)
        return live


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    project = factory.SubFactory(ProjectFactory)
    operator = factory.SubFactory(OperatorFactory, is_superuser=False)


class ApiKeyFactory(DjangoModelFactory[ApiKey]):
    """`key.secret` is what a request sends; every scope unless told otherwise."""

    class Meta:
        model = ApiKey

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence("key {}".format)
    scopes = factory.LazyFunction(lambda: [scope.value for scope in Scope])
    pepper_id = settings.KEY_PEPPER_ID
    secret = factory.LazyAttribute(lambda o: keys.generate(Project.Mode(o.project.mode)))

    @classmethod
    def _create(cls, model_class: type[ApiKey], *args: Any, **kwargs: Any) -> ApiKey:
        secret = kwargs.pop("secret")
        kwargs["digest"] = keys.digest(secret, kwargs["pepper_id"])
        key = super()._create(model_class, *args, prefix=keys.prefix(secret), **kwargs)
        key.secret = secret  # type: ignore[attr-defined]
        return key


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    project = factory.SubFactory(ProjectFactory)
    actor = AuditEntry.Actor.KEY
    actor_id = factory.LazyFunction(lambda: ids.encode("key", ids.new_id()))
    actor_label = "a key (mos_live_a1b2c3d4…)"
    action = "user.created"
    target_id = factory.LazyFunction(lambda: ids.encode("usr", ids.new_id()))
    request_id = factory.LazyFunction(lambda: ids.encode("req", ids.new_id()))


class AuditSealFactory(DjangoModelFactory[AuditSeal]):
    """A seal over one entry of its own; what it says of itself holds, but for the seal before it."""

    class Meta:
        model = AuditSeal

    class Params:
        entry = factory.SubFactory(AuditEntryFactory, project=factory.SelfAttribute("..project"))

    project = factory.SubFactory(ProjectFactory)
    number = factory.LazyAttribute(lambda o: AuditSeal.objects.filter(project=o.project).count() + 1)
    first_id = factory.SelfAttribute("entry.pk")
    last_id = factory.SelfAttribute("entry.pk")
    starts = factory.SelfAttribute("entry.at")
    ends = factory.SelfAttribute("entry.at")
    count = 1
    total = factory.SelfAttribute("number")
    key_id = factory.LazyFunction(digests.current_key)
    previous = digests.GENESIS
    entries = factory.LazyAttribute(
        lambda o: digests.packed(digests.rows_of(AuditEntry.objects.filter(pk=o.entry.pk)), o.key_id)
    )

    @classmethod
    def _create(cls, model_class: type[AuditSeal], *args: Any, **kwargs: Any) -> AuditSeal:
        seal = model_class(*args, **kwargs)
        seal.digest = digests.digest(seal)
        seal.save()
        return seal


class WebhookFactory(DjangoModelFactory[Webhook]):
    class Meta:
        model = Webhook

    project = factory.SubFactory(ProjectFactory)
    url = "https://1.1.1.1/hooks"
    pepper_id = settings.KEY_PEPPER_ID


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """One that waits; pass `status` and `finished_at` for one that is over."""

    class Meta:
        model = Delivery

    webhook = factory.SubFactory(WebhookFactory)
    project = factory.SelfAttribute("webhook.project")
    event = EventType.JOB_DONE
    event_id = factory.LazyFunction(ids.new_id)
    payload = factory.LazyAttribute(lambda o: {"type": o.event, "timestamp": "2026-11-26T12:00:00Z", "data": {}})


class GraphFactory(DjangoModelFactory[Graph]):
    """A user's graph comes with its subject, who is called `subject_name`."""

    class Meta:
        model = Graph

    project = factory.SubFactory(ProjectFactory)
    kind = Graph.Kind.USER
    subject_name = ""

    @classmethod
    def _create(cls, model_class: type[Graph], *args: Any, **kwargs: Any) -> Graph:
        name = kwargs.pop("subject_name") or ""
        graph = super()._create(model_class, *args, **kwargs)
        if graph.kind == Graph.Kind.USER:
            create_entity(graph, name, EntityType.PERSON, timezone.now(), is_subject=True)
        return graph


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    project = factory.SubFactory(ProjectFactory)
    external_id = factory.Sequence("user_clerk_{}".format)
    email = factory.Sequence("alice{}@acme.com".format)
    first_name = "Alice"
    last_name = "Miller"
    graph = factory.SubFactory(
        GraphFactory,
        project=factory.SelfAttribute("..project"),
        subject_name=factory.SelfAttribute("..first_name"),
    )


class GroupFactory(DjangoModelFactory[Group]):
    class Meta:
        model = Group

    project = factory.SubFactory(ProjectFactory)
    name = factory.Sequence("group-{}".format)
    graph = factory.SubFactory(GraphFactory, project=factory.SelfAttribute("..project"), kind=Graph.Kind.GROUP)


class SummaryFactory(DjangoModelFactory[Summary]):
    """Pass `memories` to say what it rests on."""

    class Meta:
        model = Summary

    class Params:
        memories: tuple[Memory, ...] = ()

    user = factory.SubFactory(UserFactory)
    project = factory.SelfAttribute("user.project")
    text = "Alice works at Acme and lives in Lisbon."
    memory_ids = factory.LazyAttribute(lambda o: [memory.pk for memory in o.memories])
    memory_count = factory.LazyAttribute(lambda o: len(o.memories))
    graph_version = factory.SelfAttribute("user.graph.version")
    generated_at = factory.LazyFunction(timezone.now)


class ThreadFactory(DjangoModelFactory[Thread]):
    class Meta:
        model = Thread

    user = factory.SubFactory(UserFactory)
    project = factory.SelfAttribute("user.project")
    name = factory.Sequence("thread {}".format)


class MessageFactory(DjangoModelFactory[Message]):
    """A message alone, at the next free place of its thread: its episode and its job have factories of their own."""

    class Meta:
        model = Message

    thread = factory.SubFactory(ThreadFactory)
    project = factory.SelfAttribute("thread.project")
    position = factory.LazyAttribute(lambda o: _fresh(o.thread).next_position)
    role = Message.Role.USER
    content = factory.Sequence("I work at Acme, on project number {}.".format)
    created_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class: type[Message], *args: Any, **kwargs: Any) -> Message:
        message = super()._create(model_class, *args, **kwargs)
        _count(message.thread, message_count=1, next_position=1)
        return message


class IngestJobFactory(DjangoModelFactory[IngestJob]):
    class Meta:
        model = IngestJob

    message = factory.SubFactory(MessageFactory)
    thread = factory.SelfAttribute("message.thread")
    user = factory.SelfAttribute("thread.user")
    graph = factory.SelfAttribute("user.graph")
    project = factory.SelfAttribute("message.project")
    said_at = factory.SelfAttribute("message.created_at")


class DocumentFactory(DjangoModelFactory[Document]):
    """A document alone: its job and its episodes have factories of their own."""

    class Meta:
        model = Document

    graph = factory.SubFactory(GraphFactory)
    project = factory.SelfAttribute("graph.project")
    type = Document.Type.TEXT
    name = factory.Sequence("Handbook {}".format)
    content = "Refunds take five days."
    created_at = factory.LazyFunction(timezone.now)


class OperationFactory(DjangoModelFactory[Operation]):
    """A retry of as many jobs as there are `keys`, asked for by an operator."""

    class Meta:
        model = Operation

    project = factory.SubFactory(ProjectFactory)
    operator = factory.SubFactory(OperatorFactory)
    operator_label = factory.SelfAttribute("operator.username")
    kind = "retry_jobs"
    keys = factory.LazyFunction(lambda: [ids.new_id()])
    total = factory.LazyAttribute(lambda o: len(o.keys))


class DocumentJobFactory(DjangoModelFactory[IngestJob]):
    class Meta:
        model = IngestJob

    kind = IngestJob.Kind.DOCUMENT
    document = factory.SubFactory(DocumentFactory)
    graph = factory.SelfAttribute("document.graph")
    user = factory.LazyAttribute(lambda o: getattr(o.graph, "user", None))
    project = factory.SelfAttribute("document.project")
    said_at = factory.SelfAttribute("document.created_at")


class EpisodeFactory(DjangoModelFactory[Episode]):
    """A statement in a graph, or, with `message`, a piece of it. It is indexed, but for its vectors."""

    class Meta:
        model = Episode

    class Params:
        message: Message | None = None

    graph = factory.Maybe(
        "message", factory.SelfAttribute("message.thread.user.graph"), factory.SubFactory(GraphFactory)
    )
    project = factory.SelfAttribute("graph.project")
    source_kind = factory.Maybe("message", Episode.SourceKind.MESSAGE, Episode.SourceKind.STATEMENT)
    source_id = factory.Maybe("message", factory.SelfAttribute("message.pk"), factory.LazyFunction(ids.new_id))
    stream = factory.Maybe("message", factory.SelfAttribute("message.thread.pk"), factory.SelfAttribute("source_id"))
    position = factory.LazyAttribute(lambda o: _fresh(o.message.thread).next_episode if o.message else 0)
    role = factory.Maybe("message", factory.SelfAttribute("message.role"), "")
    speaker = factory.LazyAttribute(lambda o: (o.message and o.message.name) or "")
    content = factory.Maybe("message", factory.SelfAttribute("message.content"), "Alice works at Acme.")
    said_at = factory.Maybe("message", factory.SelfAttribute("message.created_at"), factory.LazyFunction(timezone.now))
    words = factory.LazyAttribute(lambda o: len(o.content.split()))
    excerpt = factory.SelfAttribute("content")
    indexed_at = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class: type[Episode], *args: Any, **kwargs: Any) -> Episode:
        episode = super()._create(model_class, *args, **kwargs)
        Thread.objects.filter(pk=episode.stream).update(next_episode=F("next_episode") + 1)
        if episode.indexed_at:
            vector = SearchVector("content", config=search_config(episode.language))
            Episode.objects.filter(pk=episode.pk).update(tsv=vector)
        return episode


class DocumentFactory(DjangoModelFactory[Document]):
    """A text that was given to a graph, not read yet: it has no episodes and no job."""

    class Meta:
        model = Document

    graph = factory.SubFactory(GraphFactory, kind=Graph.Kind.GROUP)
    project = factory.SelfAttribute("graph.project")
    type = Document.Type.TEXT
    name = factory.Sequence("page-{}.txt".format)
    content = "The office closes at six."
    created_at = factory.LazyFunction(timezone.now)


class EntityFactory(DjangoModelFactory[Entity]):
    class Meta:
        model = Entity

    graph = factory.SubFactory(GraphFactory)
    project = factory.SelfAttribute("graph.project")
    name = factory.Sequence("Acme {}".format)
    key = factory.LazyAttribute(lambda o: key_of(o.name))
    names = factory.LazyAttribute(
        lambda o: sorted(set().union(*(keys_of(name, o.type) for name in (o.name, *o.aliases) if name)))
    )
    aliases = factory.LazyFunction(list)
    type = EntityType.ORGANIZATION
    first_seen_at = factory.LazyFunction(timezone.now)
    last_seen_at = factory.SelfAttribute("first_seen_at")


class MemoryFactory(DjangoModelFactory[Memory]):
    """About the graph's subject, who stands in `content` as SPEAKER. It can be found by full text."""

    class Meta:
        model = Memory

    graph = factory.SubFactory(GraphFactory)
    project = factory.SelfAttribute("graph.project")
    about = factory.LazyAttribute(lambda o: Entity.objects.filter(graph=o.graph, is_subject=True).first())
    content = factory.Sequence((SPEAKER + " works at Acme {}.").format)
    kind = MemoryKind.WORK
    said_at = factory.LazyFunction(timezone.now)
    digest = factory.LazyAttribute(lambda o: facts.digest(o.content, o.about.pk if o.about else None, None))

    @classmethod
    def _create(cls, model_class: type[Memory], *args: Any, **kwargs: Any) -> Memory:
        memory = super()._create(model_class, *args, **kwargs)
        write_memory_text([memory])
        return memory


class MemoryRevisionFactory(DjangoModelFactory[MemoryRevision]):
    class Meta:
        model = MemoryRevision

    memory = factory.SubFactory(MemoryFactory)
    graph = factory.SelfAttribute("memory.graph")
    project = factory.SelfAttribute("memory.project")
    content = factory.SelfAttribute("memory.content")
    recorded_from = factory.SelfAttribute("memory.created_at")
    recorded_to = factory.LazyFunction(timezone.now)
    changed_by = MemoryRevision.ChangedBy.INGEST
    reason = "ended by a later fact"


class SourceFactory(DjangoModelFactory[Source]):
    class Meta:
        model = Source

    memory = factory.SubFactory(MemoryFactory)
    graph = factory.SelfAttribute("memory.graph")
    project = factory.SelfAttribute("memory.project")
    episode = factory.SubFactory(EpisodeFactory, graph=factory.SelfAttribute("..memory.graph"))


class MentionFactory(DjangoModelFactory[Mention]):
    class Meta:
        model = Mention

    memory = factory.SubFactory(MemoryFactory)
    graph = factory.SelfAttribute("memory.graph")
    project = factory.SelfAttribute("memory.project")
    entity = factory.SubFactory(EntityFactory, graph=factory.SelfAttribute("..memory.graph"))


class RelationFactory(DjangoModelFactory[Relation]):
    class Meta:
        model = Relation

    memory = factory.SubFactory(MemoryFactory)
    graph = factory.SelfAttribute("memory.graph")
    project = factory.SelfAttribute("memory.project")
    subject = factory.SelfAttribute("memory.about")
    predicate = "works_at"
    object = factory.SubFactory(EntityFactory, graph=factory.SelfAttribute("..memory.graph"))


class EmbeddingFactory(DjangoModelFactory[Embedding]):
    """The vector of a memory; pass `memory=None, episode=…` for one of an episode."""

    class Meta:
        model = Embedding

    memory = factory.SubFactory(MemoryFactory)
    episode = None
    graph = factory.LazyAttribute(lambda o: (o.memory or o.episode).graph)
    project = factory.SelfAttribute("graph.project")
    model = "test-model"
    vector = factory.LazyFunction(lambda: [1.0] + [0.0] * 383)


def _fresh(thread: Thread) -> Thread:
    """The counters as they stand in the database: the API may have appended meanwhile."""
    thread.refresh_from_db(fields=["message_count", "next_position", "next_episode"])
    return thread


def _count(row: models.Model, **steps: int) -> None:
    """Raise counters of a row, in the database and in hand."""
    type(row)._default_manager.filter(pk=row.pk).update(**{name: F(name) + step for name, step in steps.items()})
    row.refresh_from_db(fields=list(steps))
