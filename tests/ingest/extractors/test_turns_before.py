"""What the pipeline tells the extractor of the conversation."""

from typing import Any

import pytest

from graphs.models import Memory
from ingest.extractors.base import SPEAKER
from ingest.turns import LONGEST, TURNS, turns_before
from tests.conftest import drain_all
from tests.world import Api
from threads.models import Message


def test_a_message_comes_with_the_turns_before_it_in_its_own_thread(api: Api, thread: dict[str, Any]) -> None:
    other = api.new_thread({"id": thread["userId"]})
    api.say(other, "elsewhere")
    api.say(thread, "one", {"role": "assistant", "content": "two"}, {"role": "user", "content": "three", "name": "Bo"})
    api.say(thread, "four")
    last = Message.objects.get(content="four")
    turns = turns_before([last])[last.pk]
    assert [(turn.text, turn.role, turn.speaker) for turn in turns] == [
        ("one", "user", None),
        ("two", "assistant", None),
        ("three", "user", "Bo"),
    ]
    assert turns[0].said_at == Message.objects.get(content="one").created_at


def test_it_comes_with_the_last_few_turns_and_the_end_of_long_ones(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, *(f"{number} {'x' * LONGEST}?" for number in range(TURNS + 2)))
    last = Message.objects.order_by("position").last()
    assert last is not None
    turns = turns_before([last])[last.pk]
    assert [len(turn.text) for turn in turns] == [LONGEST] * TURNS
    assert all(turn.text.endswith("?") for turn in turns)


@pytest.mark.parametrize("count", [1, 5])
def test_one_query_is_enough_for_a_batch(
    api: Api, thread: dict[str, Any], count: int, django_assert_num_queries: Any
) -> None:
    threads = [thread, *(api.new_thread({"id": thread["userId"]}) for _ in range(count))]
    for each in threads:
        api.say(each, "one", "two")
    messages = list(Message.objects.all())
    with django_assert_num_queries(1):
        turns = turns_before(messages)
    assert [len(turns[message.pk]) for message in messages] == [message.position for message in messages]


def test_an_answer_becomes_a_memory(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, {"role": "assistant", "content": "Where do you live?"}, "In Porto.")
    drain_all()
    (memory,) = Memory.objects.all()
    assert memory.content == f"{SPEAKER} lives in Porto."


def test_what_is_corrected_was_never_so(api: Api, user: dict[str, Any], thread: dict[str, Any]) -> None:
    api.say(thread, "Our wedding is on 9 May 2031.")
    drain_all()
    api.say(thread, "Sorry, I meant 16 May 2031.")
    drain_all()
    wrong, right = Memory.objects.order_by("id")
    assert right.content == f"{SPEAKER}'s wedding is on 16 May 2031."
    assert wrong.retired_at is not None
    assert [memory["content"] for memory in api.memories(user)] == ["Alice's wedding is on 16 May 2031."]
