"""A customer's side: what one asked, complained of and ordered."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.render import page, refused, see_other
from portal.deposits.queries import accounts_of_customer
from portal.people.models import Customer
from portal.people.queries import customers_for
from portal.support import queries, services
from portal.support.models import Ticket
from portal.support.models.desk import Kind
from portal.support.pages.forms import NewForm, RateForm, ThreadForm

PER_PAGE, CHATS_SHOWN = 25, 10
DETAIL, NEW = "support/help_detail.html", "support/help_new.html"


@requires(Capability.TICKET_RAISE)
@require_safe
def help_list(request: HttpRequest) -> HttpResponse:
    """What one asked, newest first, and what one may ask."""
    rows = Paginator(queries.tickets_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    chats = queries.chats_before(request.user)[:CHATS_SHOWN]
    context = {"page_obj": rows, "kinds": Kind.choices, "chat": queries.open_chat_of(request.user), "chats": chats}
    return page(request, "support/help_list.html", context)


@requires(Capability.CHAT_OPEN)
@require_safe
def help_badge(request: HttpRequest) -> HttpResponse:
    """How many answers wait for this customer."""
    return page(request, "support/badge.html", {"count": queries.waits(request.user).get(queries.HELP, 0)})


@requires(Capability.TICKET_RAISE)
@require_http_methods(["GET", "HEAD", "POST"])
def help_new(request: HttpRequest) -> HttpResponse:
    """Something new; `?kind=`, `?account=` and `?reference=` fill it in."""
    own = getattr(request.user, "customer_id", None)
    customer = get_object_or_404(customers_for(request.user, Capability.TICKET_RAISE), pk=own)
    asked = request.GET.get("kind", "")
    kind = Kind(asked) if asked in Kind.values else Kind.TICKET
    account = request.GET.get("account", "")[:20]
    start = {"reference": request.GET.get("reference", "")[:40]}
    form = NewForm(request.POST or None, request.FILES or None, kind=kind, customer=customer, initial=start)
    if account:
        form.initial["account"] = accounts_of_customer(customer).filter(number=account).first()
    categories = queries.categories_offered(kind)
    costs = queries.costs_of(categories, customer.branch.business_date)
    legal = list(dict.fromkeys(category.legal_text for category in categories if category.legal_text))
    context = {"form": form, "kind": kind, "legal": legal, "costs": costs}
    if request.method != "POST":
        return page(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    given = form.wanted
    try:
        key = f"{request.user.pk}:{form.cleaned_data['key']}"
        ticket = services.raise_ticket(customer=customer, new=given, key=key, by=request.user, at=now())
    except Refused as error:
        return refused(request, NEW, context, form, error)
    return see_other(reverse("help_detail", args=[ticket.pk]))


def instead_of_chat(request: HttpRequest, customer: Customer, refusal: Refused, text: str) -> HttpResponse:
    """A question to be sent instead of a chat that nobody answers now, with what was typed."""
    form = NewForm(kind=Kind.TICKET, customer=customer, initial={"text": text})
    context = {"form": form, "kind": Kind.TICKET, "why": refusal.message}
    return page(request, NEW, context, status=422)


@requires(Capability.TICKET_RAISE)
@require_safe
def help_detail(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """The thread as the customer reads it."""
    ticket = get_object_or_404(queries.tickets_of(request.user), pk=ticket_id)
    draft = queries.draft_of(ticket, request.user)
    form = ThreadForm(initial={"turns": ticket.turns, "text": draft})
    return page(request, DETAIL, _context(request, ticket, form), partials=("thread",))


@requires(Capability.TICKET_RAISE)
@require_POST
def help_reply(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    ticket = get_object_or_404(queries.tickets_of(request.user), pk=ticket_id)
    form = ThreadForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, DETAIL, _context(request, ticket, form), form)
    given = form.said
    try:
        services.reply(ticket=ticket, **given, by=request.user, at=now())
    except Refused as error:
        ticket.refresh_from_db()
        return refused(request, DETAIL, _context(request, ticket, fresh(form, ticket, error)), form, error)
    return see_other(reverse("help_detail", args=[ticket.pk]))


@requires(Capability.TICKET_RAISE)
@require_POST
def help_rate(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    ticket = get_object_or_404(queries.tickets_of(request.user), pk=ticket_id)
    form = RateForm(request.POST)
    context = _context(request, ticket, ThreadForm(initial={"turns": ticket.turns})) | {"rate_form": form}
    if not form.is_valid():
        return page(request, DETAIL, context, status=422)
    try:
        services.rate(ticket=ticket, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        form.add_error(None, error.message)
        return page(request, DETAIL, context, status=422)
    return see_other(reverse("help_detail", args=[ticket.pk]))


def fresh(form: ThreadForm, ticket: Ticket, error: Refused) -> ThreadForm:
    """After a stale reply the draft stays, above it what was said meanwhile, and sending again is meant for that."""
    if error.code == "stale":
        data: QueryDict = form.data.copy()  # type: ignore[attr-defined]  # a request's data
        data["turns"], data["key"] = str(ticket.turns), new_key()
        form.data = data
    return form


def _context(request: HttpRequest, ticket: Ticket, form: ThreadForm) -> dict[str, object]:
    complaint, turns = queries.complaint_of(ticket), queries.thread(ticket)
    return {
        "ticket": ticket,
        "turns": turns,
        "mine_to_take_back": queries.may_take_back(turns, request.user, at=now()),
        "form": form,
        "steps": ticket.steps.all(),
        "complaint": complaint,
        "rate_form": RateForm(initial={"rating": ticket.rating, "text": ticket.rating_text}),
        "may_rate": ticket.state in {Ticket.State.RESOLVED, Ticket.State.CLOSED},
        "may_reply": ticket.state not in {Ticket.State.CLOSED, Ticket.State.MERGED},
    }
