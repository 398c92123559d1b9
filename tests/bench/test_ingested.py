"""A conversation goes through ingestion as it does through the API, and what it leaves is read back."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.conversations import FIRST_SAID_AT
from bench.found import NotIngested
from bench.ingested import Ingestion
from bench.shapes import Conversation, Message
from tests.scripted import Scripted

pytestmark = pytest.mark.django_db


def conversation(*said: Message | str, user: str | None = None, forget: tuple[int, ...] = ()) -> Conversation:
    messages = tuple(Message(one, FIRST_SAID_AT) if isinstance(one, str) else one for one in said)
    return Conversation("a case", "cases.yaml", messages, user=user, forget=forget)


def test_what_was_said_is_found_with_its_links_and_entities(scripted: Scripted) -> None:
    outcome = Ingestion().remember(conversation("named Ana", "lives_in Lisbon"))
    [name, home] = outcome.facts
    assert (home.content, home.kind, home.start, home.until) == ("The user lives in Lisbon.", "home", None, None)
    assert ("me", "lives_in", "lisbon") in home.links
    assert ("me", "named", "ana") in name.links
    assert home.ends == {("lives_in", None)}
    assert outcome.things is not None
    assert {frozenset({"me", "ana"}), frozenset({"lisbon"})} <= {thing.names for thing in outcome.things}
    assert outcome.summary is not None
    assert "Lisbon" in outcome.summary


def test_only_what_the_user_says_becomes_a_fact(scripted: Scripted) -> None:
    outcome = Ingestion().remember(conversation("hello", Message("likes tea", FIRST_SAID_AT, role="assistant")))
    assert outcome.facts == []


def test_another_speaker_is_the_one_whom_their_facts_are_about(scripted: Scripted) -> None:
    said = [Message("likes tea", FIRST_SAID_AT, speaker=name) for name in ("Ana", "Ben")]
    outcome = Ingestion().remember(conversation(*said, user="Ana"))
    assert {found.content for found in outcome.facts} == {"Ana likes tea.", "Ben likes tea."}


def test_a_fact_that_a_later_one_ends_is_closed_at_its_time(scripted: Scripted) -> None:
    later = FIRST_SAID_AT + timedelta(days=3)
    outcome = Ingestion().remember(conversation("lives_in Porto", Message("lives_in Faro", later)))
    [porto, faro] = outcome.facts
    assert (porto.closed, porto.ended_at, porto.until) == (True, later, None)
    assert (faro.closed, faro.ended_at) == (False, None)


def test_a_message_that_is_back_filled_arrives_after_the_others_were_read(scripted: Scripted) -> None:
    old = datetime(2020, 1, 1, tzinfo=UTC)
    outcome = Ingestion().remember(conversation("lives_in Faro", Message("lives_in Porto", old)))
    assert scripted.heard == [["lives_in Faro"], ["lives_in Porto"]]
    assert {found.content: found.ended_at for found in outcome.facts} == {
        "The user lives in Porto.": FIRST_SAID_AT,
        "The user lives in Faro.": None,
    }


def test_a_message_that_cannot_be_read_is_told(scripted: Scripted) -> None:
    with pytest.raises(NotIngested, match="this can't be read"):
        Ingestion().remember(conversation("poison"))
