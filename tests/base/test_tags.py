"""Template tags and the field renderer: what people read, and what screen readers are told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Engine
from django.test import RequestFactory

from portal.base.badges import badge_for
from portal.base.fields import AmountField
from portal.base.formrenderer import PortalRenderer
from portal.base.money import Money


class PayForm(forms.Form):
    default_renderer = PortalRenderer
    payee = forms.CharField(help_text="Name or number")
    amount = AmountField(currency="GHS")
    when = forms.ChoiceField(choices=[("now", "Now"), ("later", "Later")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")
    note = forms.CharField(required=False)


def shown(source: str, **values: Any) -> str:
    return Engine.get_default().from_string("{% load portal %}" + source).render(Context(values)).strip()


@pytest.mark.parametrize(
    ("source", "minor", "expected"),
    [
        ("{% money m %}", 125_000, '<span class="money">1,250.00</span>'),
        ("{% money m %}", -1_200, '<span class="money">−12.00</span>'),
        ("{% money m sign=True %}", 500, '<span class="money">+5.00</span>'),
        ("{% money m sign=True %}", 0, '<span class="money">0.00</span>'),
    ],
)
def test_money_has_its_own_signs(source: str, minor: int, expected: str) -> None:
    assert shown(source, m=Money(minor, "GHS")) == expected


def test_absent_money_is_a_dash_and_zero_is_zero() -> None:
    assert "–" in shown("{% money m %}", m=None)


def test_below_zero_is_said_in_words_when_asked() -> None:
    assert "overdrawn" in shown("{% money m overdrawn=True %}", m=Money(-1, "GHS"))
    assert "overdrawn" not in shown("{% money m overdrawn=True %}", m=Money(1, "GHS"))


def test_the_currency_is_named_when_asked() -> None:
    assert "GHS" in shown("{% money m currency=True %}", m=Money(1, "GHS"))


def test_a_state_is_word_shape_and_tint() -> None:
    assert shown('{% status_badge "on_hold" %}') == (
        '<span class="badge badge-warn"><span aria-hidden="true">❚❚</span> On hold</span>'
    )


def test_an_unknown_state_is_shown_plainly_and_escaped() -> None:
    assert badge_for("odd thing").label == "Odd thing"
    assert "&lt;b&gt;" in shown("{% status_badge s %}", s="<b>")


def test_an_icon_is_decoration_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in shown('{% icon "home" %}')
    assert 'role="img" aria-label="Frozen"' in shown('{% icon "lock" label="Frozen" %}')


def test_dates_are_written_out_with_their_machine_form() -> None:
    assert shown("{% day d %}", d=date(2026, 11, 1)) == '<time datetime="2026-11-01">1 Nov 2026</time>'
    assert "14:32" in shown("{% moment d %}", d=datetime(2026, 11, 21, 14, 32))  # noqa: DTZ001  # naive: shown as it is
    assert "<time" in shown("{% moment d seconds=True %}", d=datetime(2026, 11, 21, 14, 32, tzinfo=UTC))
    assert shown("{% day d %}{% moment d %}", d=None) == "––"


def test_account_numbers_are_grouped_masked_and_copied_bare() -> None:
    text = shown("{% account_number n %}{{ n|masked }}", n="1234567890")
    assert (
        text == '<span class="number" data-copy="1234567890">1234\xa05678\xa090</span><span class="number">…7890</span>'
    )


def test_a_title_keeps_the_digits_it_ends_in_together() -> None:
    text = shown("{{ t|unbroken }}|{{ plain|unbroken }}", t="Transfer to <Ama> …6034", plain="Cash & more")
    assert text == 'Transfer to &lt;Ama&gt; <span class="number">…6034</span>|Cash &amp; more'


def test_the_error_summary_links_every_problem_to_its_control() -> None:
    form = PayForm({"payee": "", "amount": "1e5"}, auto_id="id_%s")
    text = shown("{% error_summary form %}", form=form)
    assert '<a href="#id_payee">Payee: This field is required.</a>' in text
    assert '<a href="#id_when_0">' in text
    assert '<a href="#id_amount">Enter the amount in digits' in text


def test_no_problem_no_summary() -> None:
    assert shown("{% error_summary form %}", form=PayForm()) == ""


def test_the_summary_takes_formsets_too() -> None:
    lines = forms.formset_factory(PayForm, extra=0)
    bound = lines({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"})
    assert "#id_form-0-payee" in shown("{% error_summary lines %}", lines=bound)


def test_help_and_error_are_tied_to_the_control() -> None:
    text = str(PayForm({}).as_div())
    assert 'aria-describedby="id_payee_helptext id_payee_error"' in text
    assert 'id="id_payee_helptext"' in text
    assert 'id="id_payee_error"' in text


def test_controls_wear_what_their_kind_needs() -> None:
    text = str(PayForm())
    assert '<span class="affix-text" aria-hidden="true">GHS</span>' in text
    assert 'inputmode="decimal"' in text
    assert "<legend>" in text
    assert '<span class="optional">(optional)</span>' in text


def test_a_growing_list_ends_in_a_link_that_also_works_alone() -> None:
    page = Paginator(range(30), 10).page(1)
    text = shown("{% load_more page 3 %}", page=page, request=RequestFactory().get("/?q=a&page=1"))
    assert 'href="?q=a&amp;page=2"' in text
    assert 'hx-target="#more"' in text
    assert '<td colspan="3">' in text


def test_the_pager_says_where_one_is() -> None:
    page = Paginator(range(30), 10).page(3)
    text = shown('{% pager page "movements" %}', page=page, request=RequestFactory().get("/"))
    assert "21–30 of 30 movements" in text
    assert "Next" not in text


def test_a_breadcrumb_ends_with_the_page_itself() -> None:
    assert 'aria-current="page">Here' in shown('{% breadcrumb "Accounts" "/a/" "Here" %}')


@pytest.mark.parametrize(("state", "asks"), [("running", True), ("done", False), ("failed", False)])
def test_a_job_asks_again_only_while_it_runs(state: str, asks: bool) -> None:
    job = {"pk": 7, "state": state}
    text = shown('{% job_progress job "/jobs/7/" %}', job=type("Job", (), job)())
    assert ("hx-get" in text) is asks


@pytest.mark.parametrize(
    ("role", "expected"), [("cashier", "compact"), ("customer", "comfortable"), ("mobile_banker", "collector")]
)
def test_density_follows_the_role_and_theme_the_cookie(role: str, expected: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = "dark"
    request.user = type("User", (), {"role": role})()
    assert shown("{% shell_attributes %}", request=request) == f'data-density="{expected}" data-theme="dark"'


def test_a_strange_theme_cookie_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = '"><script>'
    assert shown("{% shell_attributes %}", request=request) == 'data-density="comfortable"'


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    root = Path(settings.BASE_DIR)
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (root / "static/img/icons.svg").read_text(encoding="utf-8")))
    pages = [path.read_text(encoding="utf-8") for path in (root / "templates").rglob("*.html")]
    asked = {name for text in pages for name in re.findall(r'{% icon "([^"]+)"', text)}
    assert asked - drawn == set()
