"""The house's template tags: `{% load portal %}`. Examples of each are in docs/design-system.md.

{% money m %}  {% money m currency=True %}  {% money m sign=True %}  {% money m overdrawn=True %}
{{ m|in_words }}                        two hundred and fifty cedis and 00/100
{% status_badge "posted" %}  {% status_badge loan.status loan.get_status_display %}
{% icon "wallet" %}  {% icon "lock" label="Frozen" %}
{% day date %}  {% moment datetime %}   <time> elements: 21 Nov 2026; 21 Nov 2026, 14:32
{% account_number "1234567890" %}       grouped by four, copied by a click
{{ number|grouped }}  {{ number|masked }}  {{ n|counted }}  {{ title|unbroken }}
{% error_summary form %}                also several: {% error_summary form lines_formset %}
{% summary_list rows %}                 rows: (label, value) or (label, value, change_url)
{% task_list tasks %}                   tasks: dicts label, url, status, hint
{% empty "No movements yet." "Open an account" url %}
{% tile "Available" value hint="as of now" url="…" %}
{% breadcrumb "Accounts" accounts_url "1234 5678" %}
{% tabs items %}                        items: dicts label, url, current, count
{% pager page_obj %}                    "Load more" and where one is
{% progress_bar label done total %}     {% job_progress job url %}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.dateformat import format as date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language

from portal.base.badges import badge_for
from portal.base.money import Money, format_amount
from portal.base.words import in_words as amount_in_words

register = template.Library()

ABSENT = "–"
DENSITIES = {"customer": "comfortable", "mobile_banker": "collector"}


@register.simple_tag
def money(amount: Money | None, *, currency: bool = False, sign: bool = False, overdrawn: bool = False) -> SafeString:
    """An amount in the house's form: real minus, the currency's decimals, tabular figures.

    `currency` names the currency before it, `sign` shows `+` for credits, `overdrawn` adds the word below zero.
    """
    if amount is None:
        return format_html('<span class="money">{}</span>', ABSENT)
    plus = "+" if sign and amount.minor > 0 else ""
    code = format_html('<span class="currency">{}</span>\N{NO-BREAK SPACE}', amount.currency) if currency else ""
    word = format_html(' <span class="overdrawn">{}</span>', "overdrawn") if overdrawn and amount.minor < 0 else ""
    return format_html('<span class="money">{}{}{}</span>{}', code, plus, format_amount(amount), word)


@register.filter
def in_words(amount: Money) -> str:
    """The amount spelled out, as on a cheque."""
    return amount_in_words(amount)


@register.simple_tag
def status_badge(status: str, label: str = "") -> SafeString:
    """Word, shape and tint for a state; never colour alone. Unknown states are shown plainly."""
    badge = badge_for(str(status))
    return format_html(
        '<span class="badge badge-{}"><span aria-hidden="true">{}</span> {}</span>',
        badge.tone,
        badge.shape,
        label or badge.label,
    )


@register.simple_tag
def icon(name: str, *, label: str = "", size: str = "") -> SafeString:
    """One symbol of the sprite. Without a label it is decoration and hidden from screen readers. Sizes: `""`, `large`."""
    return _icon(name, label, size)


@cache
def _icon(name: str, label: str, size: str) -> SafeString:
    """Pages show the same few symbols again and again, and the sprite's address never changes while we run."""
    href = f"{static('img/icons.svg')}#{name}"
    css = f"icon icon-{size}" if size else "icon"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', css, href)


@register.simple_tag
def menu(groups: Iterable[Any], part: str = "_nav", *, side: bool = False) -> SafeString:
    """The menu's lines as `base/<part>.html` draws them, drawn once for all who see the same lines and numbers."""
    return _menu(
        part, get_language(), side, tuple((group.label, group.is_open, tuple(group.items)) for group in groups)
    )


@lru_cache(maxsize=512)
def _menu(
    part: str, language: str | None, side: bool, groups: tuple[tuple[str, bool, tuple[Any, ...]], ...]
) -> SafeString:
    nav = [{"label": label, "is_open": is_open, "items": items} for label, is_open, items in groups]
    return render_to_string(f"base/{part}.html", {"nav": nav, "side": side})


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """A date as people of the house read it: 21 Nov 2026."""
    if value is None:
        return ABSENT
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], date_format(value, "j M Y"))


@register.simple_tag
def moment(value: datetime | None, *, seconds: bool = False) -> SafeString | str:
    """A moment in the institution's time zone: 21 Nov 2026, 14:32."""
    if value is None:
        return ABSENT
    local = localtime(value) if is_aware(value) else value
    text = date_format(local, "j M Y, H:i:s" if seconds else "j M Y, H:i")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter
def counted(number: int | None) -> str:
    """A count with its thousands apart: 2,000."""
    return ABSENT if number is None else f"{number:,}"


@register.filter
def grouped(number: str) -> str:
    """`1234567890` as `1234 5678 90`, with spaces that do not break."""
    text = str(number)
    return "\N{NO-BREAK SPACE}".join(text[start : start + 4] for start in range(0, len(text), 4))


@register.filter
def masked(number: str) -> SafeString:
    """Only the last four digits, `…5678`, never torn apart at the end of a line."""
    return format_html('<span class="number">…{}</span>', str(number)[-4:])


@register.filter
def unbroken(text: str) -> SafeString | str:
    """A text that may end in the last four digits of an account, kept in one piece like those of `masked`."""
    head, _, digits = str(text).rpartition("…")
    return format_html("{}{}", head, masked(digits)) if digits.isdigit() and head else text


@register.simple_tag
def account_number(number: str) -> SafeString:
    """Grouped by four; a click copies the bare digits."""
    return format_html('<span class="number" data-copy="{}">{}</span>', number, grouped(number))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the control is a single tick box, whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.inclusion_tag("base/parts/error_summary.html")
def error_summary(*forms: BaseForm | BaseFormSet[Any]) -> dict[str, Any]:
    """Every problem on top of the page, each a link to its control. Nothing when all is well."""
    problems: list[tuple[str, str]] = []
    for form in forms:
        problems += _problems(form)
    return {"problems": problems}


@register.inclusion_tag("base/parts/summary_list.html")
def summary_list(rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Labels and values, ruled; the third of a row is where its value can be changed."""
    return {"rows": [(row[0], row[1], row[2] if len(row) > 2 else "") for row in rows]}


@register.inclusion_tag("base/parts/task_list.html")
def task_list(tasks: Iterable[Any]) -> dict[str, Any]:
    """What is to be done, each with its state."""
    return {"tasks": tasks}


@register.inclusion_tag("base/parts/empty.html")
def empty(text: str, action: str = "", url: str = "") -> dict[str, str]:
    """Nothing here: one line and one way on."""
    return {"text": text, "action": action, "url": url}


@register.inclusion_tag("base/parts/tile.html")
def tile(label: str, value: Any, *, hint: str = "", url: str = "", tone: str = "") -> dict[str, Any]:
    """One figure with its name. Tones: `ok bad warn late info mute`; a tone never speaks alone, so give a hint with it."""
    return {"label": label, "value": value, "hint": hint, "url": url, "tone": tone}


@register.inclusion_tag("base/parts/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, Any]:
    """Label and address in turn; a last label without address is the page itself."""
    crumbs = [(parts[index], parts[index + 1]) for index in range(0, len(parts) - 1, 2)]
    return {"crumbs": crumbs, "here": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("base/parts/tabs.html")
def tabs(items: Iterable[Any], label: str = "Sections") -> dict[str, Any]:
    """Links that look like tabs; the current one is told by aria-current."""
    return {"items": items, "label": label}


@register.inclusion_tag("base/parts/pager.html", takes_context=True)
def pager(context: RequestContext, page_obj: Page[Any], noun: str = "rows", *, field: str = "page") -> dict[str, Any]:
    """Where one is, back and on. `field` is the page's name in the query."""
    return {"page": page_obj, "noun": noun, **_neighbours(context, page_obj, field)}


@register.inclusion_tag("base/parts/load_more.html", takes_context=True)
def load_more(context: RequestContext, page_obj: Page[Any], columns: int = 0) -> dict[str, Any]:
    """The last row of a growing list, `#more`: htmx puts the next rows in its place, without it it is a link.

    Stands inside `{% partialdef more inline %}` after the rows. With `columns` it is a table row, else an `<li>`.
    """
    htmx = bool(getattr(context["request"], "htmx", False))
    return {"page": page_obj, "columns": columns, "htmx": htmx, **_neighbours(context, page_obj, "page")}


@register.inclusion_tag("base/parts/progress.html")
def progress_bar(label: str, done: int, total: int) -> dict[str, Any]:
    """How far a counted work is."""
    return {"label": label, "done": done, "total": total, "percent": done * 100 // total if total else 0}


@register.inclusion_tag("base/parts/job.html")
def job_progress(job: Any, url: str, *, label: str = "") -> dict[str, Any]:
    """A background job's state; while it runs the part fetches `url` (which answers this part) every two seconds.

    The job has `pk`, `state`, `progress_done` and `progress_total`; the element is `#job-<pk>`.
    """
    running = str(job.state) not in {"done", "failed", "cancelled"}
    done, total = getattr(job, "progress_done", 0) or 0, getattr(job, "progress_total", 0) or 0
    return {"job": job, "url": url, "label": label, "running": running, "done": done, "total": total}


@register.simple_tag(takes_context=True)
def density(context: RequestContext) -> str:
    """`compact` for staff, `comfortable` for customers and visitors, `collector` for the round."""
    user = getattr(context.get("request"), "user", None)
    return DENSITIES.get(str(getattr(user, "role", "customer")), "compact")


@register.simple_tag(takes_context=True)
def shell_attributes(context: RequestContext) -> SafeString:
    """Density by role and the chosen colours, for `<html>`."""
    request = context.get("request")
    theme = request.COOKIES.get("theme", "") if request is not None else ""
    chosen = [("data-density", density(context))]
    chosen += [("data-theme", theme)] if theme in {"light", "dark"} else []
    return format_html_join(" ", '{}="{}"', chosen)


def _problems(form: BaseForm | BaseFormSet[Any]) -> list[tuple[str, str]]:
    """Pairs of (message, id of the control), the form's own errors first; a form that was not sent may tell a refusal too."""
    if isinstance(form, BaseFormSet):
        own = [(str(message), "") for message in form.non_form_errors()]
        return own + [problem for part in form.forms for problem in _problems(part)]
    found = [(str(message), "") for message in form.non_field_errors()]
    for name in form.errors:
        if name in form.fields:
            found += [(message, _control_id(form[name])) for message in _told(form[name])]
    return found


def _told(field: BoundField) -> list[str]:
    """A field's messages as the summary says them: what only makes sense beside the field is led by its label."""
    lonely = {"required", "invalid", "invalid_choice"}
    codes = [error.code for error in field.errors.as_data()]
    return [
        f"{field.label}: {message}" if code in lonely else str(message)
        for code, message in zip(codes, field.errors, strict=True)
    ]


def _neighbours(context: RequestContext, page_obj: Page[Any], field: str) -> dict[str, str]:
    """The addresses of the page before and after, keeping the rest of the query."""
    query = context["request"].GET.copy()
    before = _with(query, field, page_obj.number - 1) if page_obj.has_previous() else ""
    return {"before": before, "after": _with(query, field, page_obj.number + 1) if page_obj.has_next() else ""}


def _with(query: QueryDict, field: str, number: int) -> str:
    query[field] = str(number)
    return f"?{query.urlencode()}"


def _control_id(field: BoundField) -> str:
    return field.id_for_label or f"{field.auto_id}_0"
