"""The pages of loans: what one has, what one would cost, one loan from its first word to its last instalment."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.differences import differing
from portal.base.errors import Refused
from portal.base.money import Money
from portal.base.render import page
from portal.documents.queries import pdf_available
from portal.institution.queries import institution, latest_business_date
from portal.loans import papers, queries, versions
from portal.loans.models import LIVE, OPEN, Loan
from portal.loans.pages import facts, shown
from portal.loans.pages.forms import CalculatorForm, CompareForm, InboxFilter, KeyOnly, LoanFilter
from portal.loans.services import check_asked, missing
from portal.loans.services.applying import EDITABLE

PER_PAGE = 25
KEYS = (("l", "Look at the application beside the list"),)
"""What the list of keys says of the inbox beside what it says of every list."""


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_list(request: HttpRequest) -> HttpResponse:
    """A member's own loans; for staff the loans within reach, by state, number and name."""
    is_own = _is_own(request)
    form = LoanFilter(request.GET)
    loans = queries.loans_visible_to(request.user)
    if form.is_valid() and not is_own:
        loans = queries.narrowed(loans, **form.cleaned_data)
    pages = Paginator(loans.order_by("-asked_on", "-number"), PER_PAGE).get_page(request.GET.get("page"))
    asked = queries.guarantees_of(request.user)
    owing = queries.owing_each(pages.object_list)
    context = {
        "page_obj": pages,
        "rows": [(loan, owing.get(loan.pk)) for loan in pages],
        "is_own": is_own,
        "form": form,
        "guarantees": asked.filter(answer=None).count(),
    }
    return page(request, "loans/loan_list.html", context)


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_calculator(request: HttpRequest) -> HttpResponse:
    """What a loan would cost: the full schedule before anybody applies."""
    profile, offered = institution(), queries.products_offered()
    asked = "product" in request.GET
    form = CalculatorForm(request.GET if asked else None, offered=offered, currency=profile.currency if profile else "")
    context: dict[str, Any] = {"form": form, "offered": offered}
    if asked and form.is_valid():
        context |= _quoted(form, request.user)
    return page(request, "loans/calculator.html", context, partials=("quote",))


def _quoted(form: CalculatorForm, user: Any) -> dict[str, Any]:
    product, terms = form.offered[form.cleaned_data["product"]]
    amount: Money = form.cleaned_data["amount"]
    try:
        check_asked(terms, amount, form.cleaned_data["instalments"])
    except Refused as refusal:
        form.add_error(refusal.field, refusal.message)
        return {}
    branch = user.customer.branch if user.customer_id else user.branch
    quote = shown.quote(terms, amount, form.cleaned_data["instalments"], latest_business_date(), branch)
    return {"quote": quote, "product": product}


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_detail(request: HttpRequest, loan_number: str) -> HttpResponse:
    """One loan: its tasks while it is an application, its figures once it runs, and always how it got there."""
    loan = queries.loan_for(request.user, loan_number)
    is_own = _is_own(request)
    context: dict[str, Any] = {
        "loan": loan,
        "is_own": is_own,
        "is_open": loan.state in OPEN,
        "is_live": loan.state in LIVE,
        "steps": shown.steps(loan),
        "waiting": [] if is_own else queries.waiting_requests(loan),
        "over": facts.paid_too_much(loan),
        "guarantors": loan.guarantors.select_related("customer", "answer"),
        "conditions": queries.conditions_of(loan),
        "papers": papers.kinds_for(loan) if pdf_available() else [],
        "paper_form": KeyOnly(),
        "collects": queries.collects_from(loan),
        **shown.payments(loan, request.GET.get("page")),
        **_as_application(loan, is_own=is_own),
        **shown.figures(loan),
    }
    context["is_beside"] = shown.has_more_than_a_timeline(context)
    return page(request, "loans/loan_detail.html", context)


def _as_application(loan: Loan, *, is_own: bool) -> dict[str, Any]:
    """What is shown of a loan until it is paid out: what is still to be filled in, what changed, what the member can carry."""
    is_open, is_editable = loan.state in OPEN, loan.state in EDITABLE
    return {
        "tasks": shown.tasks(loan) if is_editable else [],
        "lacks": missing(loan) if is_editable else [],
        "given_back": versions.given_back_on(loan),
        "changed": versions.last_change(versions.editions(loan)) if is_open else {},
        "capacity": facts.capacity(loan) if is_open and not is_own else [],
        "offer_ends": queries.offer_ends(loan),
        "accepted": queries.acceptance_of(loan) if loan.state == Loan.State.APPROVED else None,
    }


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_schedule(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Every instalment of a loan, what was paid of it, and the curve; before it is paid out, what it would be."""
    loan = queries.loan_for(request.user, loan_number)
    day = loan.branch.business_date
    if loan.ledger_account_id is None:
        lines = shown.lines(queries.rows_ahead(loan), loan.currency)
    else:
        lines = shown.lines_of(queries.position_of(loan), day, loan.currency)
    context = {"loan": loan, "lines": lines, "curve": shown.curve(lines, "What is left after each instalment")}
    return page(request, "loans/schedule.html", context)


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_versions(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Two versions of an application side by side: what differs. The last change unless others are chosen."""
    loan = queries.loan_for(request.user, loan_number)
    found = {edition.key: edition for edition in versions.editions(loan)}
    form = CompareForm.of(request, {key: edition.name for key, edition in found.items()})
    context: dict[str, Any] = {"loan": loan, "form": form, "editions": list(found.values()), "is_own": _is_own(request)}
    if form.is_valid():
        before, after = (found[key].told for key in form.chosen)
        context |= {"differences": differing(before, after), **form.names}
    return page(request, "loans/versions.html", context)


def _is_own(request: HttpRequest) -> bool:
    return scope_of(request.user, Capability.LOAN_VIEW) is Scope.OWN


@requires(Capability.LOAN_REVIEW)
@require_safe
def loan_inbox(request: HttpRequest) -> HttpResponse:
    """The applications that wait for staff, the oldest first; one of them is looked at beside the list."""
    waiting, profile = queries.inbox_visible_to(request.user), institution()
    form = InboxFilter(request.GET, currency=profile.currency if profile else "")
    found = queries.inbox_narrowed(waiting, today=latest_business_date(), **form.wanted())
    pages = Paginator(queries.with_papers(found), PER_PAGE).get_page(request.GET.get("page"))
    looked = queries.with_papers(waiting).filter(number=request.GET.get("look", "")).first()
    context = {
        "page_obj": pages,
        "form": form,
        "today": latest_business_date(),
        "look": looked,
        "look_facts": facts.capacity(looked) if looked else [],
        "look_ticks": facts.ticks(looked) if looked else [],
        "changed": versions.last_change(versions.editions(looked)) if looked else {},
        "page_keys": KEYS,
    }
    return page(request, "loans/inbox.html", context, partials=("look",))
