"""A day in a form is written as the browser reads it, whatever language the page is in."""

import pytest
from django.utils import translation

from kepu.people.office_forms import day_field


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_that_was_kept_is_shown_again(language):
    from datetime import date

    with translation.override(language):
        shown = day_field("日期").widget.render("day", date(2027, 3, 31))

    assert 'value="2027-03-31"' in shown
