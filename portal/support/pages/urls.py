"""Addresses of support: customers' under `help/`, the staff's under `tickets/` and `chats/`."""

from __future__ import annotations

from django.urls import path

from portal.support.pages import chat, complaints, desk, handing, helping, queue, shared, ticket

_HELP, _TICKET, _CHAT = "help/<uuid:ticket_id>/", "tickets/<uuid:ticket_id>/", "chats/<uuid:chat_id>/"

urlpatterns = [
    path("help/", helping.help_list, name="help_list"),
    path("help/new/", helping.help_new, name="help_new"),
    path("help/chat/", chat.chat_mine, name="chat_mine"),
    path("help/chat/begin/", chat.chat_begin, name="chat_begin"),
    path("help/waiting/", helping.help_badge, name="help_badge"),
    path(_HELP, helping.help_detail, name="help_detail"),
    path(f"{_HELP}reply/", helping.help_reply, name="help_reply"),
    path(f"{_HELP}rate/", helping.help_rate, name="help_rate"),
    path("tickets/", queue.ticket_queue, name="ticket_queue"),
    path("tickets/new/", queue.ticket_new, name="ticket_new"),
    path("tickets/waiting/", queue.ticket_badge, name="ticket_badge"),
    path("tickets/together/", queue.ticket_bulk, name="ticket_bulk"),
    path("tickets/complaints.csv", complaints.complaint_csv, name="complaint_csv"),
    path("tickets/desk/", desk.desk_setup, name="desk_setup"),
    path("tickets/desk/replies/new/", desk.macro_new, name="macro_new"),
    path("tickets/desk/replies/<int:macro_id>/", desk.macro_edit, name="macro_edit"),
    path("tickets/desk/replies/<int:macro_id>/retire/", desk.macro_retire, name="macro_retire"),
    path("tickets/desk/categories/<int:category_id>/", desk.category_edit, name="category_edit"),
    path("tickets/desk/hours/<int:branch_id>/", desk.hours_edit, name="hours_edit"),
    path(_TICKET, ticket.ticket_detail, name="ticket_detail"),
    path(f"{_TICKET}reply/", ticket.ticket_reply, name="ticket_reply"),
    path(f"{_TICKET}note/", ticket.ticket_note, name="ticket_note"),
    path(f"{_TICKET}change/", ticket.ticket_change, name="ticket_change"),
    path(f"{_TICKET}step/<int:step_id>/", ticket.ticket_step, name="ticket_step"),
    path(f"{_TICKET}link/", handing.ticket_link, name="ticket_link"),
    path(f"{_TICKET}hand-over/", handing.ticket_hand_over, name="ticket_hand_over"),
    path(f"{_TICKET}merge/", ticket.ticket_merge, name="ticket_merge"),
    path(f"{_TICKET}split/", ticket.ticket_split, name="ticket_split"),
    path(f"{_TICKET}answer/", complaints.complaint_settle, name="complaint_settle"),
    path(f"{_TICKET}redress/", complaints.complaint_redress, name="complaint_redress"),
    path("threads/<uuid:ticket_id>/draft/", shared.thread_draft, name="thread_draft"),
    path("threads/<uuid:ticket_id>/messages/<int:turn>/back/", shared.thread_take_back, name="thread_take_back"),
    path("threads/<uuid:ticket_id>/pdf/", shared.thread_pdf, name="thread_pdf"),
    path("threads/<uuid:ticket_id>/files/<uuid:upload_id>/", shared.thread_file, name="thread_file"),
    path("chats/", chat.chat_desk, name="chat_desk"),
    path("chats/waiting/", chat.chat_badge, name="chat_badge"),
    path(_CHAT, chat.chat_detail, name="chat_detail"),
    path(f"{_CHAT}lines/", chat.chat_lines, name="chat_lines"),
    path(f"{_CHAT}say/", chat.chat_say, name="chat_say"),
    path(f"{_CHAT}typing/", chat.chat_typing, name="chat_typing"),
    path(f"{_CHAT}take/", chat.chat_take, name="chat_take"),
    path(f"{_CHAT}hand-over/", chat.chat_hand_over, name="chat_hand_over"),
    path(f"{_CHAT}end/", chat.chat_end, name="chat_end"),
    path(f"{_CHAT}ticket/", chat.chat_ticket, name="chat_ticket"),
    path(f"{_CHAT}files/<uuid:upload_id>/", chat.chat_file, name="chat_file"),
]
