"""Settings from the environment or `.env`, read strictly: a wrong value stops the start and names itself."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off")


class Environment:
    """An empty value is no value."""

    def __init__(self, env_file: Path):
        self._env = environ.Env()
        environ.Env.read_env(env_file)

    def text(self, name: str, default: str = "") -> str:
        return self._env.str(name, "").strip() or default

    def items(self, name: str, default: list[str]) -> list[str]:
        """Values with commas between them."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()] or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in TRUE + FALSE:
            raise ImproperlyConfigured(f"{name} has to be true or false, not {value!r}.")
        return value in TRUE

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ImproperlyConfigured(f"{name} has to be a whole number from {low} to {high}, not {value!r}.")
        return int(value)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} has to be one of {', '.join(choices)}, not {value!r}.")
        return value
