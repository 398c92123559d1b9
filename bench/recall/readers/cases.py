"""A folder of YAML in the form of ``bench/cases/README.md``: what asks something and forgets nothing, by language."""

from pathlib import Path

from bench import conversations
from bench.recall.corpus import Conversation, Corpus, Question, Turn
from bench.recall.errors import BenchError
from bench.shapes import Conversation as Case


def read(folder: Path, digest: str) -> Corpus:
    try:
        found = [one for one in conversations.read_folder(folder) if one.asks and not one.forget]
    except conversations.FormError as error:
        raise BenchError(" ".join(str(error).split())) from error
    if not found:
        raise BenchError(f"{folder}: no case in it has an `ask`.")
    categories = dict.fromkeys(one.language for one in found)
    return Corpus("cases", "longmemeval", digest, [_conversation(one) for one in found], list(categories))


def _conversation(case: Case) -> Conversation:
    id_ = f"{Path(case.source).name}: {case.case}"
    turns = [
        Turn(str(place), message.text, message.said_at, role=message.role, name=message.speaker)
        for place, message in enumerate(case.messages)
    ]
    asked = [
        Question(f"{id_}#{number}", case.language, ask.question, str(ask.answer or ""), tuple(map(str, ask.evidence)))
        for number, ask in enumerate(case.asks)
    ]
    return Conversation(id_, turns, asked, first_name=case.user)
