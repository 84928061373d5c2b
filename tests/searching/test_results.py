"""Results, hits and highlighted texts: what a search gives back, safe to show."""

from __future__ import annotations

import html
import json
import pickle
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import texts

import searchkit
from searchkit import Document, Highlighted, Index, Results


@st.composite
def highlighted(draw: st.DrawFn) -> Highlighted:
    text = draw(texts | st.text())
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    return Highlighted(text, list(zip(cuts[::2], cuts[1::2])))


@given(highlighted(), st.sampled_from(["mark", "em", "b", "x-hit", "H1"]))
@example(Highlighted("<script>alert(1)</script>", [(0, 8)]), "mark")
@example(Highlighted("&lt;mark&gt; </mark>", [(0, 4), (13, 20)]), "mark")
def test_html_without_its_tags_and_unescaped_is_the_text(shown: Highlighted, tag: str) -> None:
    page = shown.html(tag)
    assert html.unescape(re.sub(f"</?{tag}>", "", page)) == shown.text


@given(highlighted())
def test_html_has_no_markup_but_the_tags(shown: Highlighted) -> None:
    page = shown.html()
    assert not set("<>\"'") & set(re.sub("</?mark>", "", page))
    assert re.findall("</?mark>", page) == ["<mark>", "</mark>"] * len(shown.spans)


@given(highlighted())
def test_html_marks_what_the_spans_say(shown: Highlighted) -> None:
    marked = [html.unescape(piece) for piece in re.findall("<mark>(.*?)</mark>", shown.html(), re.DOTALL)]
    assert marked == [shown.text[start:end] for start, end in shown.spans]


@pytest.mark.parametrize("tag", ["", "a b", "mark>", "<b", "mark onclick=x", "1", "b\n", "标", None, 5])
def test_html_refuses_an_invalid_tag_name(tag: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Highlighted("甲").html(tag)


@given(highlighted())
@example(Highlighted("\x1b[31m红\x1b[0m", [(0, 3)]))
@example(Highlighted("\x9b31m\u202e甲\r\x07", [(3, 4)]))
def test_ansi_removes_control_characters(shown: Highlighted) -> None:
    own = shown.ansi().replace("\x1b[1;33m", "").replace("\x1b[0m", "")
    assert [
        character for character in own if unicodedata.category(character) == "Cc" and character not in "\n\t"
    ] == []
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(own)


@given(highlighted())
def test_a_terminal_shows_all_of_the_text_but_its_control_characters(shown: Highlighted) -> None:
    def visible(text: str) -> str:
        return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf"))

    own = shown.ansi().replace("\x1b[1;33m", "").replace("\x1b[0m", "")
    assert visible(own) == visible(shown.text)
    assert shown.ansi().count("\x1b[1;33m") == len(shown.spans)


def test_a_highlighted_text_is_safe_in_templates() -> None:
    shown = Highlighted("a < b & c", [(4, 5)])
    assert shown.html() == shown.__html__() == "a &lt; <mark>b</mark> &amp; c"
    assert shown.html("em") == "a &lt; <em>b</em> &amp; c"
    assert shown.ansi() == "a < \x1b[1;33mb\x1b[0m & c"
    assert str(shown) == "a < b & c"
    assert shown.spans == ((4, 5),)


def test_highlighted_html_is_not_escaped_again() -> None:
    page = Highlighted("a < b", [(4, 5)]).html()
    again = pickle.loads(pickle.dumps(page))
    for shown in (page, again):
        assert shown.__html__() == "a &lt; <mark>b</mark>"
        assert type(shown.__html__()) is str
    assert not hasattr(page + "<i>", "__html__"), "nobody has escaped what is put beside it"


def test_highlighted_texts_are_values() -> None:
    one, same = Highlighted("甲乙", [(0, 1)], 5), Highlighted("甲乙", ((0, 1),), 5)
    assert one == same
    assert len({one, same}) == 1
    for other in (
        Highlighted("甲丙", [(0, 1)], 5),
        Highlighted("甲乙", [], 5),
        Highlighted("甲乙", [(0, 1)], 6),
        "甲乙",
    ):
        assert one != other
    assert repr(one) == "Highlighted('甲乙', spans=[(0, 1)])"


@pytest.fixture
def results(make_index: Callable[..., Index]) -> Results:
    return make_index(
        Document(
            title="苹果的价格",
            body="今天苹果贵了。\n明天再看苹果。",
            url="https://www.example.com/1",
            published=datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=timezone.utc),
            tags=["水果"],
            extra={"页": 3},
        ),
        Document(body="香蕉和苹果", id="2"),
    ).search("苹果", snippet_length=8)


def test_a_hit_has_the_values_of_its_document(results: Results) -> None:
    (hit,) = [hit for hit in results if hit.url]
    assert hit.id == hit.url == "https://www.example.com/1"
    assert hit.source == "example.com"
    assert hit.published == datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=timezone.utc)
    assert hit.title == Highlighted("苹果的价格", [(0, 2)])
    assert hit.snippet == Highlighted("今天苹果贵了。", [(2, 4)], start=0)
    assert hit.body == Highlighted("今天苹果贵了。\n明天再看苹果。", [(2, 4), (12, 14)])
    assert hit.score > 0
    assert hit.document.tags == ("水果",)
    assert hit.document.extra == {"页": 3}
    assert "example.com/1" in repr(hit)


def test_a_hit_of_a_document_with_little_in_it_has_empty_values(results: Results) -> None:
    (hit,) = [hit for hit in results if hit.id == "2"]
    assert (hit.url, hit.source, hit.published, hit.title) == ("", "", None, Highlighted(""))


def test_results_are_a_sequence_of_hits(results: Results) -> None:
    assert len(results) == results.total == 2
    assert [hit.id for hit in results] == [results[0].id, results[1].id] == [hit.id for hit in results[:2]]
    assert results[-1].id == results[1].id
    assert results[0] in results
    assert [hit.id for hit in reversed(results)] == [results[1].id, results[0].id]
    assert results[0].score >= results[1].score
    with pytest.raises(IndexError):
        results[2]
    assert results.query == "苹果"
    assert 0 <= results.took < 60
    assert "2 of 2" in repr(results)


def test_empty_results_are_false() -> None:
    with searchkit.create(":memory:") as index:
        results = index.search("苹果")
    assert not results
    assert (list(results), results.total) == ([], 0)


def test_results_as_json_are_what_the_command_line_prints(results: Results) -> None:
    shown = json.loads(json.dumps(results.to_dict()))
    assert list(shown) == ["query", "total", "took", "hits"]
    (hit,) = [hit for hit in shown["hits"] if hit["url"]]
    assert list(hit) == ["id", "score", "title", "url", "published", "source", "snippet", "title_spans"]
    assert hit["title"] == "苹果的价格"
    assert hit["title_spans"] == [[0, 2]]
    assert hit["snippet"] == {"text": "今天苹果贵了。", "spans": [[2, 4]]}
    assert hit["published"] == "2024-05-06T07:08:09.123000Z"
    assert datetime.fromisoformat(hit["published"].replace("Z", "+00:00")).year == 2024


def test_hits_of_a_page_outlive_the_index(make_index: Callable[..., Index]) -> None:
    index = make_index("苹果")
    results = index.search("苹果")
    index.close()
    assert results[0].snippet == Highlighted("苹果", [(0, 2)])


def test_a_value_of_extra_takes_the_place_of_nothing_that_a_hit_has(make_index: Callable[..., Index]) -> None:
    """Templates of Django ask for hit["link"] where they say hit.link."""
    extra = {"link": "javascript:alert(1)", "title": "<b>", "score": "many", "author": "林晚"}
    (hit,) = make_index(Document(title="茶", body="茶", extra=extra)).search("茶")
    for name in ("title", "body", "snippet", "link", "score", "id", "extra", "markup"):
        assert hit[name] == getattr(hit, name)
        assert name in hit
    assert (hit["title"].html(), hit["link"], hit["author"]) == ("<mark>茶</mark>", "", "林晚")
    with pytest.raises(KeyError, match="price"):
        hit["price"]


def test_a_script_in_an_article_stays_text(make_index: Callable[..., Index]) -> None:
    text = "留言里写 <script>alert('x')</script> & 更多"
    (hit,) = make_index(Document(title=text, body=text)).search("script")
    for shown in (hit.title, hit.snippet):
        assert shown.text == text
        assert shown.html() == (
            "留言里写 &lt;<mark>script</mark>&gt;alert(&#x27;x&#x27;)&lt;/<mark>script</mark>&gt; &amp; 更多"
        )


def test_a_hit_has_the_values_of_its_document_by_name(make_index: Callable[..., Index]) -> None:
    extra = {
        "author": "林晚",
        "link": "javascript:alert(1)",
        "views": 0,
        "none": None,
        "get": "a",
        "_page": 1,
    }
    tea = Document(id="1", title="茶", body="茶水", tags=("茶", "水"), extra=extra, url="https://a.example/")
    (hit,) = make_index(tea).search("茶")
    assert (hit.tags, hit.extra) == (tea.tags, extra)
    for name in (
        "title",
        "body",
        "id",
        "url",
        "link",
        "published",
        "source",
        "tags",
        "extra",
        "score",
        "snippet",
    ):
        assert hit[name] == getattr(hit, name), "what the hit has goes before what extra has of its name"
        assert name in hit
    assert (hit["get"], hit["_page"]) == ("a", 1)
    assert hit["author"] == hit.get("author") == "林晚"
    assert (hit["views"], hit["none"], hit.get("nothing"), hit.get("nothing", 5)) == (0, None, None, 5)
    assert "author" in hit
    assert "nothing" not in hit
    with pytest.raises(
        KeyError, match=r"document '1' has no 'nothing': it has body, .*, url, and in extra author, link"
    ):
        hit["nothing"]
    with pytest.raises(TypeError):
        list(hit)  # type: ignore[call-overload]
    (other,) = make_index("茶").search("茶")
    with pytest.raises(KeyError, match="and nothing in extra"):
        other["author"]
    assert pickle.loads(pickle.dumps(hit))["author"] == "林晚"


def test_templates_of_django_show_hits_with_their_matches(make_index: Callable[..., Index]) -> None:
    template = pytest.importorskip("django.template")
    extra = {"author": "<b>", "title": "别的", "link": "javascript:alert(1)"}
    (hit,) = make_index(Document(title="茶", url="https://a.example/", extra=extra)).search("茶")
    page = template.Engine().from_string(
        "{{ hit.title.html }} {{ hit.link }} {{ hit.author }} {{ hit.nothing }}"
    )
    shown = page.render(template.Context({"hit": hit}))
    assert shown == "<mark>茶</mark> https://a.example/ &lt;b&gt; "
