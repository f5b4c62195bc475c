from __future__ import annotations

import pytest

from kepu.kernel.accounts import agents

LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 MicroMessenger/8.0"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1 Version/17 Safari/605.1"


@pytest.mark.parametrize(
    ("agent", "called"),
    [
        (LINUX, "Chrome · Linux"),
        (PHONE, "微信 · Android"),
        (MAC, "Safari · macOS"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name_and_not_by_its_ancestors(agent, called):
    assert agents.called(agent) == called
