"""Sends a conversation through the whole of ingestion and reads what then stands in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import product
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from bench.found import ME, USER, Found, NotIngested, Outcome, Thing, key_of, start_of
from bench.shapes import Conversation
from graphs.models import Entity, Memory
from graphs.models.memory import SPEAKER
from ingest import pipeline
from ingest.models import IngestJob
from ingest.services import NewMessage, append_messages
from ingest.summaries import summarise
from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import Scope
from threads.models import Message, Thread
from threads.services import create_thread
from users.models import Summary, User
from users.services import create_user


@contextmanager
def own_database() -> Iterator[None]:
    """A database beside the configured one, made and dropped again: no data of anybody is touched."""
    configured = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with override_settings(ALLOWED_HOSTS=["*"]):
            yield
    finally:
        connection.creation.destroy_test_db(configured, verbosity=0)


class Ingestion:
    """A project in which each conversation has a user and a thread of its own."""

    def __init__(self) -> None:
        project = services.create_project(name="bench.extraction")
        self._caller = Caller.from_command(project, "bench.extraction")
        issued = services.create_key(caller=self._caller, name="bench", scopes=list(Scope.values))
        self._client = Client(headers={"Authorization": f"Bearer {issued.secret}"})

    def remember(self, conversation: Conversation) -> Outcome:
        """Raises :class:`NotIngested`."""
        user = create_user(caller=self._caller, first_name=conversation.user)
        thread = create_thread(caller=self._caller, user=user)
        kept = [one for places in conversation.sessions for one in self._say(thread, conversation, places)]
        for place in conversation.forget:
            self._forget(kept[place])
            drain(user.graph_id)
        return outcome(user, USER if conversation.user is None else conversation.user)

    def _say(self, thread: Thread, conversation: Conversation, places: list[int]) -> list[Message]:
        said = [conversation.messages[place] for place in places]
        new = [NewMessage(one.role, one.text, name=one.speaker, created_at=one.said_at) for one in said]
        appended = append_messages(caller=self._caller, thread=thread, messages=new)
        drain(thread.user.graph_id)
        return appended.messages

    def _forget(self, message: Message) -> None:
        response = self._client.delete(f"/v1/messages/{message.ref}")
        if response.status_code != HTTPStatus.OK:
            raise NotIngested(f"{message.ref} was not deleted: {response.status_code}")


def drain(graph_id: UUID) -> None:
    """Do all that is due in a graph, as a worker would."""
    while pipeline.run(graph_id):
        pass
    left = IngestJob.objects.filter(graph=graph_id).exclude(status=IngestJob.Status.DONE).first()
    if left:
        raise NotIngested(f"{left.ref} is {left.status}: {left.error_detail}")


def outcome(user: User, subject: str) -> Outcome:
    """What is believed in the user's graph, its sentences about the user beginning with ``subject``."""
    believed = Memory.objects.believed().filter(graph=user.graph_id).select_related("about")
    rows = believed.prefetch_related("relations__subject", "relations__object").order_by("said_at", "id")
    entities = Entity.objects.filter(graph=user.graph_id)
    summarise(user.pk)
    summary = Summary.objects.get(user=user)
    return Outcome([_found(row, subject) for row in rows], [_thing(entity) for entity in entities], summary.text)


def _found(memory: Memory, subject: str) -> Found:
    about = memory.about.name if memory.about and not memory.about.is_subject else subject
    closed = memory.invalidated_by_id is not None
    return Found(
        content=memory.content.replace(SPEAKER, about),
        kind=memory.kind,
        start=start_of(memory.valid_from, memory.valid_precision),
        until=f"{memory.valid_to:%Y-%m-%d}" if memory.valid_to and not closed else None,
        links=frozenset(_links(memory)),
        ends=frozenset((predicate, thing.lower() if thing else None) for predicate, thing in memory.ends),
        language=memory.language,
        closed=closed,
        ended_at=memory.valid_to,
    )


def _links(memory: Memory) -> Iterator[tuple[str, str, str]]:
    """Each relation under all of its names; a name that the speaker told is no relation but the entity's own."""
    for relation in memory.relations.all():
        for one, other in product(*(_names(thing, memory) for thing in (relation.subject, relation.object))):
            yield one, relation.predicate, other
    if memory.about:
        yield from ((ME, "named", name.lower()) for name in (memory.about.name, *memory.about.aliases) if name)


def _names(entity: Entity, memory: Memory) -> list[str]:
    return [ME] if entity.pk == memory.about_id else [name.lower() for name in (entity.name, *entity.aliases)]


def _thing(entity: Entity) -> Thing:
    names = {key_of(name) for name in (entity.name, *entity.aliases) if name}
    return Thing(frozenset(names | {ME} if entity.is_subject else names), entity.type)
