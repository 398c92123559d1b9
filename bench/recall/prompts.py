"""What the model is asked: pure functions. The protocols are the published ones, in words of our own.

``longmemeval``: read step by step and judged by kind of question with yes or no, as in the paper's `run_generation.py`
and `evaluate_qa.py` (https://github.com/xiaowu0162/LongMemEval). ``locomo``: a short answer with dates made absolute,
judged CORRECT or WRONG with a generous hand, as first done by mem0 (https://github.com/mem0ai/mem0, `evaluation/`) and
taken over by those who publish on LoCoMo since.
"""

import re

from bench.recall.corpus import Question

PROTOCOLS = {
    "longmemeval": "LongMemEval's protocol (evaluate_qa.py)",
    "locomo": "the LoCoMo judge's protocol (mem0, evaluation/metrics/llm_judge.py)",
}

_READ = {
    "longmemeval": """\
Below is what is remembered of earlier chats between you and a user. Answer the user's question from it.
Work step by step: first collect everything in it that bears on the question, then reason from that to the answer.

What is remembered:

{block}

Today's date: {today}
Question: {question}
Answer, step by step:""",
    "locomo": """\
Below is what is remembered of a conversation between people, with the time at which each thing was said.
Answer the question from it alone.
- Look for what speaks of the question directly, and mind when it was said.
- Where two things contradict each other, the later one holds.
- Turn relative times into dates by the time at which they were said: "last year", said in May 2022, is 2021. Never
  answer with a relative time.
- Don't take a name that is mentioned for the name of who speaks.
- Answer in no more than five or six words.

What is remembered:

{block}

Question: {question}
Answer:""",
}

_PLAIN = """\
Here are a question, its correct answer and a model's response. Say yes if the response contains the correct answer, is
equivalent to it, or contains all the steps that lead to it. Say no if it contains only a part of what is asked for."""
_RULES = {
    "temporal-reasoning": f"{_PLAIN} Where a number of days, weeks or months is asked for, one off is right too.",
    "knowledge-update": """\
Here are a question, its correct answer and a model's response. Say yes if the response contains the correct answer. It
may tell earlier states too, as long as what it gives as the present one is the correct answer. Otherwise say no.""",
    "single-session-preference": """\
Here are a question, a rubric that tells what a response made for this user would be like, and a model's response. Say
yes if the response recalls what it knows of the user and uses it rightly; it need not meet every point of the rubric.
Otherwise say no.""",
}
_ABSTAIN = """\
Here are a question that can't be answered, the reason why it can't, and a model's response. Say yes if the response
recognises that: it may say that information is missing, or that something else is known but not what is asked for."""
_YES_OR_NO = """\
{rule}

Question: {question}
{gold_is}: {gold}
Response: {answer}

{ask} Answer with yes or no only."""

_CORRECT_OR_WRONG = """\
Label an answer as CORRECT or WRONG. You are given a question that one person asks about another from what they told
each other, the gold answer, and the answer to be labelled.

The gold answer is short. The answer may be much longer; be generous: if it tells of the same thing as the gold answer,
it is CORRECT. Of times, gold gives a date, a month or a year: an answer that means the same date or span is CORRECT,
however it is written ("May 7th" and "7 May"), relative times ("last Tuesday") among them.

Question: {question}
Gold answer: {gold}
Answer: {answer}

Give your reason in one sentence, then the label as JSON: {{"label": "CORRECT"}} or {{"label": "WRONG"}}. Use only one
of the two words."""


def to_read(protocol: str, question: Question, block: str) -> str:
    return _READ[protocol].format(block=block, today=question.asked_on or "not known", question=question.text)


def to_judge(protocol: str, question: Question, answer: str) -> str:
    given = {"question": question.text, "gold": question.answer, "answer": answer}
    if protocol == "locomo":
        return _CORRECT_OR_WRONG.format(**given)
    if question.apart:
        return _YES_OR_NO.format(
            **given, rule=_ABSTAIN, gold_is="Reason", ask="Does the response recognise that it can't be answered?"
        )
    gold_is = "Rubric" if question.category == "single-session-preference" else "Correct answer"
    rule = _RULES.get(question.category, _PLAIN)
    return _YES_OR_NO.format(**given, rule=rule, gold_is=gold_is, ask="Is the response right?")


def verdict(protocol: str, reply: str) -> bool | None:
    """What a reply says: of LoCoMo its last label, of LongMemEval its first yes or no. None: neither."""
    if protocol == "locomo":
        labels = re.findall(r"\b(CORRECT|WRONG)\b", reply.upper())
        return labels[-1] == "CORRECT" if labels else None
    found = re.search(r"\b(yes|no)\b", reply.lower())
    return found[1] == "yes" if found else None
