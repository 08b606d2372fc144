"""Cheques: the queue of the staff and the list of a member, paying one in, reading, deciding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.deposits import cheques, plans, queries, services
from portal.deposits.charges import cost_of
from portal.deposits.models import ChargeKind, Cheque, DepositAccount
from portal.deposits.pages.cheque_forms import (
    WHY_RETURNED,
    ChosenForm,
    NotTakenForm,
    PhotographForm,
    ReadForm,
    TakeForm,
    WhyForm,
)
from portal.documents.handling import as_response
from portal.documents.uploads import contents
from portal.institution.queries import latest_business_date
from portal.people.services import note_view

LIST, NEW, PHOTO, DETAIL, READ = (f"deposits/cheque_{name}.html" for name in ("list", "new", "photo", "detail", "read"))
PER_PAGE = 40
_DIFFERS = "What you read is not what was given before. Look again; if the cheque itself is unclear, do not take it."


@requires(Capability.CHEQUE_VIEW)
@require_safe
def cheque_list(request: HttpRequest) -> HttpResponse:
    """A member's own cheques, newest first; for the staff the queue, shelf by shelf."""
    found = cheques.cheques_visible_to(request.user)
    if _is_own(request):
        shown = found.order_by("-captured_at").prefetch_related("steps")
        return page(request, LIST, {"cheques": _paged(request, shown), "is_own": True})
    return page(request, LIST, _queue(request))


def _queue(request: HttpRequest) -> dict[str, Any]:
    found, text = cheques.cheques_visible_to(request.user), request.GET.get("q", "").strip()
    shelves = cheques.shelves(_day_of(request.user))
    counts, wanted = cheques.counted(found, shelves), request.GET.get("shelf", "")
    current = next((shelf for shelf in shelves if shelf.code == wanted), None)
    current = current or next((shelf for shelf in shelves if counts[shelf.code]), shelves[0])
    tabs = [
        {
            "label": shelf.label,
            "url": f"?shelf={shelf.code}",
            "current": shelf is current and not text,
            "count": None if shelf.code == cheques.DECIDED else counts[shelf.code],
        }
        for shelf in shelves
    ]
    decided = current.code == cheques.DECIDED
    sorted_by = "-captured_at" if decided or text else "due_on"
    shown = cheques.found_by(found, text) if text else found.filter(current.filters)
    paged = _paged(request, shown.order_by(sorted_by, "captured_at", "pk"))
    can_clear = allows(request.user, Capability.CHEQUE_DECIDE) and current.code in {cheques.DUE, cheques.OVERDUE}
    return {"cheques": paged, "shelf": current, "tabs": tabs, "text": text, "can_clear": can_clear and not text}


def _paged(request: HttpRequest, found: Any) -> Any:
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def _day_of(user: Any) -> Any:
    return user.branch.business_date if user.branch else latest_business_date()


def _is_own(request: HttpRequest) -> bool:
    return scope_of(request.user, Capability.CHEQUE_VIEW) is Scope.OWN


@requires(Capability.CHEQUE_DEPOSIT)
@require_http_methods(["GET", "HEAD", "POST"])
def cheque_photo(request: HttpRequest) -> HttpResponse:
    """A member pays a cheque in by photograph."""
    own = queries.accounts_visible_to(request.user, Capability.CHEQUE_DEPOSIT).filter(state__in=plans.TAKE_MONEY)
    accounts = list(own.filter(product__kind__in=plans.EVERYDAY).order_by("number"))
    form = PhotographForm(request.POST or None, request.FILES or None, accounts=accounts)
    context: dict[str, Any] = {"form": form, "accounts": accounts}
    if accounts:
        context["rules"] = cheques.rules_on(accounts[0].currency, accounts[0].branch.business_date)
    if request.method != "POST":
        return page(request, PHOTO, context)
    if not form.is_valid():
        return refused(request, PHOTO, context, form)
    given = {name: form.cleaned_data[name] for name in ("account", "amount", "key")}
    try:
        made = services.deposit_cheque(**given, pictures=form.pictures(), by=request.user, at=now())
    except Refused as error:
        return refused(request, PHOTO, context, form, error)
    return see_other(reverse("cheque_detail", args=[made.pk]))


@requires(Capability.CHEQUE_TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def cheque_new(request: HttpRequest) -> HttpResponse:
    """A cashier takes a cheque: first the account, whose owner is then named, then what stands on the cheque."""
    user: Any = request.user
    number = (request.POST.get("account") or request.GET.get("account", "")).replace(" ", "")
    account = queries.account_by_number(number) if number else None
    if account is None:
        if request.method == "POST":
            raise Http404("no such account")
        return page(request, NEW, {"number": number})
    form = TakeForm(request.POST or None, request.FILES or None, currency=account.currency)
    rules = cheques.rules_on(account.currency, user.branch.business_date)
    day = cheques.clears_on(rules, user.branch.business_date, user.branch)
    context = {"form": form, "account": account, "number": number, "rules": rules, "clears_on": day}
    if request.method != "POST":
        return page(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    try:
        made = _take(user, account, form)
    except Refused as error:
        return refused(request, NEW, context, form, error)
    return see_other(reverse("cheque_detail", args=[made.pk]))


def _take(user: Any, account: DepositAccount, form: TakeForm) -> Cheque:
    return services.take_cheque(
        branch=user.branch,
        account=account,
        amount=form.cleaned_data["amount"],
        read=form.read(),
        pictures=form.pictures(),
        key=form.cleaned_data["key"],
        by=user,
        at=now(),
    )


@requires(Capability.CHEQUE_VIEW)
@require_safe
def cheque_detail(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """One cheque: its way so far, its pictures, and what may be decided about it."""
    return page(request, DETAIL, _seen(request, cheques.cheque_for(request.user, cheque_id)))


def _seen(request: HttpRequest, cheque: Cheque) -> dict[str, Any]:
    """What stands on the page. Before the second reading the staff do not see the first figure."""
    user, is_own = request.user, _is_own(request)
    note_view(customer=cheque.account.customer, viewer=user, reason="Cheque", at=now())
    may_decide = allows(user, Capability.CHEQUE_DECIDE) and not is_own
    decides = may_decide and cheque.taken_by_id != user.pk
    day, state = cheque.branch.business_date, cheque.state
    may_read = state == Cheque.State.RECEIVED and allows(user, Capability.CHEQUE_READ)
    can_return = decides and not cheque.is_own and state in {Cheque.State.CLEARING, Cheque.State.AVAILABLE}
    clearing = state == Cheque.State.CLEARING
    taken_today = cheque.entry is not None and cheque.entry.business_date == day
    return {
        "cheque": cheque,
        "is_own": is_own,
        "is_blind": state == Cheque.State.RECEIVED and not is_own,
        "way": cheques.way_of(cheque),
        "steps": cheques.steps_of(cheque),
        "pictures": cheques.pictures_of(cheque),
        "is_late": clearing and cheque.due_on is not None and cheque.due_on < day,
        "can_read": may_read and cheque.captured_by_id != user.pk,
        "captured": may_read and cheque.captured_by_id == user.pk,
        "took": may_decide and clearing and not decides,
        "can_clear": decides and clearing and cheque.due_on is not None and cheque.due_on <= day,
        "can_return": can_return,
        "fee": cost_of(cheque.account, ChargeKind.CHEQUE, day, cheque.amount).amount if can_return else None,
        "can_take_back": decides and taken_today and (clearing or (cheque.is_own and state == Cheque.State.AVAILABLE)),
        "why": WHY_RETURNED,
    }


@requires(Capability.CHEQUE_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def cheque_read(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """A second person reads a cheque blind: amount and line are typed without seeing what was given before."""
    cheque = cheques.cheque_for(request.user, cheque_id, Capability.CHEQUE_READ)
    form = ReadForm(request.POST or None, currency=cheque.account.currency)
    context = {"form": form, "cheque": cheque, "pictures": cheques.pictures_of(cheque), "why_form": NotTakenForm()}
    if request.method != "POST":
        return page(request, READ, context)
    if not form.is_valid():
        return refused(request, READ, context, form)
    given: dict[str, Any] = {"amount": form.cleaned_data["amount"], "read": form.read()}
    try:
        agrees = services.read_cheque(cheque=cheque, **given, by=request.user, at=now())
    except Refused as error:
        return refused(request, READ, context, form, error)
    if not agrees:
        return refused(request, READ, context, form, Refused(_DIFFERS, code="differs", field="amount"))
    return see_other(reverse("cheque_detail", args=[cheque.pk]))


@requires(Capability.CHEQUE_READ)
@require_POST
def cheque_refuse(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """Not taken, with the reason its owner reads."""
    cheque = cheques.cheque_for(request.user, cheque_id, Capability.CHEQUE_READ)
    form = NotTakenForm(request.POST)
    if form.is_valid():
        try:
            services.refuse_cheque(cheque=cheque, reason=form.cleaned_data["reason"], by=request.user, at=now())
            return see_other(reverse("cheque_detail", args=[cheque.pk]))
        except Refused as error:
            form.add_error("reason" if error.field else None, error.message)
    blank = ReadForm(currency=cheque.account.currency)
    context = {"form": blank, "cheque": cheque, "pictures": cheques.pictures_of(cheque), "why_form": form}
    return page(request, READ, context, status=UNPROCESSABLE)


@requires(Capability.CHEQUE_DECIDE)
@require_POST
def cheque_clear(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """The other bank has paid."""
    return _decide(request, cheque_id, services.clear_cheque)


@requires(Capability.CHEQUE_DECIDE)
@require_POST
def cheque_return(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """It came back."""
    return _decide(request, cheque_id, services.return_cheque, with_reason=True)


@requires(Capability.CHEQUE_DECIDE)
@require_POST
def cheque_take_back(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """It was taken by mistake."""
    return _decide(request, cheque_id, services.take_back_cheque, with_reason=True)


def _decide(request: HttpRequest, cheque_id: UUID, service: Any, *, with_reason: bool = False) -> HttpResponse:
    cheque = cheques.cheque_for(request.user, cheque_id, Capability.CHEQUE_DECIDE)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return refused(request, DETAIL, _seen(request, cheque), form)
    reason = {"reason": form.cleaned_data["reason"]} if with_reason else {}
    try:
        service(cheque=cheque, **reason, by=request.user, at=now())
    except Refused as error:
        return refused(request, DETAIL, _seen(request, cheque), form, error)
    return see_other(reverse("cheque_detail", args=[cheque.pk]))


@requires(Capability.CHEQUE_DECIDE)
@require_POST
def cheque_clear_chosen(request: HttpRequest) -> HttpResponse:
    """Several have cleared: all of those chosen, or none."""
    reach = cheques.cheques_visible_to(request.user, Capability.CHEQUE_DECIDE).filter(state=Cheque.State.CLEARING)
    offered = {str(cheque.pk): cheque for cheque in reach.filter(due_on__lte=_day_of(request.user))}
    form = ChosenForm(request.POST, ids=list(offered))
    if not form.is_valid():
        return refused(request, LIST, _queue(request), form)
    chosen = [offered[each] for each in form.cleaned_data["cheque"]]
    try:
        number = services.clear_cheques(cheques=chosen, by=request.user, at=now())
    except Refused as error:
        return refused(request, LIST, _queue(request), form, error)
    messages.success(request, f"{number} cheque{'' if number == 1 else 's'} cleared.")
    return see_other(reverse("cheque_list"))


@requires(Capability.CHEQUE_VIEW)
@require_safe
def cheque_picture(request: HttpRequest, cheque_id: UUID, purpose: str) -> HttpResponse:
    """One side of a cheque, sandboxed."""
    upload = cheques.pictures_of(cheques.cheque_for(request.user, cheque_id)).get(purpose)
    if upload is None:
        raise Http404("no such picture")
    try:
        return as_response(upload, contents(upload))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal


urlpatterns = [
    path("cheques/", cheque_list, name="cheque_list"),
    path("cheques/new/", cheque_new, name="cheque_new"),
    path("cheques/photograph/", cheque_photo, name="cheque_photo"),
    path("cheques/cleared/", cheque_clear_chosen, name="cheque_clear_chosen"),
    path("cheques/<uuid:cheque_id>/", cheque_detail, name="cheque_detail"),
    path("cheques/<uuid:cheque_id>/read/", cheque_read, name="cheque_read"),
    path("cheques/<uuid:cheque_id>/refuse/", cheque_refuse, name="cheque_refuse"),
    path("cheques/<uuid:cheque_id>/clear/", cheque_clear, name="cheque_clear"),
    path("cheques/<uuid:cheque_id>/return/", cheque_return, name="cheque_return"),
    path("cheques/<uuid:cheque_id>/take-back/", cheque_take_back, name="cheque_take_back"),
    path("cheques/<uuid:cheque_id>/<slug:purpose>.jpg", cheque_picture, name="cheque_picture"),
]
