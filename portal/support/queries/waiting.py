"""Small questions that every page or every open chat asks again and again: one statement each, planned once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.base.prepared import prepared_cursor
from portal.support.queries.chats import Mark

TICKETS, CHATS, HELP = "Tickets", "Chats", "Help"
_NOBODY = 0
_OF_STAFF = """
SELECT (SELECT count(*) FROM support_ticket AS t
         WHERE t.assignee_id = %s::bigint AND t.state IN ('new', 'open')
           AND (%s::bigint IS NULL OR t.branch_id = %s::bigint)),
       (SELECT count(*) FROM support_chat AS c
         WHERE c.state <> 'ended' AND (%s::bigint IS NULL OR c.branch_id = %s::bigint)
           AND (c.state = 'waiting' OR c.agent_id = %s::bigint AND NOT EXISTS (
                SELECT FROM support_chatseen AS s
                 WHERE s.chat_id = c.id AND s.user_id = c.agent_id AND s.number >= c.count)))
"""
_OF_CUSTOMER = """
SELECT (SELECT count(*) FROM support_ticket AS t WHERE t.customer_id = %s::bigint AND t.state = 'waiting')
     + (SELECT count(*) FROM support_chat AS c
          JOIN support_chatline AS l ON l.chat_id = c.id AND l.is_staff
         WHERE c.customer_id = %s::bigint AND c.state <> 'ended'
           AND l.number > coalesce((SELECT s.number FROM support_chatseen AS s
                                     WHERE s.chat_id = c.id AND s.user_id = %s::bigint), 0))
"""
_MARK = """
SELECT c.state, c.count, least(c.count, coalesce(max(s.number), 0)),
       coalesce(bool_or(s.typing_until > %s::timestamptz), false)
  FROM support_chat AS c
  LEFT JOIN support_chatseen AS s ON s.chat_id = c.id AND s.user_id <> %s::bigint
 WHERE c.id = %s::uuid AND (%s::bigint IS NULL OR c.customer_id = %s::bigint)
   AND (%s::bigint IS NULL OR c.branch_id = %s::bigint)
 GROUP BY c.id
"""


_QUEUE = """
SELECT count(*), coalesce(max(t.serial), 0), coalesce(sum(t.turns), 0),
       count(*) FILTER (WHERE t.resolve_due < %s::timestamptz),
       count(*) FILTER (WHERE t.replied_at IS NULL AND t.reply_due < %s::timestamptz),
       (SELECT coalesce(max(c.id), 0) FROM support_change AS c)
  FROM support_ticket AS t
 WHERE t.state IN ('new', 'open', 'waiting') AND (%s::bigint IS NULL OR t.branch_id = %s::bigint)
"""


def queue_mark(user: Any, *, at: datetime) -> str:
    """What the queue looks like to this reader, in a few signs: while they stay the same, so does every view of it."""
    moment, branch = at.isoformat(), _branch(user, Capability.TICKET_VIEW)
    return "-".join(map(str, _row(_QUEUE, moment, moment, branch, branch)))


def waits(user: Any) -> dict[str, int]:
    """What waits for somebody, by the line of the menu it stands beside: for staff tickets and chats, for a customer answers.

    A customer's are tickets that wait for them, and lines of a chat they have not seen.
    """
    if user.role == Role.CUSTOMER:
        own = user.customer_id or _NOBODY
        return {HELP: _row(_OF_CUSTOMER, own, own, user.pk)[0]}
    tickets, chats = _branch(user, Capability.TICKET_VIEW), _branch(user, Capability.CHAT_ANSWER)
    found = _row(_OF_STAFF, user.pk, tickets, tickets, chats, chats, user.pk)
    return {TICKETS: found[0], CHATS: found[1]}


def mark_for(user: Any, chat_id: UUID, *, at: datetime) -> Mark | None:
    """The mark of a chat this reader may see, else None: what an open page asks again and again, in one statement."""
    is_customer = user.role == Role.CUSTOMER
    own = user.customer_id or _NOBODY if is_customer else None
    branch = None if is_customer else _branch(user, Capability.CHAT_ANSWER)
    found = _row(_MARK, at.isoformat(), user.pk, str(chat_id), own, own, branch, branch)
    return Mark(*found) if found else None


def _branch(user: Any, capability: Capability) -> int | None:
    """The branch that somebody's reach ends at; None for everywhere, a branch that is none for nowhere."""
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return None
    return user.branch_id or _NOBODY if scope is Scope.BRANCH else _NOBODY


def _row(statement: str, *values: str | int | None) -> Any:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
