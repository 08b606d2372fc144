"""The queue of the staff: views, search, several at once, and writing down what a customer says at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.filters.queries import filters_of, plain_query
from portal.people.queries import customers_for
from portal.support import queries, services
from portal.support.models import Ticket
from portal.support.models.desk import Kind
from portal.support.pages.forms import BulkForm, ForForm, NewForm, QueueForm

PER_PAGE = 40
VIEWS = (
    ("mine", "Mine"),
    ("unassigned", "Unassigned"),
    ("due", "Due within a day"),
    ("all", "All open"),
    ("over", "Over"),
)
NEW = "support/ticket_new.html"


@requires(Capability.TICKET_VIEW)
@require_safe
def ticket_queue(request: HttpRequest) -> HttpResponse:
    """What is to be worked on, the most urgent first. Asked again with the mark of what is shown: 304 while it is the same."""
    mark = f'"{queries.queue_mark(request.user, at=now())}"'
    if request.headers.get("HX-Request") and request.headers.get("If-None-Match") == mark:
        response = HttpResponse(status=304)
    else:
        context = _queue(request) | {"mark": mark.strip('"')}
        response = page(request, "support/ticket_queue.html", context, partials=("queue",))
    response.headers["ETag"] = mark
    return response


def _queue(request: HttpRequest) -> dict[str, Any]:
    """One view of the queue. `?since=` is the newest ticket that stood there when the page was opened."""
    at = now()
    view = request.GET.get("view", "all")
    form = QueueForm(request.GET)
    found = queries.queue_for(request.user, view, at=at)
    if form.is_valid():
        found = queries.tickets_that_fit(found, **form.cleaned_data)
    counts = queries.counts_for(request.user, at=at)
    tabs = [
        {"label": label, "url": f"?view={name}", "current": name == view, "count": counts.get(name)}
        for name, label in VIEWS
    ]
    newest = found.aggregate(last=Max("serial"))["last"] or 0
    since = _since(request, newest)
    again = request.GET.copy()
    again["since"] = str(since)
    return {
        # What came meanwhile is told and not put in: no row moves away under somebody's cursor.
        "page_obj": Paginator(found.filter(serial__lte=since), PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "tabs": tabs,
        "view": view,
        "at": at,
        "macros": queries.macros(),
        "bulk": BulkForm(user=request.user),
        "since": since,
        "kept": filters_of(request.user, "ticket_queue"),
        "place": "ticket_queue",
        "filter_query": plain_query(request.GET.urlencode()),
        "again": f"{request.path}?{again.urlencode()}",
        "came": found.filter(serial__gt=since).count() if since < newest else 0,
    }


def _since(request: HttpRequest, newest: int) -> int:
    """What a part that is fetched again still counts from; a page that is opened counts from what it shows."""
    told = request.GET.get("since", "")
    is_part = request.headers.get("HX-Request") and told.isdecimal() and len(told) < 10
    return int(told) if is_part else newest


@requires(Capability.TICKET_VIEW)
@require_safe
def ticket_badge(request: HttpRequest) -> HttpResponse:
    """How many tickets wait for this member of staff."""
    return page(request, "support/badge.html", {"count": queries.waits(request.user)[queries.TICKETS]})


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_bulk(request: HttpRequest) -> HttpResponse:
    """One act for the chosen tickets, each by itself: what is refused for one is told and the others go on."""
    form = BulkForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, "Choose tickets and what to do with them.")
        return see_other(reverse("ticket_queue"))
    done, troubles = 0, []
    for ticket in form.cleaned_data["ticket"]:
        try:
            _do(ticket, form.cleaned_data, request.user)
            done += 1
        except Refused as refusal:
            troubles.append(f"{ticket.number}: {refusal.message}")
    if done:
        messages.success(request, f"Done for {done}.")
    for trouble in troubles[:5]:
        messages.error(request, trouble)
    return see_other(reverse("ticket_queue"))


def _do(ticket: Ticket, given: dict[str, Any], user: Any) -> None:
    acting: dict[str, Any] = {"by": user, "at": now()}
    if given["act"] == "take":
        services.assign(ticket=ticket, to=user, **acting)
    elif given["act"] == "tag":
        services.tag(ticket=ticket, tags=[*ticket.tags, given["tag"]], **acting)
    elif given["act"] == "close":
        services.change_state(ticket=ticket, state=Ticket.State.CLOSED, **acting)
    elif given["macro"] is None:
        raise Refused("Choose a reply.", code="macro")
    else:
        key = f"{given['key']}:{ticket.serial}"
        services.use_macro(ticket=ticket, macro=given["macro"], turns=ticket.turns, key=key, **acting)


@requires(Capability.TICKET_WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponse:
    """First whom it is for (`?number=&kind=`), then what it is about."""
    asked = ForForm(request.GET if "number" in request.GET else None, user=request.user)
    if not asked.is_bound or not asked.is_valid():
        return page(request, NEW, {"asked": asked}, status=422 if asked.errors else 200)
    kind, customer = Kind(asked.cleaned_data["kind"]), asked.cleaned_data["number"]
    if not customers_for(request.user, Capability.TICKET_RAISE).filter(pk=customer.pk).exists():
        return page(request, NEW, {"asked": asked}, status=422)
    form = NewForm(request.POST or None, request.FILES or None, kind=kind, customer=customer)
    context = {"asked": asked, "form": form, "customer": customer, "kind": kind}
    if request.method != "POST":
        return page(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    given = form.wanted
    key = f"{request.user.pk}:{form.cleaned_data['key']}"
    try:
        ticket = services.raise_ticket(customer=customer, new=given, key=key, by=request.user, at=now())
    except Refused as error:
        return refused(request, NEW, context, form, error)
    return see_other(reverse("ticket_detail", args=[ticket.pk]))
