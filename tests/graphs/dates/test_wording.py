from datetime import UTC, datetime

import pytest

from graphs.dates import in_words, phrase, resolve_dates

SAID_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words", "full"),
    [
        ("yesterday", "9 March 2026", "on 9 March 2026"),
        ("last night", "the night of 9 March 2026", "on the night of 9 March 2026"),
        ("last week", "the week of 2 March 2026", "in the week of 2 March 2026"),
        ("last weekend", "the weekend of 7 March 2026", "on the weekend of 7 March 2026"),
        ("last month", "February 2026", "in February 2026"),
        ("last summer", "summer 2025", "in summer 2025"),
        ("in 2019", "2019", "in 2019"),
        ("tomorrow at 6pm", "11 March 2026 at 18:00", "on 11 March 2026 at 18:00"),
        ("since last year", "2025", "since 2025"),
        ("until June I will", "June 2026", "until June 2026"),
        ("from 2015 to 2019", "2015 to 2019", "from 2015 to 2019"),
        ("for five years", "2021", "since 2021"),
        ("by 2030", "2030", "by 2030"),
        ("in Q3 2027", "Q3 2027", "in Q3 2027"),
        ("by the end of the year", "2026", "by the end of 2026"),
        ("in early March 2025", "March 2025", "in early March 2025"),
        ("from June 3 to June 7, 2025", "3 June 2025 to 7 June 2025", "from 3 June 2025 to 7 June 2025"),
    ],
)
def test_a_date_is_said_in_absolute_words(text: str, words: str, full: str) -> None:
    (found,) = resolve_dates(text, SAID_AT)
    assert in_words(found.span) == words
    assert phrase(found.span, found.text) == full
