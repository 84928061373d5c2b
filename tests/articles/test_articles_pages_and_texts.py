"""Web pages, Markdown and plain text."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

WHEN = datetime(2021, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
PAGE = """<!DOCTYPE html>
<html lang="zh"><head>
<meta charset="utf-8">
<title>河边的树 - 某报</title>
<meta property="og:title" content="河边的树 &amp; 桥">
<meta property="article:published_time" content="2021-03-04T13:06:07+08:00">
<meta property="og:url" content="https://www.example.org/og">
<link rel="stylesheet canonical" href=" https://www.example.org/tree?a=1&amp;b=2 ">
<script>var leaked = 1;</script>
</head><body>
<nav><a href="/">首页</a></nav>
<svg><title>图标</title></svg>
<h1>河边的树</h1>
<time datetime="2001-01-01">旧时间</time>
<p>河边有一排树。</p>
</body></html>"""


@pytest.mark.parametrize("name", ["页.html", "页.htm", "页.HTML"])
def test_a_page(read, name):
    document = read(PAGE, name)
    assert document.title == "河边的树 & 桥"
    assert document.url == document.id == "https://www.example.org/tree?a=1&b=2"
    assert document.published == WHEN
    assert document.source == "example.org"
    assert document.body == "河边的树\n旧时间\n河边有一排树。"


def test_what_a_page_lacks_comes_from_elsewhere(read, tmp_path):
    page = (
        PAGE.replace('og:title"', 'x"')
        .replace("article:published_time", "x")
        .replace("stylesheet canonical", "x")
    )
    document = read(page, "a.html")
    assert (document.title, document.url) == ("河边的树 - 某报", "https://www.example.org/og")
    assert document.published == datetime(2001, 1, 1, tzinfo=timezone.utc)
    page = (
        page.replace("<title>河边的树 - 某报</title>", "").replace("og:url", "x").replace("datetime=", "x=")
    )
    document = read(page, "a.html")
    assert (document.title, document.url, document.published) == (
        "河边的树",
        (tmp_path / "a.html").as_uri(),
        None,
    )
    assert document.body == "旧时间\n河边有一排树。"
    assert read("<p>只有正文", "无题.html").title == "无题"


@pytest.mark.parametrize("address", ["/relative", "javascript:x", "https://", "http://[::1", ""])
def test_an_address_that_is_none(read, address):
    assert read(PAGE.replace(" https://www.example.org/tree?a=1&amp;b=2 ", address), "a.html").url == (
        "https://www.example.org/og"
    )


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ('<meta charset="gb2312">', "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=big5">', "big5"),
        ("<meta charset=Shift_JIS>", "cp932"),
        ("<meta charset=EUC-JP>", "euc_jp"),
        ('<meta charset="euc-kr">', "cp949"),
        ('<?xml version="1.0" encoding="GBK"?>', "gbk"),
        ('<meta charset="gb2312">', "utf-8"),  # it says so and is not
        ('<meta charset="utf-8">', "gb18030"),
        ('<meta charset="no-such">', "gb18030"),
        ('<meta charset="unicode_escape">', "gb18030"),
    ],
)
def test_the_encoding_of_a_page(read, declared, encoding):
    text = (
        "東京の山"
        if encoding in ("cp932", "euc_jp")
        else "서울의 산"
        if encoding == "cp949"
        else "江水向東流"
    )
    page = f"{declared}<title>{text}</title><p>{text}。</p>".encode(encoding)
    document = read(page, "a.html")
    assert (document.title, document.body) == (text, f"{text}。")


@pytest.mark.parametrize("page", ["<html></html>", "<script>甲</script>", "<p>&nbsp;</p>", "<!-- 甲 -->"])
def test_a_page_without_text(refused, page):
    assert refused(page, "a.html") == "there is no text in it"


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
        ("> 一\n> > 二", "一二"),
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
def test_markdown(read, markdown, body):
    assert read("# 题目\n\n" + markdown, "a.md").body == body


def test_the_title_of_markdown(read):
    assert read("引言\n\n# **大**题目 #\n\n正文", "a.md").title == "大题目"
    document = read("题目\n====\n正文", "a.markdown")
    assert (document.title, document.body) == ("题目", "正文")
    document = read("---\ntitle: 另一题\n---\n# 题目\n正文", "a.md")
    assert (document.title, document.body) == ("另一题", "题目\n正文")
    assert read("没有标题的正文", "笔记 2.md").title == "笔记 2"
    assert read("```\n# 注释\n```\n\n# 真题目", "a.md").title == "真题目"


def test_plain_text(read, tmp_path):
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


def test_the_title_is_in_the_body_only_where_it_is_part_of_a_line(read):
    assert read("# 山\n\n山\n\n山\n\n山水\n\n山", "a.md").body == "山水\n山"
