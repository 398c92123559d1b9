"""Words that carry no content. From the closed classes of English grammar and the small change of chat."""

import re

STOP = frozenset(
    """a about above after again all also am an and any are aren't as at be because been before being both but by can
    can't could couldn't d did didn't do does doesn't doing don't down during each even every few for from further had
    hadn't has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its
    itself just ll m me might more most must my myself no nor not now of off on once only or other our ours out over
    own re s same shall she should so some such t than that the their theirs them themselves then there these they this
    those through to too under until up us ve very was wasn't we were weren't what when where which while who whom why
    will with won't would wouldn't you your yours yourself""".split()
)

SMALL_TALK = frozenset(
    """absolutely agree agreed alright amazing appreciate awesome aww bye cheers congrats congratulations cool course
    definitely exactly fantastic fine glad goodbye good great haha hahaha happy hear hello hey hi hmm hope hoping
    incredible interesting kind know lol lovely luck mean nice oh ok okay omg perfect pleasure please proud really
    right sorry sounds sure sweet talk thank thankful thanks think thought totally true understand welcome well wish
    wonderful wow yay yeah yep yes yup""".split()
)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese, which put no spaces between words."""


def content_words(text: str) -> list[str]:
    """The words of a text that say something, in lower case; in scripts without spaces pairs of letters."""
    found = (word.lower().replace("’", "'") for run in _WORD.findall(text) for word in _words_of(run))
    return [word for word in found if word not in STOP and word not in SMALL_TALK]


def _words_of(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))] if _UNSPACED.search(run) else [run]
