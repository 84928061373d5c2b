"""Helpers for text."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from searchkit.text import escape_html


@given(texts | st.text("a&<>\"';&amp"))
def test_html_is_escaped_as_python_does(text: str) -> None:
    assert escape_html(text) == html.escape(text)
