"""Addresses of statements."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.statements.formats import FORMATS
from portal.statements.pages import certificate_views, pack_views, run_views, views


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


class FormatConverter(StringConverter):
    """The name of a format of statements."""

    regex = "|".join(FORMATS)


register_converter(DayConverter, "day")
register_converter(NumberConverter, "account_number")
register_converter(FormatConverter, "statement_format")
_OF = "accounts/<account_number:number>/statements/<day:start>/<day:end>/"

urlpatterns = [
    path("statements/", views.statement_choose, name="statement_choose"),
    path("statements/issued/<uuid:issued_id>/", views.statement_issued, name="statement_issued"),
    path("statements/months/", run_views.statement_runs, name="statement_runs"),
    path("statements/months/<int:run_id>/", run_views.statement_run, name="statement_run"),
    path("statements/packs/", pack_views.statement_packs, name="statement_packs"),
    path("statements/packs/<uuid:pack_id>/", pack_views.statement_pack, name="statement_pack"),
    path("statements/packs/<uuid:pack_id>/statements.zip", pack_views.statement_pack_zip, name="statement_pack_zip"),
    path(
        "accounts/<account_number:number>/balance-certificate/",
        certificate_views.balance_certificate,
        name="balance_certificate",
    ),
    path(_OF, views.statement_detail, name="statement"),
    path(f"{_OF}files/<statement_format:form>/", views.statement_file, name="statement_file"),
    path(f"{_OF}pdf/", views.statement_pdf, name="statement_pdf"),
]
