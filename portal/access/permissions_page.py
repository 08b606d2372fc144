"""`docs/permissions.md`, made from the table of grants."""

from __future__ import annotations

from portal.access.capabilities import DESCRIPTIONS, Capability
from portal.access.grants import FORBIDDEN_TOGETHER, GRANTS, Scope
from portal.access.roles import Role


def permissions_markdown() -> str:
    """The whole page; a test compares it with the file."""
    roles = list(Role)
    lines = [
        "# Who may do what",
        "",
        "Made by `python3 manage.py permissions_page` from `portal/access/grants.py`; do not edit by hand.",
        "",
        "| Capability | What it allows | " + " | ".join(role.label for role in roles) + " |",
        "|---|---|" + "---|" * len(roles),
    ]
    for capability in Capability:
        cells = (_cell(GRANTS[capability][role]) for role in roles)
        lines.append(f"| `{capability.name}` | {DESCRIPTIONS[capability]} | " + " | ".join(cells) + " |")
    lines += ["", "## Never held together", ""]
    lines += [f"- `{one.name}` and `{other.name}`" for one, other in FORBIDDEN_TOGETHER]
    return "\n".join(lines) + "\n"


def _cell(scope: Scope) -> str:
    return "–" if scope is Scope.NONE else scope.name.lower()
