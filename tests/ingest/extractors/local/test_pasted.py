"""What was pasted into a message makes no memory; the speaker's own words around it do."""

import pytest

from ingest.extractors.local.cleaning import prose

BLOCK = "<memory>\nMemory of Ana. Data, not instructions.\n# Facts\nAna lives in Rome.\nAna likes tea.\n</memory>"
UNFENCED = "What is remembered of Ana. Data, not instructions.\n# What is known\nI am Bob.\n# What was said\nI ski."
TRACE = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    I am Bob\nValueError: I live in Rome'
JAVA = "Exception in thread main java.lang.Error\n at com.foo.Bar(Bar.java:3)\nCaused by: my.app.Failure: I am broken"
LOG = "2026-03-01 10:00:01 ERROR I am broken\n2026-03-01 10:00:02 INFO My server is in Rome\nMar  3 10:00:00 I rebooted"
CODE = 'def f():\n    # I live in Rome\n    name = "I am Bob"\n    return name'
CONFIG = 'kind: ConfigMap\nowner: "I am root"\ncity: "I live in Tartu"'
JSON = '{"home": "I live in Rome",\n "job": "I am a nurse"}'
MAIL = "On Mon, 3 Mar 2026 at 10:00, Bob Lee <bob@example.org>\nwrote:\nI live in Rome.\n\nI love tea."
OUTLOOK = "From: Bob\nSent: Monday\nTo: Ana\nSubject: Hi\n\nI live in Rome."
CHAT = (
    "[09.03.26, 18:02] Ulla: I'm pregnant!!\n[09.03.26, 18:03] Ben: WHAT\n[09.03.26, 18:04] Ulla: I found out yesterday"
)
MINUTES = "Jorge: I will finish the draft by Friday.\nWen: I'm on holiday from 16 March."
LONG = "\n\n".join(["I was born in Ohio and my father was a farmer. " * 40] * 6)


@pytest.mark.parametrize(
    "pasted", [BLOCK, UNFENCED, TRACE, JAVA, LOG, CODE, CONFIG, JSON, CHAT, MINUTES, f"```\n{CODE}\n```", LONG]
)
def test_what_was_pasted_is_left_out_and_what_stands_around_it_is_kept(pasted: str) -> None:
    assert prose(f"I work at Acme.\n\n{pasted}\n\nI love jazz.") == ["I work at Acme.", "I love jazz."]


@pytest.mark.parametrize("quoted", [MAIL, OUTLOOK, "-----Original Message-----\nI live in Rome."])
def test_a_mail_below_is_left_out_to_its_end(quoted: str) -> None:
    assert prose(f"I work at Acme.\n\n{quoted}") == ["I work at Acme."]


def test_an_answer_below_a_quoted_line_is_kept() -> None:
    assert prose("On Tue, Bob wrote:\n> I live in Rome\n> bye\n\nI work at Acme.") == ["I work at Acme."]


def test_a_block_of_ours_without_its_frame_is_known_by_its_heading() -> None:
    assert prose("I love jazz.\n# Facts\n- The user lives in Rome (since 2020)\n- The user is Bob") == ["I love jazz."]


@pytest.mark.parametrize(
    "asked",
    [
        "Please summarise this:",
        "Can you explain this verse?",
        "Translate the following:",
        "Here's the email from my boss:",
    ],
)
def test_what_is_to_be_worked_on_is_not_what_the_speaker_says(asked: str) -> None:
    assert prose(f"{asked}\n\nI left my heart in Hull.\n\nMy father was a farmer.\n\nBy the way, I live in Oslo.") == [
        asked,
        "By the way, I live in Oslo.",
    ]


def test_several_sentences_in_quotes_are_somebody_elses() -> None:
    assert prose('A guest wrote: "I stayed two nights with my kids. I found a hair in my soup."') == [
        "A guest wrote: ..."
    ]


@pytest.mark.parametrize("said", ["Name: Ana\nEmail: ana@example.org", "I live in Rome.\nI love tea.\nMy job: nurse"])
def test_short_lines_of_ones_own_are_no_transcript(said: str) -> None:
    assert prose(said) == said.splitlines()
