"""Chats: the customer's own, and the desk that answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import KeyField, typed_field
from portal.base.render import page, refused, see_other
from portal.documents.handling import as_response
from portal.documents.uploads import contents
from portal.people.models import User
from portal.people.queries import customers_for
from portal.support import queries
from portal.support.models import Category, Chat
from portal.support.pages.helping import instead_of_chat
from portal.support.services import chatting

DETAIL, MINE = "support/chat_detail.html", "support/chat_mine.html"
TOO_MANY_REQUESTS = 429
PER_PAGE = 25


class LineForm(forms.Form):
    """One line, and a picture or paper that goes with it."""

    key = KeyField()
    text = forms.CharField(
        label="Your message",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Picture or PDF",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )


class HandOverForm(forms.Form):
    """To which colleague."""

    to = forms.ModelChoiceField(User.objects.none(), label="Hand over to", empty_label=None)

    def __init__(self, *args: Any, chat: Chat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = queries.workers_for(chat.branch).exclude(pk=chat.agent_id or 0)
        typed_field(self, "to", forms.ModelChoiceField).queryset = colleagues


class TicketForm(forms.Form):
    """What the chat goes on as."""

    category = forms.ModelChoiceField(Category.objects.none(), label="Goes on as", empty_label=None)
    subject = forms.CharField(label="In one line", max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "category", forms.ModelChoiceField).queryset = queries.categories_offered()


@requires(Capability.CHAT_OPEN)
@require_safe
def chat_mine(request: HttpRequest) -> HttpResponse:
    """The customer's chat that goes on, or the way to begin one."""
    chat = queries.open_chat_of(request.user)
    if chat is not None:
        return see_other(reverse("chat_detail", args=[chat.pk]))
    customer = get_object_or_404(customers_for(request.user, Capability.CHAT_OPEN))
    return page(request, MINE, {"form": LineForm(), "is_open": queries.desk_is_open(customer.branch, at=now())})


@requires(Capability.CHAT_OPEN)
@require_POST
def chat_begin(request: HttpRequest) -> HttpResponse:
    form = LineForm(request.POST)
    customer = get_object_or_404(customers_for(request.user, Capability.CHAT_OPEN))
    if not form.is_valid():
        return refused(request, MINE, {"is_open": True}, form)
    given = {name: form.cleaned_data[name] for name in ("text", "key")}
    try:
        chat = chatting.begin_chat(customer=customer, **given, by=request.user, at=now())
    except Refused as error:
        if error.code == "off_hours":
            return instead_of_chat(request, customer, error, given["text"])
        return refused(request, MINE, {"is_open": True}, form, error)
    return see_other(reverse("chat_detail", args=[chat.pk]))


@requires(Capability.CHAT_ANSWER)
@require_safe
def chat_desk(request: HttpRequest) -> HttpResponse:
    """The chats that go on, who waits longest first; below them those that have ended."""
    context: dict[str, Any] = {"chats": queries.desk_for(request.user)}
    if not request.headers.get("HX-Request"):
        before = Paginator(queries.chats_before(request.user), PER_PAGE)
        context["page_obj"] = before.get_page(request.GET.get("page"))
    return page(request, "support/chat_desk.html", context, partials=("desk",))


@requires(Capability.CHAT_ANSWER)
@require_safe
def chat_badge(request: HttpRequest) -> HttpResponse:
    return page(request, "support/badge.html", {"count": queries.waits(request.user)[queries.CHATS]})


@requires(Capability.LIVE_LISTEN)
@require_safe
def chat_detail(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """One chat, for its customer or the desk."""
    return page(request, DETAIL, _context(request, _chat(request, chat_id), LineForm()))


@requires(Capability.LIVE_LISTEN)
@require_safe
def chat_lines(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """What was said. Asked again with the mark of what is shown, it answers 304 while nothing is new."""
    # Most often nothing is new: then only what the mark is made of is read.
    found = queries.mark_for(request.user, chat_id, at=now())
    if found is None:
        raise Http404("no such chat")
    mark = f'"{found}"'
    if request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        context = _context(request, _chat(request, chat_id), LineForm()) | {"is_part": True}
        response = page(request, "support/chat_lines.html", context)
    response.headers["ETag"] = mark
    patch_cache_control(response, private=True, no_cache=True)
    return response


@requires(Capability.LIVE_LISTEN)
@require_POST
def chat_say(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """One line; by htmx the answer is the form again, empty, and the lines follow by the stream."""
    chat = _chat(request, chat_id)
    form = LineForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, DETAIL, _context(request, chat, form), form)
    given = {name: form.cleaned_data[name] for name in ("text", "key", "file")}
    try:
        chatting.say(chat=chat, **given, by=request.user, at=now())
    except Refused as error:
        response = refused(request, DETAIL, _context(request, chat, form), form, error)
        if isinstance(error, chatting.TooFast) and not request.htmx:  # type: ignore[attr-defined]  # django-htmx's
            response.status_code = TOO_MANY_REQUESTS
        return response
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx's
        chat.refresh_from_db()
        return page(request, DETAIL, _context(request, chat, LineForm()), partials=("form",))
    return see_other(_url(chat))


@requires(Capability.LIVE_LISTEN)
@require_POST
def chat_typing(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Somebody is writing, and has read what is shown."""
    chat = _chat(request, chat_id)
    number = request.POST.get("seen", "")
    if number.isdecimal() and len(number) < 9:
        chatting.see_chat(chat=chat, number=min(int(number), chat.count), by=request.user, at=now())
    if request.POST.get("typing") == "1":
        chatting.note_typing(chat=chat, by=request.user, at=now())
    return HttpResponse(status=204)


@requires(Capability.CHAT_ANSWER)
@require_POST
def chat_take(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    chat = _chat(request, chat_id)
    return _done(request, chat, lambda acting: chatting.take_chat(chat=chat, **acting))


@requires(Capability.CHAT_ANSWER)
@require_POST
def chat_hand_over(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    chat = _chat(request, chat_id)
    form = HandOverForm(request.POST, chat=chat)
    if not form.is_valid():
        return page(request, DETAIL, _context(request, chat, LineForm()) | {"hand_over": form}, status=422)
    return _done(request, chat, lambda acting: chatting.hand_over(chat=chat, to=form.cleaned_data["to"], **acting))


@requires(Capability.LIVE_LISTEN)
@require_POST
def chat_end(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    chat = _chat(request, chat_id)
    return _done(request, chat, lambda acting: chatting.end_chat(chat=chat, **acting))


@requires(Capability.CHAT_ANSWER)
@require_POST
def chat_ticket(request: HttpRequest, chat_id: UUID) -> HttpResponse:
    """Go on as a ticket with the transcript."""
    chat = _chat(request, chat_id)
    form = TicketForm(request.POST)
    if not form.is_valid():
        return page(request, DETAIL, _context(request, chat, LineForm()) | {"ticket_form": form}, status=422)
    try:
        ticket = chatting.chat_to_ticket(chat=chat, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return page(request, DETAIL, _context(request, chat, LineForm()) | {"refusal": refusal.message}, status=422)
    return see_other(reverse("ticket_detail", args=[ticket.pk]))


@requires(Capability.LIVE_LISTEN)
@require_safe
def chat_file(request: HttpRequest, chat_id: UUID, upload_id: UUID) -> HttpResponse:
    """One file of a chat, sandboxed; 404 for whoever may not see the chat."""
    upload = queries.chat_file_for(request.user, chat_id, upload_id)
    try:
        return as_response(upload, contents(upload))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal


def _chat(request: HttpRequest, chat_id: UUID) -> Chat:
    return get_object_or_404(queries.chats_for(request.user), pk=chat_id)


def _url(chat: Chat) -> str:
    return reverse("chat_detail", args=[chat.pk])


def _context(request: HttpRequest, chat: Chat, form: LineForm) -> dict[str, Any]:
    user = request.user
    is_staff = getattr(user, "role", "") != Role.CUSTOMER
    context: dict[str, Any] = {
        "chat": chat,
        "lines": queries.lines_of(chat),
        "mark": queries.mark_of(user, chat, at=now()),
        "form": form,
        "is_staff": is_staff,
    }
    if is_staff and allows(user, Capability.CHAT_ANSWER):
        context |= {"hand_over": HandOverForm(chat=chat), "ticket_form": TicketForm(), "macros": queries.macros()}
    return context


def _done(request: HttpRequest, chat: Chat, act: Any) -> HttpResponse:
    try:
        act({"by": request.user, "at": now()})
    except Refused as refusal:
        chat.refresh_from_db()
        return page(request, DETAIL, _context(request, chat, LineForm()) | {"refusal": refusal.message}, status=422)
    return see_other(_url(chat))
