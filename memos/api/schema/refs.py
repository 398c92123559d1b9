"""Public ids in the schema: `threadId` is that of a thread, and the `id` of a `ThreadOut` too."""

import re
from functools import cache

from django.apps import apps

from memos.projects.models import Identified

ULID = "[0-9A-HJKMNP-TV-Z]{26}"
EXTERNAL = "ext:.{1,255}"
"""How a user is named by the id that the caller's own system gave them."""


@cache
def prefixes() -> dict[str, str]:
    """What the API calls a kind of row → the prefix of its ids: {"User": "usr", "Job": "ij", …}."""
    models = [model for model in apps.get_models() if issubclass(model, Identified)]
    found = {model.__name__: model.PREFIX for model in models} | {"Event": "evt"}
    for model in models:
        for word in re.findall("[A-Z][a-z]+", model.__name__):
            found.setdefault(word, model.PREFIX)
    return found


def noun_of(name: str) -> str | None:
    """What a property names: `threadId` and `messageIds` do, `externalId` does not."""
    noun = re.sub("Ids?$", "", name)
    noun = noun[:1].upper() + noun[1:]
    return noun if name.endswith(("Id", "Ids")) and noun in prefixes() else None


def noun_in(component: str) -> str | None:
    """Whose `id` stands in a component: `ThreadInList` is a thread, `IssuedWebhook` a webhook."""
    begins = [noun for noun in prefixes() if component.startswith(noun)]
    return max(begins or [noun for noun in prefixes() if component.endswith(noun)], key=len, default=None)


def pattern(*nouns: str) -> str:
    """What ids of these kinds, or of any kind, look like."""
    known = [prefixes()[noun] for noun in nouns]
    kinds = {0: "[a-z]{2,4}", 1: "".join(known)}.get(len(known), f"({'|'.join(known)})")
    return f"^{kinds}_{ULID}$"


def pattern_sent(*nouns: str) -> str:
    """The same in what a caller sends, where a user may be named by their external id too."""
    return f"^({prefixes()['User']}_{ULID}|{EXTERNAL})$" if nouns == ("User",) else pattern(*nouns)
