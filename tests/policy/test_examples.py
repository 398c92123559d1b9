"""Each operation has an example of what is sent and answered; each is right by its schema, and they fit together."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft202012Validator

from graphs.tokens import count
from memos.api.schema.examples import written

SCHEMA = yaml.safe_load((settings.BASE_DIR / "docs/openapi.yaml").read_text())
OPERATIONS = {one["operationId"]: one for methods in SCHEMA["paths"].values() for one in methods.values()}
STRICT = copy.deepcopy(SCHEMA)
for _component in STRICT["components"]["schemas"].values():
    if "properties" in _component:
        _component["additionalProperties"] = False
"""In which an answer has the fields that are told and no others."""


def _content(part: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "$ref" in part:
        part = SCHEMA["components"]["responses"][part["$ref"].rpartition("/")[2]]
    yield from part.get("content", {}).items()


def _errors(schema: dict[str, Any], value: Any) -> list[str]:
    validator = Draft202012Validator({**STRICT, **schema}, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_sent_and_answered_has_an_example_that_is_right(name: str) -> None:
    operation = OPERATIONS[name]
    parts = [operation.get("requestBody", {}), *operation["responses"].values()]
    for type_, media in (found for part in parts for found in _content(part)):
        examples = [one["value"] for one in media.get("examples", {}).values()] or [media.get("example")]
        assert examples != [None], f"{name} lacks an example of {type_}: write it in memos/api/schema/examples.yaml"
        assert [error for example in examples for error in _errors(media["schema"], example)] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_parameter_has_an_example_that_is_right(name: str) -> None:
    parameters = [one for one in OPERATIONS[name]["parameters"] if "$ref" not in one]
    for parameter in parameters:
        assert "example" in parameter or parameter["in"] != "path", f"{name} lacks an example of {parameter['name']}"
        if "example" in parameter:
            assert _errors(parameter["schema"], parameter["example"]) == []


def test_no_example_is_left_of_an_operation_that_is_gone() -> None:
    assert set(written()["operations"]) <= set(OPERATIONS)


def test_the_ids_in_the_examples_are_those_of_one_world() -> None:
    known = set(written()["ids"].values())
    used = set(re.findall(r"\b[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}\b", yaml.safe_dump(written()["operations"])))
    assert used - known == set()


def test_the_block_has_as_many_tokens_as_it_says() -> None:
    answer = written()["operations"]["getContext"]["answer"]
    assert count(answer["context"]) == answer["tokens"]
