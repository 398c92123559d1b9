"""How answers are written that are not one JSON value."""

from rest_framework.renderers import JSONRenderer

JSON_LINES = "application/x-ndjson"


class JSONLines(JSONRenderer):
    """Lets a caller accept JSON Lines. The answer is streamed and needs no renderer; what is wrong is JSON."""

    media_type = JSON_LINES
    format = "jsonl"


EXPORT_RENDERERS = [JSONLines, JSONRenderer]
