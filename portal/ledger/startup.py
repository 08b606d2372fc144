"""Refuse to serve on a database that could lose or change the books (SECURITY R86)."""

from __future__ import annotations

from django.db import connection

_DURABLE = {"fsync": "on", "full_page_writes": "on", "data_checksums": "on"}
_JOURNAL = ("ledger_entry", "ledger_posting", "ledger_balance", "ledger_idempotencykey", "ledger_seal", "audit_change")
_RIGHTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


class UnsafeDatabase(SystemExit):
    """The database is not one that may hold money: the start stops, saying why."""


def unsafe_reasons() -> list[str]:
    """What is wrong with this database's durability and this role's rights; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*_DURABLE, "synchronous_commit"]]
        )
        found = dict(cursor.fetchall())
        cursor.execute(
            "SELECT t, r FROM unnest(%s::text[]) AS t, unnest(%s::text[]) AS r "
            "WHERE to_regclass(t) IS NULL OR has_table_privilege(to_regclass(t), r)",
            [list(_JOURNAL), list(_RIGHTS)],
        )
        rights = cursor.fetchall()
        cursor.execute("SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        powers = cursor.fetchone() or (True, True, True)
    reasons = [
        f"{name} is {found.get(name)}, must be {want}" for name, want in _DURABLE.items() if found.get(name) != want
    ]
    if found.get("synchronous_commit") in {"off", None}:
        reasons.append("synchronous_commit is off")
    reasons += [f"this role may {right} {table}, or the table is missing" for table, right in rights]
    if any(powers):
        reasons.append("this role is a superuser or makes roles; serve as quayside_app")
    return reasons


def refuse_to_serve_if_unsafe() -> None:
    """Stop the start with every reason at once; called when the web's and the worker's application is made."""
    reasons = unsafe_reasons()
    if reasons:
        raise UnsafeDatabase("Quayside does not serve on this database:\n  - " + "\n  - ".join(reasons))
