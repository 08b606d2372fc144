"""How suspicious a movement is, and what the gate does with it."""

from __future__ import annotations

from django.db import models


class Level(models.IntegerChoices):
    """What a score comes to. Low: nothing; medium: kept; high: an alert; critical: an alert and a notice."""

    LOW = 0, "Low"
    MEDIUM = 1, "Medium"
    HIGH = 2, "High"
    CRITICAL = 3, "Critical"


class Verdict(models.IntegerChoices):
    """What happens to a movement, the milder first."""

    ALLOW = 0, "Allow"
    STEP_UP = 1, "Ask for a fresh proof"
    HOLD = 2, "Hold for review"
    REJECT = 3, "Reject"
