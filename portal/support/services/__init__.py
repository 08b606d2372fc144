"""What is done with tickets, complaints, chats and the desk."""

from portal.support.services.complaints import (
    REDRESS,
    ask_for_redress,
    check_redress,
    pay_redress,
    settle_complaint,
    tell_deadlines,
)
from portal.support.services.desk import change_category, retire_macro, set_hours, write_macro
from portal.support.services.handing import hand_to_branch, link_ticket
from portal.support.services.merging import merge_tickets, split_ticket
from portal.support.services.raising import NewTicket, raise_ticket
from portal.support.services.replying import reply, save_draft, take_back, write_note
from portal.support.services.working import (
    assign,
    change_priority,
    change_state,
    do_step,
    rate,
    tag,
    use_macro,
)

__all__ = [
    "REDRESS",
    "NewTicket",
    "ask_for_redress",
    "assign",
    "change_category",
    "change_priority",
    "change_state",
    "check_redress",
    "do_step",
    "hand_to_branch",
    "link_ticket",
    "merge_tickets",
    "pay_redress",
    "raise_ticket",
    "rate",
    "reply",
    "retire_macro",
    "save_draft",
    "set_hours",
    "settle_complaint",
    "split_ticket",
    "tag",
    "take_back",
    "tell_deadlines",
    "use_macro",
    "write_macro",
    "write_note",
]
