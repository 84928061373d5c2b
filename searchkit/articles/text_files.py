"""Files that are one article in text: plain text, Markdown and web pages -> Document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from searchkit.articles.article import Article
from searchkit.articles.decoding import decode
from searchkit.articles.front_matter import parse_front_matter, split_front_matter
from searchkit.articles.html import looks_like_html, parse_html, parse_html_page
from searchkit.articles.markdown import parse_markdown
from searchkit.articles.news import parse_news
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.document import Document
from searchkit.html.whitespace import clean_line, text_lines

_LONGEST_TITLE = 100  # characters of a line of plain text


def _reader(parse: Callable[[str], Article], *suffixes: str) -> Reader:
    def read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  (pathlib makes more calls for each file)
            text = decode(file.readall(), options.encoding)
        return iter((("", parse(text).document(path)),))

    return Reader(suffixes, read)


def _parse_plain_text(text: str) -> Article:
    """A text. A short first line with an empty one below is its title."""
    first, _, rest = text.lstrip().partition("\n")
    is_title = len(first) <= _LONGEST_TITLE and rest.strip() and not rest.partition("\n")[0].strip()
    return Article(heading=clean_line(first) if is_title else "", body=text_lines(text))


def _parser_with_head(parse_body: Callable[[str], Article]) -> Callable[[str], Article]:
    """A parser of text that may have front matter, or be in the format of news archives, or both."""

    def parse(text: str) -> Article:
        values, rest = split_front_matter(text)
        article = parse_news(rest)
        if not values:
            return article or parse_body(rest)
        head = parse_front_matter(values)
        if article:  # its link and comment are more exact than what the front matter repeats
            article.fill_from(head)
            return article
        head.fill_from(parse_html(rest) if looks_like_html(rest) else parse_body(rest))
        return head

    return parse


PLAIN_TEXT = _reader(_parser_with_head(_parse_plain_text), ".txt")
MARKDOWN = _reader(_parser_with_head(parse_markdown), ".md", ".markdown")
HTML = _reader(parse_html_page, ".html", ".htm")
