"""What must be right before Memos starts."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from graphs import embedders

MODELS = "models"


@register(MODELS)
def models_are_there(**kwargs: Any) -> list[CheckMessage]:
    """A missing or altered model file stops the start: falling back in silence would lose recall unseen."""
    try:
        embedders.current().check()
    except embedders.ModelMissing as error:
        return [Error(str(error), id="memos.E001")]
    return []
