from django.db import migrations

from portal.audit.operations import append_only, watch

WATCHED = (
    "loanproduct",
    "loanterms",
    "ladderstep",
    "loan",
    "guarantor",
    "guarantoranswer",
    "collateral",
    "paper",
    "decision",
    "condition",
    "conditionmet",
    "disbursement",
    "charge",
    "rescheduling",
    "writeoff",
)
WRITTEN_ONCE = (
    "productchange",
    "loanterms",
    "ladderstep",
    "statechange",
    "decision",
    "condition",
    "conditionmet",
    "guarantoranswer",
    "disbursement",
    "schedule",
    "schedulerow",
    "payment",
    "paymentreversal",
    "reallocation",
    "penalty",
    "charge",
    "refund",
    "rescheduling",
    "writeoff",
    "portfolioday",
    "setback",
)


class Migration(migrations.Migration):
    """What was agreed, decided, paid and worked off is written once. `loans_standing` holds sums, like the ledger's balances."""

    dependencies = [("loans", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        *(watch(f"loans_{table}") for table in WATCHED),
        *(append_only(f"loans_{table}") for table in WRITTEN_ONCE),
    ]
