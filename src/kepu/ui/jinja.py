"""The Jinja environment of every page: Django's `OPTIONS["environment"]` names
`kepu.ui.jinja.environment`."""

from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment

from kepu.ui import clocks, formats, forms, shell, tables, toasts
from kepu.ui.compiled import Kept


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    """`url("orders:detail", order.pk)` in a template."""
    return reverse(name, args=args, kwargs=kwargs)


@cache
def _address(path: str) -> str:
    """Where a file of ours is served; the same as long as the process lives, and asked by every icon."""
    return static(path)


_numbers = count(1)


def _unique(stem: str) -> str:
    """An id that no other element of the page has; lists repeat a component many times."""
    return f"{stem}-{next(_numbers)}"


def environment(**options: Any) -> Environment:
    """An environment with the words, filters and globals that components use."""
    options.setdefault("autoescape", True)
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.setdefault("bytecode_cache", Kept(settings.COMPILED_TEMPLATES))
    options["extensions"] = [*options.pop("extensions", ()), "jinja2.ext.i18n"]
    env = Environment(**options)  # noqa: S701 (autoescape is set above)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.globals.update(
        static=_address,
        url=_url,
        unique_id=_unique,
        read_clock=clocks.read,
        read_toasts=toasts.read,
        cell_of=tables.cell,
        look_of=forms.look_of,
        errors_of=forms.errors_of,
        errors_in_words=forms.errors_in_words,
        filters_in_force=forms.filters_in_force,
        sort_kept=forms.sort_kept,
        blank_shell=shell.BLANK,
    )
    env.filters.update(formats.FILTERS)
    return env
