"""No way round the gate: whoever posts to the books is known here, with the reason why the gate is not asked."""

from __future__ import annotations

import ast

from deploy.folder import ROOT

POSTS = {"post", "post_many", "reverse_entry"}
JUDGED = "portal/deposits/services/judged.py"
NOT_JUDGED = {
    "portal/ledger": "the door itself",
    "portal/home/demonstration": "made-up history, loaded before anybody has a habit",
    "portal/home/importing": "another bank's history, which the gate of that bank saw",
    "portal/home/management": "another bank's history, which the gate of that bank saw",
    "portal/drawers": "cash between vault and drawers: no member's money",
    "portal/dayend": "the institution's own bookings",
    "portal/loans": "paid out after two persons' decision to the borrower's own account, paid back from it",
    "portal/counter/services/reversing.py": "takes back a movement that was judged, by rules of its own",
    "portal/counter/services/subjects.py": "takes back a movement that was judged, by rules of its own",
    "portal/deposits/services/accruing.py": "interest earned: the institution's own booking",
    "portal/deposits/services/charging.py": "charges: the institution's own booking",
    "portal/bookkeeping": "entries made by hand, which a second person approves: no member's money",
    "portal/deposits/services/cheque_decisions.py": "another bank has paid or not; handing a cheque in is judged",
    "portal/deposits/services/redress.py": "what the institution gives of its own",
    "portal/deposits/services/closing.py": "what an account owes at its end; its last payout is judged",
    "portal/deposits/services/dividends.py": "dividends: the institution's own booking",
    "portal/deposits/services/fixed.py": "interest at maturity; placing and paying out are judged as plans are",
    "portal/deposits/services/interest.py": "interest: the institution's own booking",
    "portal/deposits/services/moving.py": "a fee that staff take; every movement in it is judged",
    "portal/deposits/services/revising.py": "interest mended: the institution's own booking",
}


def _posting_files() -> list[str]:
    found = []
    for path in sorted((ROOT / "portal").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("portal.ledger.services")
            for alias in node.names
        }
        if names & POSTS:
            found.append(path.relative_to(ROOT).as_posix())
    return found


def test_every_file_that_posts_is_judged_or_says_why_not() -> None:
    strangers = [path for path in _posting_files() if path != JUDGED and not path.startswith(tuple(NOT_JUDGED))]
    assert strangers == []


def test_movements_of_members_post_by_the_gate_alone() -> None:
    """In the files of movements `post` itself is called for nothing but what is named above."""
    calls = {}
    for file in ("moving", "plans", "closing"):
        text = (ROOT / f"portal/deposits/services/{file}.py").read_text(encoding="utf-8")
        called = [name for node in ast.walk(ast.parse(text)) if (name := _called(node))]
        calls[file] = (called.count("post"), called.count("post_judged"))
    assert calls == {"moving": (1, 3), "plans": (0, 1), "closing": (1, 1)}


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
