"""Markdown -> Article, by way of HTML.

markdown-it-py parses CommonMark with tables and strikethrough, and its HTML is read like any other. Three
things are different, because words are what is searched: links and pictures are no more than marks in the
text, text that Chinese writers indent by four blanks is no code, and what CommonMark would drop stays as text
(see `_definition`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from searchkit.articles.article import Article
from searchkit.articles.html import looks_like_html, parse_html
from searchkit.errors import DocumentError
from searchkit.html.tree_text import PLAIN_IMAGE, PLAIN_LINK

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_MARKS_OF_TEXT = "*_`[]!<>&\\|~-\n"
_MOST_MARKS = 300_000  # of a text: each may become some objects, with a kilobyte of memory
_DEEPEST = 40  # quotes and lists in one another; the parser drops what is deeper than its own limit
_TASK = re.compile(r"(<li>\s*(?:<p>)?)\[[ xX]\]\s")
_QUOTE_MARKS = re.compile(r"^[\s>]+", re.MULTILINE)
_MARKS = re.compile(r"[\s>*+-]+")
_MOST_SCANNED = 100_000_000  # characters in search of a ]: for "[[[[…" the parser takes quadratic time
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:|[/.#?]|[\w%-]+[./])\S", re.IGNORECASE | re.ASCII)
# A mark of emphasis between Chinese characters and their punctuation, which CommonMark does not take for one.
_HAN = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\u2018-\u201d\u2026\U00020000-\U0003ffff"
_LEFT_OVER = re.compile(rf"\*{{2,3}}(?=[{_HAN}])|(?<=[{_HAN}])\*{{2,3}}|^\*{{2,3}}(?!\s)|(?<!\s)\*{{2,3}}$")


def parse_markdown(text: str) -> Article:
    """A Markdown text. Its first heading is its title, when front matter gives none.

    Raises `DocumentError` for far more marks than a book has.
    """
    if looks_like_html(text):
        return parse_html(text)
    if len(text) > _MOST_MARKS and (marks := sum(map(text.count, _MARKS_OF_TEXT))) > _MOST_MARKS:
        reason = f"has {marks:,} marks of Markdown and lines; at most {_MOST_MARKS:,} are read"
        raise DocumentError(f"{reason}: split it, or rename it to .txt, which is read as it is")
    env: dict[str, Any] = {}
    markdown = _markdown()
    tokens = markdown.parse(text, env)
    env["lines"] = text.split("\n")
    env["used"] = set(_labels(tokens))
    return parse_html(_TASK.sub(r"\1", markdown.renderer.render(tokens, markdown.options, env)))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import, and most archives have none
    from markdown_it.rules_inline import image, link

    markdown = MarkdownIt(
        "commonmark", {"maxNesting": 2 * _DEEPEST, "inline_definitions": True, "store_labels": True}
    )
    markdown.enable(["table", "strikethrough"]).disable("code")
    markdown.block.ruler.before("table", "deep", _deep)
    markdown.inline.ruler.at("link", _limited(link, "["))
    markdown.inline.ruler.at("image", _limited(image, "!["))
    markdown.core.ruler.after("block", "definitions", _forget_definitions_that_are_text)
    markdown.core.ruler.after("block", "cells", _keep_all_cells)
    markdown.add_render_rule("text", _text)
    markdown.add_render_rule("image", _image)
    markdown.add_render_rule("link_open", _link)
    markdown.add_render_rule("link_close", lambda *_: f"</{PLAIN_LINK}>")
    markdown.add_render_rule("deep", _deep_line)
    markdown.add_render_rule("definition", _definition)
    return markdown


# -- rules of the parser


def _deep(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """A line nested too deep is text."""
    if silent or state.level < _DEEPEST:
        return False
    token = state.push("deep", "", 0)
    token.content = state.src[state.bMarks[start] : state.eMarks[start]]
    state.line = start + 1
    return True


def _limited(rule: Callable[[StateInline, bool], bool], mark: str) -> Callable[[StateInline, bool], bool]:
    """The rule for links or images, which gives up in a text with far too many brackets that are neither."""

    def limited(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not state.src.startswith(mark, start) or state.env.get("scanned", 0) > _MOST_SCANNED:
            return False
        if rule(state, silent):
            return True
        state.env["scanned"] = state.env.get("scanned", 0) + state.posMax - start
        return False

    return limited


def _forget_definitions_that_are_text(state: StateCore) -> None:
    """A footnote ``[^1]: …``, or a line of a chat ``[12:30]: …``, does not define a link."""
    for token in state.tokens:
        if token.type == "definition":
            label, url = token.meta["label"], token.meta["url"]
            if label.startswith("^") or not _ADDRESS.match(url):
                state.env["references"].pop(token.meta["id"], None)


def _keep_all_cells(state: StateCore) -> None:
    """Give the last cell of a row what stands behind it: the parser drops cells beyond those of the head."""
    from markdown_it.rules_block.table import escapedSplit

    lines = state.src.split("\n")
    cells: list[Token] = []
    for before, token in zip(state.tokens, state.tokens[1:]):
        if token.type == "tr_open":
            cells = []
        elif before.type == "td_open":
            cells.append(token)
        elif token.type == "tr_close" and cells and cells[0].map:
            line = _QUOTE_MARKS.sub("", lines[cells[0].map[0]]).strip().removeprefix("|")
            cells[-1].content = " ".join(escapedSplit(line)[len(cells) - 1 :]).strip()


def _labels(tokens: Iterable[Token]) -> Iterator[str]:
    """The labels that links and images refer to."""
    for token in tokens:
        if (label := token.meta.get("label")) and token.type != "definition":
            yield label
        yield from _labels(token.children or ())


# -- rules of the renderer


def _text(_: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    return escape(_LEFT_OVER.sub("", tokens[index].content), quote=False)


def _image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    description = renderer.renderInlineAsText(tokens[index].children, options, env)
    address = escape(str(tokens[index].attrs["src"]))
    return f'<{PLAIN_IMAGE} src="{address}">{escape(description, quote=False)}</{PLAIN_IMAGE}>'


def _link(_: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    return f'<{PLAIN_LINK} href="{escape(str(tokens[index].attrs["href"]))}">'


def _deep_line(_: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    return _paragraph(_MARKS.sub("", tokens[index].content, count=1))


def _definition(_: object, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    """A definition that nothing refers to is text, like every line that only looks like a definition."""
    token = tokens[index]
    assert token.map is not None
    reference = env["references"].get(token.meta["id"])
    if reference and reference["map"] == token.map and token.meta["id"] in env["used"]:
        return ""
    first, end = token.map
    lines = "\n".join(env["lines"][first:end])
    return _paragraph(_QUOTE_MARKS.sub("", lines[lines.index("[") :]))


def _paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"
