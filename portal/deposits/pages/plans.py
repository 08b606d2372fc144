"""The pages of plans: what one has and may start, one plan, money in, money out, what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import shown_or_sent
from portal.base.render import page, refused, see_other
from portal.deposits import fixed, plans, services
from portal.deposits.models import DepositAccount, Product
from portal.deposits.pages import plan_forms as forms
from portal.deposits.pages.plan_shown import foreseen, shown
from portal.documents.asking import ask_for_paper
from portal.documents.queries import pdf_available
from portal.people.services import note_view

LIST, START, DETAIL, MOVE = (f"deposits/plan_{name}.html" for name in ("list", "start", "detail", "move"))
ONLINE, PDF = "online", "deposits.plan_pdf"
_Kind = Product.Kind


@dataclass(frozen=True, slots=True)
class Way:
    """A form about a plan: its heading, its fields, and the service it calls with what was typed and the key."""

    heading: str
    form: type[forms.PlanForm]
    call: Callable[..., Any]
    by_key: bool = True


PAY = {
    _Kind.SUSU: Way("Pay days", forms.MoneyIn, services.pay_susu_from),
    _Kind.CONTRIBUTION: Way("Pay in", forms.MoneyIn, services.transfer),
    _Kind.SHARES: Way("Buy shares", forms.SharesPay, services.buy_shares),
}
TAKE = {
    _Kind.SUSU: Way("Settle cards", forms.SusuSettle, services.settle_susu),
    _Kind.SHARES: Way("Give shares back", forms.SharesRedeem, services.redeem_shares),
    _Kind.FIXED: Way("End this deposit", forms.FixedEnd, services.end_fixed),
}
START_FORMS = {
    _Kind.SUSU: forms.SusuStart,
    _Kind.CONTRIBUTION: forms.ContributionStart,
    _Kind.SHARES: forms.SharesPay,
    _Kind.FIXED: forms.FixedStart,
}
PAPERS = {_Kind.SUSU: "susu card", _Kind.SHARES: "share certificate", _Kind.FIXED: "certificate"}


@requires(Capability.PLAN_MANAGE)
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """What one saves in beside everyday accounts, and what may be started."""
    rows = plans.rows(plans.plans_visible_to(request.user))
    return page(request, LIST, {"rows": rows, "offered": plans.offered()})


@requires(Capability.PLAN_MANAGE)
@shown_or_sent
def plan_start(request: HttpRequest, product_code: str) -> HttpResponse:
    """Start a plan of a product. `preview` shows first what a fixed deposit would come to."""
    product = plans.offered_product(product_code)
    accounts = plans.everyday_accounts(request.user, product.currency)
    form = START_FORMS[_Kind(product.kind)](request.POST or None, currency=product.currency, accounts=accounts)
    context = {"product": product, "form": form, "accounts": accounts, **shown(product)}
    if request.method != "POST":
        return page(request, START, context)
    if not form.is_valid() or not accounts:
        return refused(request, START, context, form)
    try:
        if "preview" in request.POST:
            return page(request, START, context | foreseen(product, form.values))
        account = _start(request, product, accounts[0], form)
    except Refused as error:
        return refused(request, START, context, form, error)
    return see_other(reverse("plan_detail", args=[account.number]))


def _start(request: HttpRequest, product: Product, home: DepositAccount, form: forms.PlanForm) -> DepositAccount:
    """Call the service that starts this kind; plans without money of their own begin in the branch of an account."""
    user: Any = request.user
    given = {"customer": user.customer, "product": product, "key": form.cleaned_data["key"], "by": user, "at": now()}
    given |= form.values
    kind = _Kind(product.kind)
    if kind is _Kind.SUSU:
        return services.start_susu(branch=home.branch, **given)
    if kind is _Kind.CONTRIBUTION:
        return services.start_contribution(branch=home.branch, **given)
    if kind is _Kind.SHARES:
        return services.start_shares(channel=ONLINE, **given).account
    return services.place_fixed(channel=ONLINE, **given).account


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def plan_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One plan as its owner and the staff see it: the card, the shares, the months, the term."""
    account = plans.plan_for(request.user, number)
    note_view(customer=account.customer, viewer=request.user, reason=f"Plan …{account.last_four}", at=now())
    context = {
        "account": account,
        "is_own": scope_of(request.user, Capability.ACCOUNT_VIEW) is Scope.OWN,
        "paper_form": forms.KeyOnly(),
        **shown(account.product, account),
    }
    return page(request, DETAIL, context | _doors(account, context))


def _doors(account: DepositAccount, context: dict[str, Any]) -> dict[str, Any]:
    """What may be done with a plan: money in, money out, its paper. A deposit that has ended has no certificate, and
    nothing to end once it is empty.
    """
    kind = _Kind(account.product.kind)
    has_ended = kind is _Kind.FIXED and context["term"] is None
    is_over = has_ended and not context["funds"].booked
    paper = PAPERS.get(kind) if pdf_available() and not has_ended else None
    return {"pay": PAY.get(kind), "take": None if is_over else TAKE.get(kind), "paper": paper}


@requires(Capability.PLAN_MANAGE)
@shown_or_sent
def plan_pay(request: HttpRequest, number: str) -> HttpResponse:
    """Money into a plan."""
    return _move(request, number, PAY)


@requires(Capability.PLAN_MANAGE)
@shown_or_sent
def plan_take(request: HttpRequest, number: str) -> HttpResponse:
    """Money out of a plan."""
    return _move(request, number, TAKE)


def _move(request: HttpRequest, number: str, ways: dict[Product.Kind, Way]) -> HttpResponse:
    account = plans.plan_for(request.user, number, Capability.PLAN_MANAGE)
    way = ways.get(_Kind(account.product.kind))
    if way is None:
        raise Http404("money does not move this way in this plan")
    accounts = plans.everyday_accounts(request.user, account.currency)
    form = way.form(request.POST or None, currency=account.currency, accounts=accounts)
    context = {"account": account, "way": way, "form": form, **shown(account.product, account)}
    if request.method != "POST":
        return page(request, MOVE, context)
    if not form.is_valid():
        return refused(request, MOVE, context, form)
    given: dict[str, Any] = {"target" if way.call is services.transfer else "account": account, **form.values}
    try:
        way.call(**given, key=form.cleaned_data["key"], channel=ONLINE, by=request.user, at=now())
    except Refused as error:
        return refused(request, MOVE, context, form, error)
    return see_other(reverse("plan_detail", args=[account.number]))


@requires(Capability.PLAN_MANAGE)
@shown_or_sent
def plan_instruct(request: HttpRequest, number: str) -> HttpResponse:
    """What becomes of a fixed deposit when it matures."""
    account = plans.plan_for(request.user, number, Capability.PLAN_MANAGE)
    if account.product.kind != _Kind.FIXED:
        raise Http404("only a fixed deposit matures")
    accounts = plans.everyday_accounts(request.user, account.currency)
    known = fixed.instruction_of(account)
    initial = {"instruction": known.instruction, "pay_to": known.pay_to.number} if known else {}
    form = forms.FixedInstruct(request.POST or None, currency=account.currency, accounts=accounts, initial=initial)
    way = Way("When it matures", forms.FixedInstruct, services.instruct_fixed)
    context = {"account": account, "way": way, "form": form, **shown(account.product, account)}
    if request.method != "POST":
        return page(request, MOVE, context)
    if not form.is_valid():
        return refused(request, MOVE, context, form)
    try:
        services.instruct_fixed(account=account, **form.values, by=request.user, at=now())
    except Refused as error:
        return refused(request, MOVE, context, form, error)
    return see_other(reverse("plan_detail", args=[account.number]))


@requires(Capability.PLAN_MANAGE)
@require_POST
def plan_pause(request: HttpRequest, number: str) -> HttpResponse:
    """Let a susu card rest, or take it up again (`resume`)."""
    account = plans.plan_for(request.user, number, Capability.PLAN_MANAGE)
    form = forms.PauseForm(request.POST)
    context = {"account": account, "is_own": True, "pause_form": form, **shown(account.product, account)}
    try:
        if "resume" in request.POST:
            services.resume_susu(account=account, by=request.user, at=now())
        elif form.is_valid():
            services.pause_susu(account=account, reason=form.cleaned_data["reason"], by=request.user, at=now())
        else:
            return refused(request, DETAIL, context, form)
    except Refused as error:
        return refused(request, DETAIL, context, form, error)
    return see_other(reverse("plan_detail", args=[account.number]))


@requires(Capability.ACCOUNT_VIEW)
@require_POST
def plan_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Have the card or the certificate made as a PDF; the job's page leads to it."""
    user: Any = request.user
    account = plans.plan_for(user, number)
    form = forms.KeyOnly(request.POST)
    if account.product.kind not in PAPERS:
        raise Http404("this plan has no paper")
    context = {"account": account, "is_own": False, "paper_form": form, **shown(account.product, account)}
    if not form.is_valid():
        return refused(request, DETAIL, context, form)
    try:
        return ask_for_paper(request, PDF, {"number": number}, key=f"{number}:{form.cleaned_data['key']}")
    except Refused as error:
        return refused(request, DETAIL, context, form, error)


urlpatterns = [
    path("plans/", plan_list, name="plan_list"),
    path("plans/start/<str:product_code>/", plan_start, name="plan_start"),
    path("plans/<str:number>/", plan_detail, name="plan_detail"),
    path("plans/<str:number>/pay/", plan_pay, name="plan_pay"),
    path("plans/<str:number>/take/", plan_take, name="plan_take"),
    path("plans/<str:number>/instruct/", plan_instruct, name="plan_instruct"),
    path("plans/<str:number>/pause/", plan_pause, name="plan_pause"),
    path("plans/<str:number>/pdf/", plan_pdf, name="plan_pdf"),
]
