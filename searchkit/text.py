"""text: any `str` -> one that has UTF-8, which every file, term and engine needs."""

from __future__ import annotations

import re

__all__ = ["well_formed"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """``text`` with U+FFFD for each lone surrogate; of the same length."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
