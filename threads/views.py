"""/v1/users/:id/threads and /v1/threads/:id/messages."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ingest import services as ingestion
from memos.api.pagination import PageQuery, paginate
from memos.api.problems import not_found
from memos.api.views import ProjectViewSet, page_of
from threads import serializers as forms
from threads import services
from threads.models import Message, Thread
from users.models import User

ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="OneOrManyMessages",
    serializers=[forms.NewMessage, forms.NewMessages],
    resource_type_field_name=None,
)


class ThreadViewSet(ProjectViewSet):
    """The threads of a user."""

    queries = {"list": PageQuery}

    def get_user(self, ref: str) -> User:
        user = User.objects.for_project(self.project).by_ref(ref).first()
        if user is None:
            raise not_found("user", ref)
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


class MessageViewSet(ProjectViewSet):
    """The messages of a thread."""

    queries = {"list": forms.MessageListQuery}

    def get_thread(self, ref: str) -> Thread:
        thread = Thread.objects.for_project(self.project).by_ref(ref).select_related("user").first()
        if thread is None:
            raise not_found("thread", ref)
        return thread

    @extend_schema(request=ONE_OR_MANY, responses={201: forms.AppendedOut})
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
