"""The words of scripts in pages: they are looked up here, and go along with the page."""

from __future__ import annotations

import re

from stage.text.language import gettext

_SAID = re.compile(r'\bsay\(\s*"((?:[^"\\]|\\.)+)"')


def table(script: str) -> dict[str, str]:
    """What a script says by ``say("…")``, in the language that is spoken now; ``{}`` in English."""
    found = {text: gettext(text) for text in _SAID.findall(script)}
    return {text: other for text, other in found.items() if other != text}
