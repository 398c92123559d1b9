"""/v1/users/:id/threads, /v1/threads and /v1/messages."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from graphs.models import Memory, Source
from graphs.views import with_provenance
from ingest import erase
from ingest import services as ingestion
from ingest.models import IngestJob
from ingest.serializers import MessageDetail
from memos.api.pagination import PageQuery, paginate
from memos.api.problems import not_found
from memos.api.serializers import Deleted
from memos.api.views import ProjectViewSet, page_of
from threads import serializers as forms
from threads import services
from threads.models import Message, Thread
from users.models import User
from users.services import user_not_found

ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="OneOrManyMessages",
    serializers=[forms.NewMessage, forms.NewMessages],
    resource_type_field_name=None,
)


class InThreadViewSet(ProjectViewSet):
    def get_thread(self, ref: str) -> Thread:
        thread = Thread.objects.for_project(self.project).by_ref(ref).select_related("user").first()
        if thread is None:
            raise not_found("thread", ref)
        self.graph_id = thread.user.graph_id
        return thread


class ThreadViewSet(InThreadViewSet):
    """The threads of a user."""

    queries = {"list": PageQuery}

    def get_user(self, ref: str) -> User:
        user = User.objects.for_project(self.project).by_path(ref).first()
        if user is None:
            raise user_not_found(ref)
        self.graph_id = user.graph_id
        self.target = user
        return user

    @extend_schema(request=forms.NewThread, responses={201: forms.ThreadOut})
    def create(self, request: Request, user_id: str) -> Response:
        """Create a conversation thread."""
        thread = services.create_thread(caller=self.caller, user=self.get_user(user_id), **self.body(forms.NewThread))
        return Response(forms.ThreadOut(thread).data, 201)

    @extend_schema(parameters=[PageQuery], responses=forms.ThreadPage)
    def list(self, request: Request, user_id: str) -> Response:
        """List a user's threads with message counts, newest first."""
        rows = Thread.objects.filter(user=self.get_user(user_id)).select_related("user")
        return self.page("threads", paginate(rows, **page_of(self.query)), forms.ThreadInList)

    @extend_schema(responses=forms.ThreadInList)
    def retrieve(self, request: Request, thread_id: str) -> Response:
        """Get one thread with its message count."""
        return Response(forms.ThreadInList(self.get_thread(thread_id)).data)

    @extend_schema(request=forms.ThreadChanges, responses=forms.ThreadInList)
    def partial_update(self, request: Request, thread_id: str) -> Response:
        """Change the name or the metadata of a thread."""
        thread = self.get_thread(thread_id)
        changed = services.update_thread(caller=self.caller, thread=thread, **self.body(forms.ThreadChanges))
        return Response(forms.ThreadInList(changed).data)

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, thread_id: str) -> Response:
        """Delete a thread with its messages and take back what rests on them alone."""
        thread = self.get_thread(thread_id)
        erase.delete_thread(caller=self.caller, thread=thread)
        return Response({"deleted": True, "id": thread.ref})


class MessageViewSet(InThreadViewSet):
    """The messages of a thread."""

    queries = {"list": forms.MessageListQuery}
    problems = {"create": ["MESSAGE_EXISTS"]}

    def get_message(self, ref: str) -> Message:
        message = Message.objects.for_project(self.project).by_ref(ref).select_related("thread__user").first()
        if message is None:
            raise not_found("message", ref)
        return message

    @extend_schema(operation_id="appendMessages", request=ONE_OR_MANY, responses={201: forms.AppendedOut})
    def create(self, request: Request, thread_id: str) -> Response:
        """Append a message or several, all or none; those of the user are ingested into their graph."""
        thread = self.get_thread(thread_id)
        messages = [ingestion.NewMessage(**message) for message in forms.read_messages(request.data)]
        appended = ingestion.append_messages(caller=self.caller, thread=thread, messages=messages)
        answer = {"thread": thread, "messages": appended.messages, "jobs": appended.jobs}
        return Response(forms.AppendedOut(answer).data, 201)

    @extend_schema(parameters=[forms.MessageListQuery], responses=forms.MessagePage)
    def list(self, request: Request, thread_id: str) -> Response:
        """Replay a thread in the order in which its messages were appended."""
        thread = self.get_thread(thread_id)
        page = paginate(Message.objects.filter(thread=thread), by="position", **page_of(self.query))
        return self.page("messages", page, forms.MessageOut, thread=forms.ThreadRef(thread).data)

    @extend_schema(responses=MessageDetail)
    def retrieve(self, request: Request, message_id: str) -> Response:
        """Get one message with its job and the memories that rest on it."""
        return Response(_detail(self.get_message(message_id)))

    @extend_schema(request=forms.MessageChanges, responses=MessageDetail)
    def partial_update(self, request: Request, message_id: str) -> Response:
        """Change the metadata of a message; what was said stays said."""
        message = self.get_message(message_id)
        changed = services.update_message(caller=self.caller, message=message, **self.body(forms.MessageChanges))
        return Response(_detail(changed))

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, message_id: str) -> Response:
        """Delete a message and take back what rests on it alone; what it had ended is open again."""
        message = self.get_message(message_id)
        erase.delete_message(caller=self.caller, message=message)
        return Response({"deleted": True, "id": message.ref})


def _detail(message: Message) -> Any:
    said = Source.objects.supporting().filter(episode__source_id=message.pk)
    memories = with_provenance(Memory.objects.believed().filter(pk__in=said.values("memory")))
    job = IngestJob.objects.filter(message=message).first()
    return MessageDetail(message, context={"job": job, "memories": memories.order_by("pk")}).data
