"""Plain text: its title and its lines."""

from __future__ import annotations

import pytest


def test_plain_text_has_a_title_and_a_body(read, tmp_path):
    document = read("\n  山里的\u200b信  \n\n第一段。\r\n\r\n\u3000\u3000第二段 <b>&amp;\n* 三 *\n", "a.txt")
    assert document.title == "山里的信"
    assert document.body == "第一段。\n第二段 <b>&amp;\n* 三 *"
    assert (document.url, document.published) == ((tmp_path / "a.txt").as_uri(), None)


@pytest.mark.parametrize(
    "text",
    ["第一行。\n第二行。", "只有一行", "只有一行\n\n  \n", "长" * 101 + "\n\n正文", "\ufeff一\n二\n\n三"],
)
def test_text_without_a_title_has_the_name_of_its_file(read, text):
    document = read(text, "家书.txt")
    assert document.title == "家书"
    assert document.body == "\n".join(line for line in text.strip("\ufeff \n").split("\n") if line)


def test_a_first_line_is_not_lost_to_front_matter(read):
    document = read("---\ntitle: 题目\n---\n副题\n\n正文", "a.txt")
    assert (document.title, document.body) == ("题目", "副题\n正文")
