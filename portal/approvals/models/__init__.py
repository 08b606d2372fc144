"""What waits for a second person, what was decided, and up to which amounts people act alone."""

from __future__ import annotations

from portal.approvals.models.limits import Ceiling, UserLimit
from portal.approvals.models.requests import Decision, Request

__all__ = ["Ceiling", "Decision", "Request", "UserLimit"]
