"""The trial balance, an account's ledger, an entry, the journal for other programs, and who may do what."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import DESCRIPTIONS, Capability
from portal.access.gate import requires
from portal.access.grants import FORBIDDEN_TOGETHER, GRANTS, Scope
from portal.access.roles import Role
from portal.approvals.limits import ceilings
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.exports import csv_chunks, download, file_name
from portal.base.money import Money
from portal.base.render import UNPROCESSABLE, page, refused
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.ledger.queries import balance_at, balances_at
from portal.reports import queries, services
from portal.reports.formats import FORMATS
from portal.reports.pages.choosing import SEES_BOOKS, address_query, asked, shown
from portal.reports.pages.forms import DayForm, ExportForm, RangeForm
from portal.reports.span import Span
from portal.reports.trial_balance import trial_balances

TB_COLUMNS = ("code", "name", "heading", "currency", "debit", "credit")


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Every account's balance at the end of a day, in a tree. `?date=` and `?branch=` stay in every address below."""
    form, day, branch = _day_and_branch(request)
    if form.errors or day is None:
        return page(request, "reports/trial_balance.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)
    context = shown("trial_balance", form, branch, Span(day, day)) | {"books": trial_balances(day, branch)}
    return page(request, "reports/trial_balance.html", context)


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def trial_balance_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file: headings told apart, so that their sums are not counted twice."""
    form, day, branch = _day_and_branch(request)
    if form.errors or day is None:
        return page(request, "reports/trial_balance.html", {"form": form}, status=UNPROCESSABLE)
    services.note_report(report="trial balance", day=day, branch=branch, by=request.user, at=now())
    rows = (
        (row.code, row.name, "yes" if row.is_heading else "no", balance.currency, row.debit, row.credit)
        for balance in trial_balances(day, branch)
        for row in balance.rows
    )
    name = file_name("trial-balance", branch.code if branch else "all", day.isoformat()) + ".csv"
    return download(csv_chunks(TB_COLUMNS, rows), name=name, media_type="text/csv")


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def trial_balance_lines(request: HttpRequest, code: str) -> HttpResponse:
    """The accounts behind one line of the trial balance: a branch each, or the members' accounts, page by page."""
    form, day, branch = _day_and_branch(request)
    if form.errors or day is None:
        return page(request, "reports/trial_balance.html", {"form": form}, status=UNPROCESSABLE)
    heading = queries.heading_for(request.user, code)
    accounts = queries.accounts_under(code, queries.branches_chosen(request.user, branch))
    balances = balances_at(day, branch_id=branch.pk if branch else None)
    rows = Paginator(accounts, queries.PAGE_ROWS).get_page(request.GET.get("page"))
    lines = [(account, Money(int(balances.get(account.pk, 0)), account.currency)) for account in rows]
    context = {"heading": heading, "day": day, "branch": branch, "page_obj": rows, "lines": lines}
    total = sum(int(balances.get(pk, 0)) for pk in accounts.values_list("pk", flat=True))
    sums = {"total": Money(total, heading.currency), "query": address_query(branch, date=day), "form": form}
    return page(request, "reports/trial_balance_lines.html", context | sums)


@requires(Capability.LEDGER_VIEW)
@require_safe
def ledger_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """An account's lines, newest first, each leading to its entry; older ones a page at a time."""
    account = queries.account_for(request.user, account_id)
    form = RangeForm(request.GET)
    until = account.branch.business_date
    since = None
    if form.is_valid():
        until, since = form.cleaned_data["until"] or until, form.cleaned_data["since"]
    lines = queries.ledger_lines(account, until=until, since=since, after=request.GET.get("after", ""))
    shown, more = lines[: queries.PAGE_ROWS], len(lines) > queries.PAGE_ROWS
    query = {"until": until.isoformat(), **({"since": since.isoformat()} if since else {})}
    context = {
        "account": account,
        "form": form,
        "until": until,
        "balance": balance_at(account, until),
        "lines": shown,
        "older": f"?{urlencode({**query, 'after': shown[-1].place})}" if more else "",
        "up": f"{reverse('trial_balance')}?{address_query(account.branch, date=min(until, account.branch.business_date))}",
    }
    return page(request, "reports/ledger_account.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Capability.LEDGER_VIEW)
@require_safe
def ledger_entry(request: HttpRequest, reference: str) -> HttpResponse:
    """One entry as a document: its lines, who and when, what it reverses or what reversed it, its seal."""
    entry = queries.entry_for(request.user, reference)
    reachable = branches_within(request.user, SEES_BOOKS).filter(pk=entry.branch_id).first()
    context = {
        "entry": entry,
        "lines": queries.lines_of(request.user, entry),
        "seal": getattr(entry, "seal", None),
        "undone": getattr(entry, "reversed_by", None),
        "up": f"{reverse('trial_balance')}?{address_query(reachable, date=entry.business_date)}",
    }
    return page(request, "reports/ledger_entry.html", context)


@requires(Capability.JOURNAL_EXPORT, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def journal_export(request: HttpRequest) -> HttpResponseBase:
    """Choose days, branch and program; the answer to the form is the file itself, sent while it is read.

    Streaming instead of a kept document: the journal has no largest size, and nothing of it stays behind.
    """
    branches = branches_within(request.user, Capability.JOURNAL_EXPORT)
    latest = queries.latest_day(None)
    asked_for = {name: request.GET[name] for name in ("since", "until", "branch", "form") if request.GET.get(name)}
    initial = {"until": latest, "form": "hledger", **asked_for}
    form = ExportForm(request.POST or None, branches=branches, initial=initial)
    if request.method != "POST":
        return page(request, "reports/journal_export.html", {"form": form})
    if not form.is_valid():
        return refused(request, "reports/journal_export.html", {}, form)
    wanted = form.cleaned_data
    try:
        body = services.export_journal(**wanted, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, "reports/journal_export.html", {}, form, refusal)
    _, ending, _ = FORMATS[wanted["form"]]
    code = wanted["branch"].code if wanted["branch"] else ""
    name = file_name("journal", code, str(wanted["since"] or ""), str(wanted["until"])) + f".{ending}"
    return download(body, name=name, media_type="text/csv" if ending == "csv" else "text/plain")


@requires(Capability.PERMISSIONS_VIEW)
@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """Who may do what: the table of grants as it is in force."""
    bounds = ceilings(on=now().date())
    rows = [
        (
            capability,
            DESCRIPTIONS[capability],
            [(_word(GRANTS[capability][role]), bounds.get((role, capability))) for role in Role],
        )
        for capability in Capability
    ]
    apart = [((one, DESCRIPTIONS[one]), (other, DESCRIPTIONS[other])) for one, other in FORBIDDEN_TOGETHER]
    return page(request, "reports/permissions.html", {"roles": list(Role), "rows": rows, "apart": apart})


def _word(scope: Scope) -> str:
    return "" if scope is Scope.NONE else scope.name.lower()


def _day_and_branch(request: HttpRequest) -> tuple[DayForm, date | None, Branch | None]:
    """The form, and what it asks for: the open day and all one may see unless the address says otherwise."""
    form, branch = asked(request, DayForm, lambda latest: {"date": latest.isoformat()})
    return form, form.cleaned_data["date"] if form.is_valid() else None, branch
