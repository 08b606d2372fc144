"""Who is known here: users who sign in, customers who are served, and what is known of them."""

from __future__ import annotations

from portal.people.models.details import Address, DetailsChange, IdentityDocument, IdentityKind, NextOfKin
from portal.people.models.kyc import HIGHEST_SCORE, LOWEST_SCORE, KycDecision, KycSubmission, RiskProfile
from portal.people.models.members import Customer, CustomerView, User, UserManager
from portal.people.models.standing import Anonymisation, BranchTransfer, CustomerClosure, Mandate, RetentionRule

__all__ = [
    "HIGHEST_SCORE",
    "LOWEST_SCORE",
    "Address",
    "Anonymisation",
    "BranchTransfer",
    "Customer",
    "CustomerClosure",
    "CustomerView",
    "DetailsChange",
    "IdentityDocument",
    "IdentityKind",
    "KycDecision",
    "KycSubmission",
    "Mandate",
    "NextOfKin",
    "RetentionRule",
    "RiskProfile",
    "User",
    "UserManager",
]
