"""A broker that is gone is tried once, and then left alone for a while."""

from types import SimpleNamespace
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from memos import bell as bells


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Broker:
    """Takes rings, or raises what it is told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked: list[str] = []

    def apply_async(self, args: tuple[str], **options: Any) -> None:
        self.asked.extend(args)
        if self.error:
            raise self.error


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(bells, "time", SimpleNamespace(monotonic=made.monotonic))
    return made


@pytest.mark.parametrize("error", [OperationalError("gone"), ConnectionRefusedError(), TimeoutError()], ids=repr)
def test_after_a_failed_ring_the_broker_is_left_alone_for_the_pause(clock: Clock, error: Exception) -> None:
    bell, broker = bells.Bell(), Broker()
    broker.error = error
    for key in "abc":
        bell.ring(broker, key)
    clock.now += bell.PAUSE_SECONDS - 0.01
    bell.ring(broker, "d")
    assert broker.asked == ["a"]


def test_after_the_pause_it_rings_again(clock: Clock) -> None:
    bell, broker = bells.Bell(), Broker()
    broker.error = OperationalError("gone")
    bell.ring(broker, "a")
    clock.now += bell.PAUSE_SECONDS
    broker.error = None
    for key in "bc":
        bell.ring(broker, key)
    assert broker.asked == ["a", "b", "c"]


def test_a_broker_that_is_still_gone_after_the_pause_is_left_alone_again(clock: Clock) -> None:
    bell, broker = bells.Bell(), Broker()
    broker.error = OperationalError("gone")
    bell.ring(broker, "a")
    clock.now += bell.PAUSE_SECONDS
    for key in "bc":
        bell.ring(broker, key)
    assert broker.asked == ["a", "b"]


def test_a_failed_ring_is_told_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    bell, broker = bells.Bell(), Broker()
    broker.error = OperationalError("gone")
    for key in "abc":
        bell.ring(broker, key)
    assert [record.message for record in caplog.records] == ["the broker did not take the ring for a: gone"]


def test_what_is_no_fault_of_the_broker_is_not_swallowed() -> None:
    broker = Broker()
    broker.error = ValueError("a mistake of ours")
    with pytest.raises(ValueError, match="a mistake of ours"):
        bells.Bell().ring(broker, "a")


def test_every_ring_goes_through_one_bell(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    broker.error = OperationalError("gone")
    monkeypatch.setattr(bells, "_bell", bells.Bell())
    bells.ring(broker, "a")
    bells.ring(broker, "b")
    assert broker.asked == ["a"]
