"""Markdown: its words without its marks, and none of them lost."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("markdown", "body"),
    [
        ("一\n二\n\n三", "一二\n三"),
        ("one\ntwo", "one two"),
        ("一  \n二\\\n三", "一\n二\n三"),
        ("## 一 ##\n二", "一\n二"),
        ("一\n===\n二\n---\n三", "一\n二\n三"),
        ("一\n\n---\n\n* * *\n二", "一\n二"),
        ("#一", "#一"),
        ("C# 和 F#", "C# 和 F#"),
        ("**一**二*三*~~四~~", "一二三四"),
        ("__一__ _二_ ***三***", "一 二 三"),
        ("3 * 4 * 5，a_name_b，一 _ 二 _ 三", "3 * 4 * 5，a_name_b，一 _ 二 _ 三"),
        (r"\*一\* \[二\] \_三\_", "*一* [二] _三_"),
        ('[一](https://a.example/x_(y)_z "题")二', "一二"),
        ("![图](a.png)[一][2]\n\n[2]: https://a.example '题'", "图一"),
        ("[![图](a.png)](https://a.example)", "图"),
        ("<https://a.example/a_b_c>", "https://a.example/a_b_c"),
        ("数组 [1] 与 (2)", "数组 [1] 与 (2)"),
        ("- 一\n- 二\n  * 三\n1. 四\n2) 五\n+ [x] 六", "一\n二\n三\n四\n五\n六"),
        ("> 一\n> > 二", "一\n二"),
        ("> 一\n>\n> 二", "一\n二"),
        ("```python\n# a *b* <c>\n\nd_e_f\n```\n二", "# a *b* <c>\nd_e_f\n二"),
        ("~~~\n```\n~~~\n二", "```\n二"),
        ("```\n没有结束", "没有结束"),
        ("用 `a * b * c` 和 ``<p>``", "用 a * b * c 和 <p>"),
        ("[`函数_名`](x)", "函数_名"),
        ("| 甲 | 乙 |\n|---|:-:|\n| 1 | 2 \\| 3 |", "甲\t乙\n1\t2 | 3"),
        ("甲 | 乙\n--- | ---\n1 | 2", "甲\t乙\n1\t2"),
        ("一 <b>二</b>&amp;三<br>四<script>漏</script>", "一 二&三\n四"),
        ("<img src='a.png'>\n\n**一**\n\n二", "一\n二"),
        ("3 < 4 且 5 > 4", "3 < 4 且 5 > 4"),
    ],
)
def test_the_text_of_markdown(read, markdown, body):
    assert read("# 题目\n\n" + markdown, "a.md").body == body


@pytest.mark.parametrize(
    ("markdown", "body"),
    [
        ("[x]: 文字", "[x]: 文字"),
        ("[x]: 一\n[y]: 二", "[x]: 一\n[y]: 二"),
        ("[x]: 一 二", "[x]: 一 二"),
        ("文[^1]。\n\n[^1]: 脚注", "文[^1]。\n[^1]: 脚注"),
        ("文[^1]。\n\n[^1]: https://a.example/x", "文[^1]。\n[^1]: https://a.example/x"),
        ("[12:30]: 你好\n[12:31]: 再见", "[12:30]: 你好\n[12:31]: 再见"),
        ("[12:30]: 你好\n\n见[12:30]", "[12:30]: 你好\n见[12:30]"),
        ("[小明]: 好\n[小明]: 走", "[小明]: 好\n[小明]: 走"),
        ("> [x]: 文字\n> 正文", "[x]: 文字\n正文"),
        ("- [x]: 文字", "[x]: 文字"),
        ("[x]: /url '题\n目'", "[x]: /url '题目'"),
        ("[x]: https://a.example/1", "[x]: https://a.example/1"),
        ("[一][x]\n\n[x]: https://a.example/1\n[x]: https://a.example/2", "一\n[x]: https://a.example/2"),
        ("[x]: <>", "[x]: <>"),
    ],
)
def test_a_line_that_looks_like_a_link_definition_is_text(read, markdown, body):
    assert read("# 题目\n\n" + markdown, "a.md").body == body


@pytest.mark.parametrize(
    "definition",
    [
        "[X]: https://a.example/1 '题'",
        "[x]: <a b.html>",
        "[x]: #top",
        "[x]: ../a.html",
        "[x]: a.png",
        "[x]:\n  /a",
    ],
)
@pytest.mark.parametrize(
    "use", ["[一][x]二", "![一][x]二", "[一 *二*][x]", "**[一][x]**二", "[![一][x]](/y)二"]
)
def test_a_link_definition_that_something_refers_to_is_not_text(read, definition, use):
    body = read(f"# 题目\n\n{use}\n\n{definition}", "a.md").body
    assert body.replace(" ", "") == "一二"


@pytest.mark.parametrize(
    ("markdown", "body"),
    [
        ("**注意：**内容", "注意：内容"),
        ("他说**“好”**就走", "他说“好”就走"),
        ("2**3 是 8，3 ** 4", "2**3 是 8，3 ** 4"),
        ("`**注意：**`内容", "**注意：**内容"),
        ("    四格缩进的**段落**", "四格缩进的段落"),
        ("[分享](https://twitter.com/share?url=x)与[阅读](/x)", "分享与阅读"),
        ("![一棵树](a.png '题')", "一棵树"),
        ("|甲|乙|\n|-|-|\n|1|2|3|*4*|\n|5|\n|6|7 \\| 8|", "甲\t乙\n1\t2 3 4\n5\n6\t7 | 8"),
        ("> 甲|乙\n> -|-\n> 1|2|3", "甲\t乙\n1\t2 3"),
        ("- |甲|\n  |-|\n  |1|2|", "甲\n1 2"),
        ("[![一](b)](c)！[1]" * 2000, "一！[1]" * 2000),
        ("<img alt='一棵树' src='a.png'>", "一棵树"),
        ("- [ ] 一\n\n- [x] 二\n- [y] 三", "一\n二\n[y] 三"),
        ("> " * 60 + "深\n> " + "> " * 60 + "处\n\n后文", "深\n处\n后文"),
        ("- " * 60 + "深\n\n后文", "深\n后文"),
    ],
)
def test_words_that_commonmark_would_hide_or_mark(read, markdown, body):
    assert read("# 题目\n\n" + markdown, "a.md").body == body


@given(st.text(st.sampled_from("山水早市12 \n\n\t*_>-+|\\[]:^!=(“”)，。"), max_size=60))
@example("|山|\n|-|\n|水|早|\n")
@example("[山]: 水\n\n[山]")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_of_any_text_is_lost(read, text):
    shown = read("# 题目\n\n正文\n\n" + text, "a.md").body
    assert Counter(filter(str.isalpha, shown)) == Counter(filter(str.isalpha, "正文" + text))


@pytest.mark.parametrize(
    "markdown",
    [
        piece * (30_000 // len(piece)) + "深"
        for piece in [
            "[",
            "![",
            "[a](",
            "*a",
            "**a ",
            "`a",
            "<",
            "> ",
            "- ",
            "> - ",
            "[x]: ",
            "|",
            "~~a",
            "_a ",
            "\\",
            "&",
        ]
    ],
)
def test_hostile_markdown_takes_no_quadratic_time(read, markdown):
    start = time.perf_counter()
    document = read("# 题目\n\n" + markdown, "a.md")
    assert "深" in document.title + document.body
    assert time.perf_counter() - start < 5


def test_the_title_of_markdown(read):
    assert read("引言\n\n# **大**题目 #\n\n正文", "a.md").title == "大题目"
    document = read("题目\n====\n正文", "a.markdown")
    assert (document.title, document.body) == ("题目", "正文")
    document = read("---\ntitle: 另一题\n---\n# 题目\n正文", "a.md")
    assert (document.title, document.body) == ("另一题", "题目\n正文")
    assert read("没有标题的正文", "笔记 2.md").title == "笔记 2"
    assert read("```\n# 注释\n```\n\n# 真题目", "a.md").title == "真题目"


def test_the_title_is_in_the_body_only_where_it_is_part_of_a_line(read):
    assert read("# 山\n\n山\n\n山\n\n山水\n\n山", "a.md").body == "山水\n山"
