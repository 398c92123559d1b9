"""How well the extractor reads, alone and without a database: ``python -m bench.extractor bench/cases/fit``.

Nothing is resolved and nothing is closed: ``bench.extraction`` measures all of it.
"""

from collections.abc import Callable

from bench.figures import measure
from bench.found import Outcome, found_by_extractor
from bench.shapes import Conversation
from ingest.extractors.base import Utterance
from ingest.extractors.local import LocalExtractor


def read_alone() -> Callable[[Conversation], Outcome]:
    extractor = LocalExtractor()
    return lambda case: _read(extractor, case)


def _read(extractor: LocalExtractor, case: Conversation) -> Outcome:
    said = [message for message in case.messages if message.role == "user"]
    given = [Utterance(one.text, one.said_at, language=case.language, speaker=one.speaker) for one in said]
    read = zip(said, extractor.extract(given), strict=True)
    return Outcome(
        [found_by_extractor(fact, case.language, one.speaker or case.user) for one, facts in read for fact in facts]
    )


if __name__ == "__main__":
    measure(__doc__, read_alone)
