"""What the environment says, read once, typed, with a hint for each value that is missing.

Every name may be given as `NAME_FILE` instead: the value is then the contents of that file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

HINTS = {
    "SECRET_KEY": "50 random characters or more; `python3 manage.py up` makes one under var/secrets.",
    "DATABASE_URL": "postgresql://quayside_app:…@host/quayside; `python3 manage.py up` brings its own PostgreSQL.",
    "DATABASE_OWNER_URL": "postgresql://quayside_owner:…@host/quayside, the role that migrates.",
    "PORTAL_HOSTS": "the host names this site answers to, separated by commas.",
    "EMAIL_HOST": "the mail server; only the demonstration writes mail to files.",
}


class MissingSetting(SystemExit):
    """A required value is missing: the start stops here, with what to do."""


@dataclass(frozen=True, slots=True)
class Env:
    """Typed access to one mapping of environment variables."""

    values: Mapping[str, str]

    def text(self, name: str, default: str | None = None) -> str:
        """The value of NAME or the contents of the file NAME_FILE; without a default it must be there."""
        if self.values.get(name):
            return self.values[name]
        path = self.values.get(f"{name}_FILE")
        if path and Path(path).is_file():
            return Path(path).read_text(encoding="utf-8").strip()
        if default is None:
            raise MissingSetting(f"{name} is not set. Set {name} or {name}_FILE: {HINTS.get(name, 'see README.md')}")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """One of 1/0, true/false, yes/no, on/off."""
        word = self.text(name, "").lower()
        if not word:
            return default
        if word in {"1", "true", "yes", "on"}:
            return True
        if word in {"0", "false", "no", "off"}:
            return False
        raise MissingSetting(f"{name} is {word!r}. Use 1 or 0.")

    def whole(self, name: str, default: int) -> int:
        word = self.text(name, "")
        if (word and not word.isascii()) or (word and not word.isdigit()):
            raise MissingSetting(f"{name} is {word!r}. Use a whole number.")
        return int(word) if word else default

    def mapping(self, name: str, default: Mapping[str, Any]) -> dict[str, Any]:
        """A JSON object."""
        word = self.text(name, "")
        try:
            found = json.loads(word) if word else dict(default)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise MissingSetting(f'{name} is no JSON object: {{"name": "value"}}.')
        return found

    def listed(self, name: str, default: str | None = None) -> list[str]:
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]


env = Env(os.environ)
