"""What members save in: products with dated terms, accounts, and the interest posted to them."""

from __future__ import annotations

from portal.deposits.models.accounts import (
    AccountApplication,
    AccountClosure,
    AccountEdit,
    AccountHolder,
    DepositAccount,
    StateChange,
)
from portal.deposits.models.charges import (
    CONFIGURED,
    MONTHLY_KINDS,
    ChargeKind,
    ChargeWaiver,
    ServiceCharge,
    TakenCharge,
)
from portal.deposits.models.cheques import Cheque, ChequeReading, ChequeRules, ChequeStep
from portal.deposits.models.contributions import ContributionFine, ContributionPlan, ContributionTerms
from portal.deposits.models.fixed import FixedEnding, FixedInstruction, FixedTerm, FixedTerms, Instruction, RateSlab
from portal.deposits.models.goals import Goal
from portal.deposits.models.interest import InterestAccrual, InterestAdjustment, InterestPosting, InterestRevision
from portal.deposits.models.limits import Beyond, Channel, MoneyLimit, NewPayeeRule
from portal.deposits.models.notes import MovementNote
from portal.deposits.models.payees import Payee
from portal.deposits.models.products import (
    Compounding,
    DayCount,
    PostingFrequency,
    Product,
    ProductChange,
    RateTier,
    Terms,
    TierMethod,
)
from portal.deposits.models.shares import Dividend, DividendPayment, DividendShare, ShareClass, ShareDealing, ShareTerms
from portal.deposits.models.standing import Rhythm, StandingAttempt, StandingChange, StandingOrder
from portal.deposits.models.susu import (
    CardKind,
    SusuBoxes,
    SusuCard,
    SusuPause,
    SusuPayment,
    SusuPlan,
    SusuSettlement,
    SusuTerms,
)

__all__ = [
    "CONFIGURED",
    "MONTHLY_KINDS",
    "AccountApplication",
    "AccountClosure",
    "AccountEdit",
    "AccountHolder",
    "Beyond",
    "CardKind",
    "Channel",
    "ChargeKind",
    "ChargeWaiver",
    "Cheque",
    "ChequeReading",
    "ChequeRules",
    "ChequeStep",
    "Compounding",
    "ContributionFine",
    "ContributionPlan",
    "ContributionTerms",
    "DayCount",
    "DepositAccount",
    "Dividend",
    "DividendPayment",
    "DividendShare",
    "FixedEnding",
    "FixedInstruction",
    "FixedTerm",
    "FixedTerms",
    "Goal",
    "Instruction",
    "InterestAccrual",
    "InterestAdjustment",
    "InterestPosting",
    "InterestRevision",
    "MoneyLimit",
    "MovementNote",
    "NewPayeeRule",
    "Payee",
    "PostingFrequency",
    "Product",
    "ProductChange",
    "RateSlab",
    "RateTier",
    "Rhythm",
    "ServiceCharge",
    "ShareClass",
    "ShareDealing",
    "ShareTerms",
    "StandingAttempt",
    "StandingChange",
    "StandingOrder",
    "StateChange",
    "SusuBoxes",
    "SusuCard",
    "SusuPause",
    "SusuPayment",
    "SusuPlan",
    "SusuSettlement",
    "SusuTerms",
    "TakenCharge",
    "Terms",
    "TierMethod",
]
