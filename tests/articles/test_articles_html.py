"""Web pages: what the head says of them, and in which encoding."""

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
def test_a_page_with_all_of_its_head(read, name):
    document = read(PAGE, name)
    assert document.title == "河边的树 & 桥"
    assert document.url == document.id == "https://www.example.org/tree?a=1&b=2"
    assert document.published == WHEN
    assert document.source == "example.org"
    assert document.body == "河边的树\n旧时间\n河边有一排树。"


def test_missing_parts_of_a_page_come_from_other_elements(read, tmp_path):
    page = (
        PAGE.replace('og:title"', 'x"')
        .replace("article:published_time", "x")
        .replace("stylesheet canonical", "x")
    )
    document = read(page, "a.html")
    assert (document.title, document.url) == ("河边的树 - 某报", "https://www.example.org/og")
    assert document.published == datetime(2001, 1, 1)  # noqa: DTZ001
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
def test_an_invalid_address_is_ignored(read, address):
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
