"""What must be right before Memos starts."""

from typing import Any

from django.core.checks import CheckMessage, Error, Info, Warning, register

from graphs import embedders

MODELS = "models"
EMBEDDER = "embedder"


@register(MODELS)
def models_are_there(**kwargs: Any) -> list[CheckMessage]:
    """A missing or altered model file stops the start: falling back in silence would lose recall unseen."""
    try:
        embedders.current().check()
    except embedders.ModelMissing as error:
        return [Error(str(error), id="memos.E001")]
    return []


@register(EMBEDDER, deploy=True)
def embedder_answers(**kwargs: Any) -> list[CheckMessage]:
    """Which embedder is used, and as the hint how far search can go with it. Asks a remote one, so it is not among the
    checks of every start."""
    embedder = embedders.current()
    name = embedder.model or "none"
    try:
        embedder.check()
        embedder.reach()
    except (embedders.ModelMissing, embedders.EmbedderUnavailable) as error:
        return [Warning(name, hint=embedder.step, obj=error, id="memos.W001")]
    return [Info(name, hint=embedder.step, id="memos.I001")]
