"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "portal.loans"

    def ready(self) -> None:
        """Open pages may be told about the loans their reader may see; what is paid on a loan has receipts."""
        from portal.deposits import receipts
        from portal.live.services import register
        from portal.loans.queries import may_listen
        from portal.loans.receipts import LoanReceipts

        register("loan", may_listen)
        receipts.register(LoanReceipts())
