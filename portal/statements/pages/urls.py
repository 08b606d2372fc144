"""Addresses of statements."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.statements.pages import views


class DayConverter:
    """A day as `2026-11-21`; what is no day of the calendar is no address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class NumberConverter(StringConverter):
    """An account number as accounts have them: twelve digits, nothing else reaches the database."""

    regex = r"[0-9]{12}"


register_converter(DayConverter, "day")
register_converter(NumberConverter, "account_number")
_OF = "accounts/<account_number:number>/statements/<day:start>/<day:end>/"

urlpatterns = [
    path("statements/", views.statement_choose, name="statement_choose"),
    path(_OF, views.statement_detail, name="statement"),
    path(f"{_OF}statement.csv", views.statement_csv, name="statement_csv"),
    path(f"{_OF}statement.xlsx", views.statement_xlsx, name="statement_xlsx"),
    path(f"{_OF}pdf/", views.statement_pdf, name="statement_pdf"),
]
