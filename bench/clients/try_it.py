"""A user, a thread, a message and a context by the generated client, and an error that is told apart by its code."""

import os
import time
from typing import TypeVar

from memos_client import AuthenticatedClient
from memos_client.api.jobs import get_job
from memos_client.api.messages import append_messages
from memos_client.api.threads import create_thread
from memos_client.api.users import create_user, get_context
from memos_client.models import (
    Appended,
    Context,
    Job,
    NewMessage,
    NewMessages,
    NewThread,
    NewUser,
    Role,
    Thread,
    User,
    UserExistsProblem,
)

T = TypeVar("T")


def main() -> None:
    client = AuthenticatedClient(base_url=os.environ["MEMOS_BASE"], token=os.environ["MEMOS_KEY"])
    wanted = NewUser(external_id="python", first_name="Alice")
    user = _is(create_user.sync(client=client, body=wanted), User)
    assert _is(create_user.sync(client=client, body=wanted), UserExistsProblem).id == user.id

    thread = _is(create_thread.sync(user.id, client=client, body=NewThread(name="Onboarding chat")), Thread)
    message = NewMessage(role=Role.USER, content="I work at Acme as a designer.")
    said = append_messages.sync(
        thread.id, client=client, body=NewMessages(messages=[message]), idempotency_key="python-1"
    )
    for ingested in _is(said, Appended).ingested:
        while _is(get_job.sync(ingested.job_id, client=client), Job).status.value not in ("done", "failed"):
            time.sleep(0.25)

    context = _is(get_context.sync(user.id, client=client, query="What does she do?", max_tokens=200), Context)
    assert "Acme" in context.context
    print(f"Python: {len(context.items)} items, {context.tokens} tokens\n{context.context}")


def _is(answer: object, kind: type[T]) -> T:
    assert isinstance(answer, kind), answer
    return answer


if __name__ == "__main__":
    main()
