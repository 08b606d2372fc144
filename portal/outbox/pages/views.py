"""The page of one job, and the demonstration's letter box."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import public, requires
from portal.base.clock import now
from portal.base.render import page
from portal.outbox import queries

SLOWEST_POLL_SECONDS = 5


@requires(Capability.JOB_VIEW)
@require_safe
def job_detail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far one job is. While it runs the page asks again, every second at first and less often as it takes longer."""
    job = get_object_or_404(queries.jobs_visible_to(request.user), pk=job_id)
    age_seconds = int((now() - job.created_at).total_seconds())
    poll_seconds = min(SLOWEST_POLL_SECONDS, 1 + age_seconds // 10)
    return page(request, "outbox/job_detail.html", {"job": job, "poll_seconds": poll_seconds}, partials=("job",))


@public("The demonstration's mail goes nowhere: anybody who tries it may read it. 404 in a real installation.")
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    if not settings.DEMONSTRATION:
        raise Http404
    return page(request, "outbox/demo_mail.html", {"mails": queries.sent_mails()})
