"""For those who look after notices: the words, what was sent, and tests."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.notifications import queries, services
from portal.notifications.kinds import KINDS, Channel, Kind, kind_named
from portal.notifications.pages.forms import SentForm, TestForm, WordingForm
from portal.notifications.wording import segments

PER_PAGE = 40
EDIT = "notifications/wording_edit.html"


@requires(Capability.WORDING_MANAGE)
@require_safe
def wording_list(request: HttpRequest) -> HttpResponse:
    """Every kind of notice, and which of its words were rewritten."""
    rows = [(kind, [(way, queries.words_of(kind, way).version) for way in Channel]) for kind in KINDS]
    return page(request, "notifications/wording_list.html", {"rows": rows})


@requires(Capability.WORDING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def wording_edit(request: HttpRequest, way: str, notice_kind: str) -> HttpResponse:
    """Other words for one kind on one channel. The button “Preview” keeps nothing; htmx shows it while one types."""
    kind, channel = _asked(way, notice_kind)
    words = queries.words_of(kind, channel)
    start = {"subject": words.subject, "text": words.text, "after": words.version}
    form = WordingForm(request.POST or None, initial=start, channel=channel)
    context = {"kind": kind, "way": channel, "form": form, "versions": queries.versions_of(kind, channel)[:20]}
    if request.method != "POST":
        return page(request, EDIT, context | _shown(kind, words.subject, words.text))
    if not form.is_valid():
        return refused(request, EDIT, context, form)
    given = {"subject": form.cleaned_data.get("subject", ""), "text": form.cleaned_data["text"]}
    if request.htmx or "preview" in request.POST:  # type: ignore[attr-defined]  # django-htmx's
        return page(request, EDIT, context | _shown(kind, **given), partials=("preview",))
    try:
        after = form.cleaned_data["after"]
        services.write_wording(kind=kind.code, channel=channel, **given, after=after, by=request.user, at=now())
    except Refused as error:
        return refused(request, EDIT, context, form, error)
    messages.success(request, "These words are used from now on.")
    return see_other(request.path)


def _asked(way: str, notice_kind: str) -> tuple[Kind, Channel]:
    try:
        return kind_named(notice_kind), Channel(way)
    except (Refused, ValueError) as error:
        raise Http404("no such wording") from error


def _shown(kind: Kind, subject: str, text: str) -> dict[str, Any]:
    """The preview, or why there is none."""
    try:
        shown_subject, shown_text = services.preview(kind=kind.code, subject=subject, text=text)
    except Refused as refusal:
        return {"preview_trouble": refusal.message}
    return {"shown_subject": shown_subject, "shown_text": shown_text, "segments": segments(shown_text)}


@requires(Capability.DELIVERY_VIEW)
@require_safe
def delivery_list(request: HttpRequest) -> HttpResponse:
    """What left, for whom, and what the other side said."""
    form = SentForm(request.GET)
    found = queries.deliveries_visible_to(request.user)
    if form.is_valid():
        found = queries.deliveries_that_fit(found, **form.cleaned_data)
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "notifications/delivery_list.html", {"form": form, "page_obj": rows}, partials=("results",))


@requires(Capability.CHANNEL_TEST)
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_test(request: HttpRequest) -> HttpResponse:
    """Send a test; the job's page then says what the other side answered, in its own words."""
    form = TestForm(request.POST or None)
    if request.method != "POST":
        return page(request, "notifications/delivery_test.html", {"form": form})
    if not form.is_valid():
        return refused(request, "notifications/delivery_test.html", {}, form)
    given = {name: form.cleaned_data[name] for name in ("channel", "address", "key")}
    try:
        job = services.send_test(**given, by=request.user, at=now())
    except Refused as error:
        return refused(request, "notifications/delivery_test.html", {}, form, error)
    return see_other(reverse("job_detail", args=[job.pk]))
