"""An entry by hand, asked for and approved; templates of those that come again."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.bookkeeping import queries, services
from portal.bookkeeping.models import EntryTemplate
from portal.bookkeeping.pages.forms import MORE_LINES, MOST_LINES, EntryForm, LineFormSet, Lines, TemplateForm, lines_of
from portal.institution.models import Branch
from portal.institution.queries import branches_within

ENTRY, TEMPLATES, TEMPLATE = (f"bookkeeping/{name}.html" for name in ("entry_new", "template_list", "template_new"))


@requires(Capability.ENTRY_ASK)
@require_http_methods(["GET", "HEAD", "POST"])
def entry_new(request: HttpRequest) -> HttpResponse:
    """Ask for an entry by hand in the books of `?branch=`, from `?template=` where one is chosen."""
    branch = queries.branch_for(request.user, Capability.ENTRY_ASK, request.GET.get("branch", ""))
    if branch is None:
        raise Http404("no branch yet")
    template = _template(request.GET.get("template", ""))
    initial = {"memo": template.memo} if template else None
    form, lines = EntryForm(request.POST or None, initial=initial), _lines(request, branch, template)
    context = {
        "branch": branch,
        "branches": branches_within(request.user, Capability.ENTRY_ASK),
        "templates": queries.templates(),
        "lines": lines,
    }
    if request.method != "POST" or "more" in request.POST:
        return page(request, ENTRY, context | {"form": form})
    if not (form.is_valid() & lines.is_valid()):
        return refused(request, ENTRY, context, form)
    try:
        asked = services.ask_for_entry(
            branch=branch, lines=lines.by_hand, **form.cleaned_data, by=request.user, at=now()
        )
    except Refused as refusal:
        return refused(request, ENTRY, context, form, refusal)
    messages.success(request, "Asked for. The entry posts once a second person has approved it.")
    return see_other(reverse("approval", args=[asked.pk]))


@requires(Capability.ENTRY_ASK)
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """The templates in use."""
    return page(request, TEMPLATES, {"templates": queries.templates()})


@requires(Capability.TEMPLATE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def template_new(request: HttpRequest) -> HttpResponse:
    """Make a template: the lines of an entry that comes again."""
    branch = queries.branch_for(request.user, Capability.TEMPLATE_MANAGE, "")
    if branch is None:
        raise Http404("no branch yet")
    form, lines = TemplateForm(request.POST or None), _lines(request, branch, None)
    context: dict[str, Any] = {"lines": lines}
    if request.method != "POST" or "more" in request.POST:
        return page(request, TEMPLATE, context | {"form": form})
    if not (form.is_valid() & lines.is_valid()):
        return refused(request, TEMPLATE, context, form)
    try:
        services.make_template(**form.cleaned_data, lines=lines.by_hand, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, TEMPLATE, context, form, refusal)
    return see_other(reverse("template_list"))


@requires(Capability.TEMPLATE_MANAGE)
@require_POST
def template_retire(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template out of use."""
    template = get_object_or_404(queries.templates(), pk=template_id)
    services.retire_template(template=template, by=request.user, at=now())
    messages.success(request, f"{template} is no longer in use.")
    return see_other(reverse("template_list"))


def _template(number: str) -> EntryTemplate | None:
    """The template asked for; 404 for one that is not in use."""
    if not number:
        return None
    if not number.isascii() or not number.isdigit():
        raise Http404("no such template")
    return get_object_or_404(queries.templates(), pk=int(number))


def _lines(request: HttpRequest, branch: Branch, template: EntryTemplate | None) -> LineFormSet:
    """The lines as typed, with some more when more were asked for; at first the template's."""
    accounts = queries.manual_accounts(branch)
    currency = next((account.currency for account in accounts[:1]), "")
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "more" in data:
        typed = data.get("form-TOTAL_FORMS", "")
        data["form-TOTAL_FORMS"] = str(min(int(typed), MOST_LINES) + MORE_LINES) if typed.isdigit() else str(MORE_LINES)
    given = {"accounts": accounts, "currency": currency}
    return cast("LineFormSet", Lines(data, initial=lines_of(template, currency), form_kwargs=given))
