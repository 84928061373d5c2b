"""HTML to the lines that a reader sees."""

from __future__ import annotations

import threading
import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.html.tree import parse_tree
from searchkit.html.tree_text import TreeText


def html_text(html: str) -> str:
    return TreeText(parse_tree(html)).body


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("   \n", ""),
        ("<!-- 注 -->", ""),
        ("正文", "正文"),
        # Blocks are lines, and what is inline splits nothing.
        ("<p>一</p><p>二</p>", "一\n二"),
        ("<p>一</p>\n\n  <p>二</p>", "一\n二"),
        ("<div>一<div>二</div>三</div>", "一\n二\n三"),
        ("<h1>一</h1>二<blockquote>三</blockquote>", "一\n二\n三"),
        ("<p>一<p>二", "一\n二"),
        ("一<br>二<br/><br />三", "一\n二\n三"),
        ("<ul><li>一<li>二</ul>三", "一\n二\n三"),
        ("<dl><dt>一<dd>二</dl>", "一\n二"),
        ("一<hr>二", "一\n二"),
        ("<p>新<b>闻</b><i>标</i><span>题</span></p>", "新闻标题"),
        ("<p>he<b>ll</b>o <a href='x'>wor</a>ld</p>", "hello world"),
        ("<p>北<a href='x'>京</a><a href='y'>大学</a></p>", "北京大学"),
        ("<o:p>一</o:p><font color=red>二</font>", "一二"),
        ("<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</rt></ruby>", "東京"),
        ("x<sup>2</sup>，H<sub>2</sub>O", "x2，H2O"),
        ("超长<wbr>单词", "超长单词"),
        # White space as in a browser, but a line that ends between Chinese is none.
        ("<p>  one \n\t two  </p>", "one two"),
        ("<p>一\n二</p>", "一二"),
        ("<p>一，\n  “二”\n三</p>", "一，“二”三"),
        ("<p>一\nab\n二</p>", "一 ab 二"),
        ("<p>가\n나</p>", "가 나"),
        ("<p>一 二</p>", "一 二"),
        ("<p>一\n<a href='x'>\n二\n</a>\n三</p>", "一二三"),
        ("<p>一&nbsp;&nbsp; 二&nbsp;</p>", "一 二"),
        ("<p>\u3000\u3000一\u3000二</p>", "一\u3000二"),
        ("<p>一。\n\u3000\u3000二。</p>", "一。\n二。"),
        ("<p>一\u2028二\x85三</p>", "一\n二\n三"),
        ("<p>\u2003一\u2002二\u2009</p><p>\u2003</p>三", "一 二\n三"),
        ("<pre>一\n  二\n</pre>三", "一\n二\n三"),
        ("<pre><code>a\nb</code></pre>c\nd", "a\nb\nc d"),
        # Characters
        ("<p>a\x00b\x01\x1f\x7f一</p>", "ab一"),
        ("<p>一\u200b二\u200c三\u200d四\u2060五\ufeff六\u00ad七</p>", "一二三四五六七"),
        ("<p>一&#8203;二&shy;三&zwj;四</p>", "一二三四"),
        ("<p>一\ufffd二</p>", "一\ufffd二"),
        ("&lt;b&gt; &amp;amp; &#x4e00;&#19968; &unknown; &", "<b> &amp; 一一 &unknown; &"),
        ("一 < 二 > 三", "一 < 二 > 三"),
        ("<p>\ud83d一</p>", "?一"),
        # Broken
        ("</p></div>一</b>", "一"),
        ("<p>一</div></span>二", "一二"),
        ("<b><i>一</b>二</i>", "一二"),
        ("<div class=x 一", ""),
        ("一<", "一<"),
        ("一</body></html>二", "一\n二"),
        ("<p>一</body></HTML >\n二<p>三</html><html><body>四", "一\n二\n三\n四"),
        ("<div hidden>漏</html>一", "一"),
        ("<?php echo 1 ?>一<![CDATA[ x ]]>", "一"),
    ],
)
def test_the_lines_of_html(html, text):
    assert html_text(html) == text


@pytest.mark.parametrize(
    "dropped",
    [
        "<script>var a = '<p>漏</p>' && 1 < 2;</script>",
        "<script src='x'/>",
        "<style>.a{color:red}</style>",
        "<noscript><p>漏</p></noscript>",
        "<iframe src='x'>漏</iframe>",
        "<iframe src='x' />",
        "<template><p>漏</p></template>",
        "<svg><title>漏</title><text>漏</text><style>.a{}</style></svg>",
        "<button>漏</button>",
        "<form action='/s'><p>漏</p><input><button>漏</button></form>",
        "<select><option>漏</select>",
        "<textarea>漏</textarea>",
        "<audio src=x>漏</audio><video><source src=x>漏</video><canvas>漏</canvas><object><p>漏</p></object>",
        "<nav><a href='/'>漏</a></nav>",
        "<div role='navigation'>漏</div>",
        "<p hidden>漏</p>",
        "<p style='color:red; Display : NONE'>漏<b>漏</b></p>",
        "<span style='visibility:hidden'>漏</span>",
        "<span class='a visually-hidden'>漏</span><b class='sr-only'>漏</b><i class='off-screen'>漏</i>",
        "<div hidden><div><p>漏</p></div><p>漏</p></div>",
        "<!-- 漏 --><!--[if IE]><p>漏</p><![endif]-->",
        "<title>漏</title>",
    ],
)
@pytest.mark.parametrize(
    "around", ["<p>前文很长。</p>{}<p>后文也很长。</p>", "<div>前文很长。<br>{}后文也很长。</div>"]
)
def test_invisible_elements_are_dropped(dropped, around):
    assert html_text(around.format(dropped)) == "前文很长。\n后文也很长。"


@pytest.mark.parametrize(
    "kept",
    [
        "<p style='display:block'>留</p>",
        "<p class='share-price'>留</p>",
        "<p aria-hidden='true'>留</p>",
        "<p class='hidden-gems'>留</p>",
        "<label>留</label>",
        "<header>留</header><script></script>",
        "<form><p>留" + "很长的正文" * 20 + "</p></form>",
    ],
)
def test_visible_elements_are_kept(kept):
    assert "留" in html_text(f"<div>{kept}</div><p>后文</p>")


SHARE = [
    "https://www.facebook.com/sharer/sharer.php?u=x",
    "http://facebook.com/share.php?u=x",
    "https://twitter.com/intent/tweet?text=x",
    "https://twitter.com/share?url=x",
    "https://x.com/intent/post?url=x",
    "//service.weibo.com/share/share.php?url=x",
    "http://v.t.sina.com.cn/share/share.php",
    "https://social-plugins.line.me/lineit/share?url=x",
    "https://line.me/R/msg/text/?x",
    "whatsapp://send?text=x",
    "https://api.whatsapp.com/send?text=x",
    "https://wa.me/?text=x",
    "https://t.me/share/url?url=x",
    "https://telegram.me/share/url?url=x",
    "https://www.pinterest.com/pin/create/button/?url=x",
    "https://www.linkedin.com/shareArticle?mini=true",
    "https://www.reddit.com/submit?url=x",
    "https://sns.qzone.qq.com/cgi-bin/qzshare/cgi_qzshare_onekey?url=x",
    "mailto:?subject=x&amp;body=y",
]


@pytest.mark.parametrize("target", SHARE)
def test_share_links_are_dropped(target):
    link = f'<a href="{target}"><i></i>漏</a>'
    html = f"<p>正文一。{link}</p><ul class='social-icons'><li>分享到：</li><li>{link}</li></ul>尾"
    assert html_text(html) == "正文一。\n尾"


@pytest.mark.parametrize(
    "target",
    [
        "https://twitter.com/sharer_of_news/status/1",
        "https://www.facebook.com/some.page",
        "https://t.me/some_channel",
        "mailto:editor@example.org?subject=x",
        "https://weibo.com/u/123",
        "https://line.me/R/ti/p/@abc",
        "https://example.org/facebook.com/sharer",
        "https://notfacebook.com/sharer",
        "#share",
        "",
    ],
)
def test_other_links_are_kept(target):
    assert html_text(f"<div class='share'>一<a href='{target}'>留</a></div>") == "一留"


def test_a_container_for_sharing_that_holds_more_is_kept():
    link = f"<a href='{SHARE[0]}'>漏</a>"
    assert html_text(
        f"<div class='share'><p>这是一段正文，它比任何一个按钮的说明都要长。</p>{link}</div>"
    ) == ("这是一段正文，它比任何一个按钮的说明都要长。")
    assert html_text(f"<div class='share'><a href='/next'>下一篇</a>{link}</div>") == "下一篇"


def test_a_form_to_subscribe_made_of_other_tags():
    form = (
        "<div class='mySubscription'><b>订阅早报</b><input type='text'><a href='javascript:'>确定</a></div>"
    )
    assert html_text(f"<p>前</p>{form}<p>后</p>") == "前\n后"
    assert html_text("<div class='subscription'><p>订阅的人多了。</p></div>") == "订阅的人多了。"


def test_a_page_inside_of_a_form_is_kept():
    page = (
        "<form id='aspnet'><div><p>整页的正文都在表单里。</p><input><select><option>漏</select></div></form>"
    )
    assert html_text(f"<div>{page}</div><p>页脚</p>") == "整页的正文都在表单里。\n页脚"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<figure><img alt='一棵树'><figcaption>图说</figcaption></figure>正文", "一棵树\n图说\n正文"),
        ("<p>前文<img alt='一棵&amp;树'>后文</p>", "前文 一棵&树 后文"),
        ("<p>前文<img alt=''>后<img alt=' '>文<img>。</p>", "前文后 文。"),
        ("<a href='https://t.me/share/url?url=x'><img alt='漏'></a><p hidden><img alt='漏'></p>正文", "正文"),
        (
            "<div class='share'>分享<img alt='把这篇文章分享给所有的朋友和同事'>"
            "<a href='https://t.me/share/url?url=x'>漏</a></div>正文",
            "正文",
        ),
        ("<div><img><div class='picinfo'>图说</div></div><p>正文</p>", "图说\n正文"),
        (
            "<figcaption><span class='caption'>图说</span><span class='credit'>某社</span></figcaption>",
            "图说 某社",
        ),
        ("<p>正文<span class='copyright'>某社</span>", "正文 某社"),
    ],
)
def test_captions_and_alt_texts(html, text):
    assert html_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>一</td><td>二</td></tr><tr><th>三<th>四</table>", "一\t二\n三\t四"),
        (
            "<table>\n <tr>\n  <td> <p>一</p> </td>\n  <td>\n<div>二</div></td>\n </tr>\n</table>尾",
            "一\t二\n尾",
        ),
        (
            "<table><caption>题</caption><thead><tr><td>一</td><td></td><td>二</td></tr></thead></table>",
            "题\n一\t二",
        ),
        ("<table><tr><td><p>一</p><p>二</p></td></tr><tr><td>三</td></tr></table>", "一\n二\n三"),
        ("前<table><tr><td>一</td></tr></table>后", "前\n一\n后"),
    ],
)
def test_rows_of_tables_are_lines(html, text):
    assert html_text(html) == text


def test_headlines_side_by_side_are_a_list_and_words_are_not():
    assert html_text(
        "<div><a href='1'>今天城里的早市开门了</a><a href='2'>明天城里的晚市也开门</a></div>"
    ) == ("今天城里的早市开门了\n明天城里的晚市也开门")
    assert html_text("<p><a href='1'>今天城里的早市开门了</a>，<a href='2'>明天城里的晚市也开门</a></p>") == (
        "今天城里的早市开门了，明天城里的晚市也开门"
    )
    assert (
        html_text("<p>在<a href='1'>中华人民共和国</a><a href='2'>北京市</a></p>") == "在中华人民共和国北京市"
    )


words = st.text(st.sampled_from("山水城市早晚人来往，。“”ab1<>&'\"{}[]()"), min_size=1, max_size=12)


@given(st.lists(words, max_size=8))
def test_paragraphs_come_back_as_lines(paragraphs):
    html = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    assert html_text(html) == "\n".join(paragraphs)


@given(st.lists(words, max_size=8), st.sampled_from(["div", "li", "h2", "section", "blockquote", "td"]))
def test_any_block_element_is_a_line(paragraphs, tag):
    html = "".join(f"<tr><{tag}>{escape(paragraph)}</{tag}></tr>" for paragraph in paragraphs)
    assert html_text(f"<div>{html}</div>") == "\n".join(paragraphs)


@given(words, st.sampled_from(["b", "i", "a", "span", "font", "u", "x-y"]))
def test_inline_elements_do_not_break_lines(text, tag):
    assert html_text("".join(f"<{tag}>{escape(character)}</{tag}>" for character in text)) == text


@given(st.text())
def test_escaped_text_has_no_markup_left_in_it(text):
    shown = html_text(f"<p>{escape(text)}</p>")
    assert "".join(filter(str.isalnum, shown)) == "".join(filter(str.isalnum, text))


@given(st.text(st.sampled_from("<>/!-=\"' &;#a1bpdivscrty一\n\t\x00\u3000")))
def test_any_text_is_read_as_html(html):
    text = html_text(html)
    assert text == text.strip()
    assert "\n\n" not in text


DEEP = 100_000


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * DEEP + "深</div>尾",
        "<b><i>" * (DEEP // 2) + "深" + "</b>" * DEEP,
        "<span class='share'>" * DEEP + "深",
        "<table><tr><td>" * (DEEP // 3) + "深",
        "<ul><li>" * (DEEP // 2) + "深",
        "<h1>" * DEEP + "深",
        "<x:y @z=1>" * DEEP + "深" + "</x:y>" * DEEP,
        "<" * DEEP + "深",
        "</p>" * DEEP + "深",
        "&" * DEEP + "深",
        "<p " + " ".join(f"a{number}=1" for number in range(10_000)) + ">深",
        "<p style='" + "display:" * DEEP + "'>深",
        "<pre>" + " \n" * DEEP + "深",
        " " * 10 * DEEP + "深",
        "\u3000\n" * DEEP + "深",
        "<a href='//" + "a." * DEEP + "'>深",
        "深" * 12_000_000,  # more than libxml2 takes as one text by default
    ],
    ids=range(17),
)
def test_huge_and_deep_html_is_read_in_linear_time(html):
    start = time.perf_counter()
    assert "深" in html_text(html)
    assert time.perf_counter() - start < 5  # about 0.2 s each; quadratic time would be minutes


def test_text_on_every_level_of_a_deep_page_keeps_its_order():
    depth = 3000
    html = "".join(f"<div>{number}" for number in range(depth)) + "</div>尾" * depth
    assert html_text(html).split("\n") == [*map(str, range(depth)), *["尾"] * depth]


def test_threads_do_not_share_a_parser():
    results: dict[int, set[str]] = {}

    def run(number: int) -> None:
        results[number] = {html_text(f"<p>第{number}号</p>" * 50) for _ in range(40)}

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: {"\n".join([f"第{number}号"] * 50)} for number in range(4)}
