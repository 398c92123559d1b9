"""The examples of `examples.yaml`, each at its operation."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("examples.yaml")


@cache
def written() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())


def add_to(operation: dict[str, Any]) -> dict[str, Any]:
    """Its parameters, its body and its answer as one world has them; those of other media types stand by the type."""
    found = written()["operations"].get(operation["operationId"], {})
    for parameter in operation["parameters"]:
        given = found.get("query", {}) if parameter.get("in") == "query" else written()["paths"]
        if parameter.get("name") in given:
            parameter["example"] = given[parameter["name"]]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        _put(media, found.get("request"))
    good = next(answer for status, answer in operation["responses"].items() if status < "300")
    for type_, media in good.get("content", {}).items():
        _put(media, found.get("answer" if type_ == "application/json" else type_))
    return operation


def _put(media: dict[str, Any], example: Any) -> None:
    if example is not None:
        media["example"] = example
