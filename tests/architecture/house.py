"""The house as these tests see it: rooms in their order, source files, templates and addresses."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from deploy.folder import ROOT

TEMPLATES = ROOT / "templates"
# What is not a room's own folder is drawn by the shell and may be used by every room.
GROUND = "base"


def contract(word: str) -> dict[str, Any]:
    """The import-linter contract with this word in its name: one list, read there and here."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if word in each["name"])


def _layers() -> list[list[str]]:
    """The order of the rooms, roof first."""
    return [re.findall(r"\w+", layer) for layer in contract("roof to ground")["layers"]]


HEIGHT = {room: height for height, layer in enumerate(reversed(_layers())) for room in layer}


def may_use(room: str, other: str) -> bool:
    """Whether a room may lean on another: itself and what stands below it."""
    return room == other or HEIGHT[other] < HEIGHT[room]


def room_of_module(module: str) -> str | None:
    """The room a module belongs to; None outside the portal."""
    parts = module.split(".")
    return parts[1] if parts[0] == "portal" and len(parts) > 1 else None


def room_of_template(name: str) -> str:
    folder = name.partition("/")[0]
    # allauth looks for its templates in a folder of its own name.
    folder = "signin" if folder == "account" else folder
    return folder if folder in HEIGHT else GROUND


def python_files(*folders: str) -> list[Path]:
    """Our Python files, migrations left out: Django writes them."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def template_files() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Address:
    """One URL pattern with the view behind it."""

    route: str
    name: str | None
    view: Any

    @property
    def room(self) -> str | None:
        return room_of_module(getattr(self.view, "view_class", self.view).__module__)


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Address]:
    """Every address of the site, included ones too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield Address(route, pattern.name, pattern.callback)
        else:
            yield from addresses(pattern, route)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
