"""Values that hold others: lists, objects, what may be null."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.transfer.values import RefAsText, Renew, Value, Wrong, refuse
from memos.api.serializers import camel_case


@dataclass(frozen=True, slots=True)
class Optional:
    """Or null."""

    value: Value

    def dump(self, value: Any) -> Any:
        return None if value is None else self.value.dump(value)

    def load(self, given: Any, renew: Renew) -> Any:
        return None if given is None else self.value.load(given, renew)


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Value

    def dump(self, value: Sequence[Any]) -> list[Any]:
        return [self.of.dump(each) for each in value]

    def load(self, given: Any, renew: Renew) -> list[Any]:
        if not isinstance(given, list):
            refuse("Give a list.")
        return [_inside(f"[{place}]", self.of, each, renew) for place, each in enumerate(given)]


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with those names, all of them and no others: snake_case where it is kept, camelCase in the file."""

    of: Mapping[str, Value]

    def dump(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {camel_case(name): inner.dump(value[name]) for name, inner in self.of.items()}

    def load(self, given: Any, renew: Renew) -> dict[str, Any]:
        if not isinstance(given, dict):
            refuse("Give a JSON object.")
        shown = {camel_case(name): name for name in self.of}
        same_names(given, shown)
        return {name: _inside(f".{key}", self.of[name], given[key], renew) for key, name in shown.items()}


def same_names(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Raises Wrong for a name that is missing or not known."""
    for name in known:
        if name not in given:
            raise Wrong("This is missing.", f".{name}")
    for name in given:
        if name not in known:
            raise Wrong("This name is not known here.", f".{name[:100]}")


@dataclass(frozen=True, slots=True)
class Perhaps:
    """An object that is either empty or what ``value`` is."""

    value: Value

    def dump(self, value: Any) -> Any:
        return self.value.dump(value) if value else {}

    def load(self, given: Any, renew: Renew) -> Any:
        return {} if given == {} else self.value.load(given, renew)


@dataclass(frozen=True, slots=True)
class ByRef:
    """An object whose names are ids."""

    key: RefAsText
    of: Value

    def dump(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {self.key.dump(key): self.of.dump(each) for key, each in value.items()}

    def load(self, given: Any, renew: Renew) -> dict[str, Any]:
        if not isinstance(given, dict):
            refuse("Give a JSON object.")
        return {
            _inside(f".{key[:40]}", self.key, key, renew): _inside(f".{key[:40]}", self.of, each, renew)
            for key, each in given.items()
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """A list of two."""

    first: Value
    second: Value

    def dump(self, value: Sequence[Any]) -> list[Any]:
        return [self.first.dump(value[0]), self.second.dump(value[1])]

    def load(self, given: Any, renew: Renew) -> list[Any]:
        if not isinstance(given, list) or len(given) != 2:
            refuse("Give a list of two.")
        return [_inside("[0]", self.first, given[0], renew), _inside("[1]", self.second, given[1], renew)]


def _inside(path: str, value: Value, given: Any, renew: Renew) -> Any:
    try:
        return value.load(given, renew)
    except Wrong as error:
        raise Wrong(str(error), path + error.path) from None
