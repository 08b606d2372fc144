"""The vault: who keeps it hands cash out, takes it back and counts it; a cashier asks, offers, and confirms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.base.tables import arranged
from portal.drawers import services, vaults
from portal.drawers.models import DrawerSession, VaultTransfer
from portal.drawers.pages.forms import AskForm, RefusalForm, VaultCountForm
from portal.drawers.pages.tables import VaultTransferTable
from portal.drawers.pieces import CashForm, DrawerCashForm
from portal.drawers.queries import drawers_for, open_session_of
from portal.institution.models import Branch
from portal.institution.queries import denominations

REFUSE = "drawers/vault_refuse.html"


@requires(Capability.VAULT_VIEW)
@require_safe
def vault(request: HttpRequest) -> HttpResponse:
    """What lies in a branch's vault, what waits, and what passed through."""
    choices = list(vaults.vault_branches(request.user))
    branch = _branch(request, choices)
    history = vaults.transfers_visible_to(request.user).filter(drawer__branch=branch)
    context = {
        "vault": vaults.vault_of(branch),
        "waiting": [_line(transfer, request.user) for transfer in vaults.waiting_in(branch)],
        "keeps": services.keeps_vault(request.user, branch.pk),
        "branches": choices,
        "table": arranged(request, VaultTransferTable(history)),
    }
    return page(request, "drawers/vault.html", context, partials=("results",))


@requires(Capability.VAULT_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def vault_hand_out(request: HttpRequest) -> HttpResponse:
    """Hand a drawer cash. It waits until the drawer's cashier has counted it."""
    offered = list(drawers_for(request.user))
    notes = denominations(offered[0].currency if offered else "")
    form = DrawerCashForm(request.POST or None, drawers=offered, denominations=notes)
    template, context = "drawers/vault_hand_out.html", {"form": form, "drawers": offered}
    if request.method != "POST":
        return page(request, template, context)
    if not form.is_valid():
        return refused(request, template, context, form)
    chosen = next(drawer for drawer in offered if str(drawer.pk) == form.cleaned_data["drawer"])
    try:
        _ask(request, chosen, VaultTransfer.Way.TO_DRAWER, form)
    except Refused as error:
        return refused(request, template, context, form, error)
    messages.success(request, f"Handed to {chosen}. It is posted when the drawer's cashier has counted it.")
    return see_other(reverse("vault"))


@requires(Capability.VAULT_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def vault_count(request: HttpRequest) -> HttpResponse:
    """Count the vault, blind: what the books say is told only afterwards."""
    branch = _own_branch(request)
    currency = vaults.vault_of(branch).holds.currency
    form = VaultCountForm(request.POST or None, denominations=denominations(currency))
    template, context = "drawers/vault_count.html", {"form": form}
    if request.method != "POST":
        return page(request, template, context)
    if not form.is_valid():
        return refused(request, template, context, form)
    typed = form.cleaned_data
    try:
        services.count_vault(
            branch=branch, counts=form.counts, note=typed["note"], key=typed["key"], by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, template, context, form, error)
    messages.success(request, "The count is kept.")
    return see_other(reverse("vault"))


@requires(Capability.VAULT_OPERATE)
@require_POST
def vault_confirm(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The vault gave or took the cash."""
    return _confirm(request, transfer_id, "vault")


@requires(Capability.VAULT_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def vault_refuse(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The vault does not give or take it, and says why."""
    return _refuse(request, transfer_id, "vault")


@requires(Capability.VAULT_OPERATE)
@require_POST
def vault_withdraw(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The vault takes back what it had handed out."""
    return _withdraw(request, transfer_id, "vault")


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer_vault(request: HttpRequest) -> HttpResponse:
    """A cashier asks the vault for cash or offers it some, and sees what waits."""
    session = open_session_of(request.user)
    if session is None or session.state == DrawerSession.State.COUNTED:
        return redirect("drawer_list")
    form = AskForm(request.POST or None, denominations=denominations(session.drawer.currency))
    waiting = [_line(transfer, request.user) for transfer in vaults.waiting_for_drawer_of(request.user)]
    template, context = "drawers/drawer_vault.html", {"form": form, "session": session, "waiting": waiting}
    if request.method != "POST":
        return page(request, template, context)
    if not form.is_valid():
        return refused(request, template, context, form)
    try:
        _ask(request, session.drawer, VaultTransfer.Way(form.cleaned_data["way"]), form)
    except Refused as error:
        return refused(request, template, context, form, error)
    return see_other(reverse("drawer_vault"))


@requires(Capability.DRAWER_OPERATE)
@require_POST
def drawer_confirm(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The cashier has the cash, or gave it."""
    return _confirm(request, transfer_id, "drawer_vault")


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer_refuse(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The cashier does not take or give it, and says why."""
    return _refuse(request, transfer_id, "drawer_vault")


@requires(Capability.DRAWER_OPERATE)
@require_POST
def drawer_withdraw(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """The cashier takes back what was asked for or offered."""
    return _withdraw(request, transfer_id, "drawer_vault")


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def drawer_exchange(request: HttpRequest) -> HttpResponse:
    """Change notes for others of the same worth."""
    session = open_session_of(request.user)
    if session is None or session.state != DrawerSession.State.ACTIVE:
        return redirect("drawer_list")
    kinds = denominations(session.drawer.currency)
    taken = CashForm(request.POST or None, denominations=kinds, prefix="taken")
    given = CashForm(request.POST or None, denominations=kinds, prefix="given")
    template, context = "drawers/exchange.html", {"taken": taken, "given": given, "form": taken, "session": session}
    if request.method != "POST":
        return page(request, template, context)
    if not (taken.is_valid() and given.is_valid()):
        return refused(request, template, context, taken)
    key = taken.cleaned_data["key"]
    try:
        services.exchange_notes(
            session=session, taken=taken.counts, given=given.counts, key=key, by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, template, context, taken, error)
    messages.success(request, "The notes are changed.")
    return see_other(reverse("drawer_exchange"))


def _branch(request: HttpRequest, choices: list[Branch]) -> Branch:
    """The branch asked for, or the first; another's answers as one that does not exist."""
    wanted = request.GET.get("branch", "")
    found = next((branch for branch in choices if branch.code == wanted or not wanted), None)
    if found is None:
        raise Http404
    return found


def _own_branch(request: HttpRequest) -> Branch:
    user: Any = request.user
    return get_object_or_404(vaults.vault_branches(user), pk=user.branch_id)


def _line(transfer: VaultTransfer, user: Any) -> dict[str, Any]:
    """A transfer that waits, with its notes and whose turn it is."""
    currency = transfer.drawer.currency
    return {
        "transfer": transfer,
        "amount": Money(transfer.amount_minor, currency),
        "notes": vaults.notes_of(transfer.notes, currency),
        "own": transfer.asked_by_id == user.pk,
        "to_drawer": transfer.way == VaultTransfer.Way.TO_DRAWER,
        "opens": transfer.session_id is None,
        "turn": _has_turn(transfer, user),
    }


def _has_turn(transfer: VaultTransfer, user: Any) -> bool:
    """Whether this person is the other side: the drawer's cashier when a keeper asked, a keeper when the cashier did."""
    if services.keeps_vault(transfer.asked_by, transfer.drawer.branch_id):
        return transfer.session is not None and transfer.session.cashier_id == user.pk
    return transfer.asked_by_id != user.pk and services.keeps_vault(user, transfer.drawer.branch_id)


def _ask(request: HttpRequest, drawer: Any, way: VaultTransfer.Way, form: CashForm) -> None:
    key = form.cleaned_data["key"]
    services.ask_for_transfer(drawer=drawer, way=way, counts=form.counts, key=key, by=request.user, at=now())


def _found(request: HttpRequest, transfer_id: int) -> VaultTransfer:
    """Out of sight is 404."""
    visible = vaults.transfers_visible_to(request.user)
    own = [transfer.pk for transfer in vaults.waiting_for_drawer_of(request.user)]
    transfer = visible.filter(pk=transfer_id).first()
    if transfer is None and transfer_id in own:
        transfer = VaultTransfer.objects.get(pk=transfer_id)
    if transfer is None:
        raise Http404
    return transfer


def _confirm(request: HttpRequest, transfer_id: int, back: str) -> HttpResponse:
    transfer = _found(request, transfer_id)
    try:
        services.confirm_transfer(transfer=transfer, by=request.user, at=now())
        messages.success(request, "Posted.")
    except Refused as error:
        messages.error(request, error.message)
    return see_other(reverse(back))


def _withdraw(request: HttpRequest, transfer_id: int, back: str) -> HttpResponse:
    transfer = _found(request, transfer_id)
    try:
        services.withdraw_transfer(transfer=transfer, by=request.user, at=now())
        messages.success(request, "Taken back. Nothing was posted.")
    except Refused as error:
        messages.error(request, error.message)
    return see_other(reverse(back))


def _refuse(request: HttpRequest, transfer_id: int, back: str) -> HttpResponse:
    transfer = _found(request, transfer_id)
    form = RefusalForm(request.POST or None)
    context = {"form": form, "line": _line(transfer, request.user), "back": reverse(back)}
    if request.method != "POST":
        return page(request, REFUSE, context)
    if not form.is_valid():
        return refused(request, REFUSE, context, form)
    try:
        reason = form.cleaned_data["reason"]
        services.refuse_transfer(transfer=transfer, reason=reason, by=request.user, at=now())
    except Refused as error:
        return refused(request, REFUSE, context, form, error)
    return see_other(reverse(back))
