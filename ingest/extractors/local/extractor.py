"""From what people say in chat to facts in the third person, by rules over a parse: no LLM, no network.

It would rather stay silent than be wrong: what is not understood stays recallable word for word as an episode.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from graphs.dates import Resolved
from ingest.extractors.base import SPEAKER, Ending, Fact, Utterance
from ingest.extractors.local import retelling
from ingest.extractors.local.answers import completed
from ingest.extractors.local.clause import Clause
from ingest.extractors.local.clauses import clauses, reasons
from ingest.extractors.local.cleaning import prose
from ingest.extractors.local.closings import closings_of
from ingest.extractors.local.coordination import parsed
from ingest.extractors.local.corrections import corrections_of, mended_facts, mended_lines
from ingest.extractors.local.instructions import read_instruction
from ingest.extractors.local.mentions import mentions_before
from ingest.extractors.local.parsing import model
from ingest.extractors.local.phrases import read_phrase
from ingest.extractors.local.reader import read, said_in
from ingest.extractors.local.scene import Said, Scene
from ingest.extractors.local.screening import is_open, may_hold_a_fact
from ingest.extractors.local.sentences import Sentence, last_sentence, sentences
from ingest.extractors.local.slots import slot_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEAST_CONFIDENCE = 0.5
DOUBTFUL = 0.55
NOWHERE = -1
"""Where a date stands in a sentence that it is only inherited by."""


class LocalExtractor:
    """Reads English; of other languages it makes nothing."""

    def load(self) -> None:
        model()

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        corrected = {place: pair for place, each in enumerate(utterances) if (pair := corrections_of(each))}
        found = _read([*utterances, *(each for pair in corrected.values() for each in pair)])
        facts, mended = found[: len(utterances)], iter(found[len(utterances) :])
        for place in corrected:
            facts[place] = [*mended_facts(next(mended), next(mended)), *facts[place]]
        return facts


def _read(utterances: Sequence[Utterance]) -> list[list[Fact]]:
    said = [_sentences_of(each) for each in utterances]
    texts = [sentence.text for each in said for sentence in each if may_hold_a_fact(sentence.text)]
    docs = parsed(texts) if texts else iter(())
    return [_facts(utterance, each, docs) for utterance, each in zip(utterances, said, strict=True)]


def _sentences_of(utterance: Utterance) -> list[Sentence]:
    if utterance.language != "en":
        return []
    own = utterance.said_before()
    return sentences(
        completed(mended_lines(prose(utterance.text), utterance.said_at), utterance),
        mentions_before(utterance),
        last_sentence(own[-1].text) if own else "",
    )


def _facts(utterance: Utterance, said: list[Sentence], read: "Iterator[list[Doc]]") -> list[Fact]:
    scene, facts = Scene(), []
    for sentence in said:
        instruction = read_instruction(sentence.text)
        docs = next(read) if may_hold_a_fact(sentence.text) else []
        if instruction:
            facts.append(_weighed(instruction, sentence))
        elif docs:
            found = list(_facts_of_sentence(docs, sentence, scene, utterance))
            found = found or list(filter(None, [read_phrase(sentence.text)]))
            facts += [_weighed(fact, sentence) for fact in found]
    return _without_doubles(facts)


def _facts_of_sentence(docs: "list[Doc]", sentence: Sentence, scene: Scene, utterance: Utterance) -> Iterator[Fact]:
    opening: Said | None = None
    for clause in chain.from_iterable(map(clauses, docs)):
        said = _heard(clause, scene, utterance, sentence, opening)
        opening = opening or said
        fact = _fact(said)
        if fact is None:
            whys = (_heard(each, scene, utterance, sentence, None) for each in reasons(clause))
            yield from filter(None, map(_fact, whys))
        else:
            yield fact
        if said is not None:
            retelling.remember(said, scene)


def _weighed(fact: Fact, sentence: Sentence) -> Fact:
    """With less confidence where it was said with a doubt, and the end of what it names as not so."""
    own = (link.predicate for link in fact.links if link.subject.name == SPEAKER)
    ends = tuple(Ending(predicate, sentence.instead_of) for predicate in own) if sentence.instead_of else ()
    confidence = min(fact.confidence, DOUBTFUL) if sentence.hedged else fact.confidence
    slot, closes = slot_of(fact.content), () if sentence.hedged else closings_of(fact.content)
    return replace(fact, confidence=confidence, ends=(*fact.ends, *ends), slot=slot, closes=closes)


def _fact(said: Said | None) -> Fact | None:
    reading = read(said) if said is not None else None
    if said is None or reading is None or reading.confidence < LEAST_CONFIDENCE:
        return None
    return retelling.fact(said, reading)


def _heard(clause: Clause, scene: Scene, utterance: Utterance, sentence: Sentence, opening: Said | None) -> Said | None:
    """A date before the first verb is for all that follows: "On Saturday I went to … and bought …"."""
    if is_open("".join(t.text_with_ws for t in (*clause.shared, *clause.tokens))):
        return None
    leading: tuple[Resolved, ...] = ()
    if opening is not None:
        subject = opening.clause.subject
        start = subject.left_edge.idx if subject is not None else opening.clause.head.idx
        leading = tuple(date for date in opening.dates if date.start_char < start)
        if opening.clause.head.doc is not clause.head.doc:
            leading = tuple(replace(date, start_char=NOWHERE, end_char=NOWHERE) for date in leading)
    return said_in(clause, scene, utterance.said_at, corrects=sentence.corrects, inherited=leading)


def _without_doubles(facts: list[Fact]) -> list[Fact]:
    seen: dict[str, Fact] = {}
    for fact in facts:
        seen.setdefault(fact.content.lower(), fact)
    return list(seen.values())
