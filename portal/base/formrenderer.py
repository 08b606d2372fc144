"""Forms render from our own templates: label above, help, then the control, errors tied to it by aria-describedby."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """Set as `FORM_RENDERER`; needs `django.forms` in `INSTALLED_APPS` for the widgets' stock templates."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
