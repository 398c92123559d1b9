"""The ids of restored rows."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ingest.transfer.identities import renewer
from memos import ids

PROJECT, OTHER = ids.new_id(), ids.new_id()
renew, renew_elsewhere = renewer(PROJECT), renewer(OTHER)


@given(st.uuids())
def test_an_id_is_new_and_always_the_same(old: UUID) -> None:
    assert renew(old) == renewer(PROJECT)(old)
    assert len({old, renew(old), renew_elsewhere(old)}) == 3


@given(st.uuids())
def test_it_keeps_the_time_at_which_it_was_made(old: UUID) -> None:
    assert renew(old).bytes[:6] == old.bytes[:6]
    assert len(ids.encode("usr", renew(old))) == 30


def test_ids_keep_their_order() -> None:
    """Those of one millisecond too, which a process counts up."""
    made = [ids.new_id() for _ in range(5000)]
    assert sorted(map(renew, made)) == list(map(renew, made))
    assert len(set(map(renew, made))) == len(made)
