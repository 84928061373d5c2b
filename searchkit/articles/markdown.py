"""Markdown -> Draft, by way of a very plain HTML.

To find text, its marks have to go and its words to stay; how a mark nests does
not matter. A full parser would be one more dependency, some times slower, to
make HTML of which only the text is kept. What Markdown and HTML share (raw tags,
entities, white space) is left to `html_text`. Indented code is read as text.
"""

from __future__ import annotations

import re
from html import escape

from searchkit.articles.article_format import html_draft
from searchkit.articles.draft import Draft
from searchkit.articles.html_text import TextTarget, feed_html

__all__ = ["looks_like_html", "markdown_draft"]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[^`]*")
_HEADING = re.compile(r"\s{0,3}(#{1,6})(?:[ \t]+|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_RULE = re.compile(r" {0,3}(?:[-*_][ \t]*){3,}")
_QUOTE = re.compile(r"(?:\s{0,3}>)+ ?")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S.*")
_HTML = re.compile(
    r"\s*<(?:!doctype|html|body|div|article|section|main|header|figure|table|p|h[1-6])\b", re.IGNORECASE
)

_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,1000})\1(?!`)")
_LINK = re.compile(
    r"""!? \[ ([^\[\]\n]{0,1000}) \] (?:
          \( [^()\s]* (?: \([^()\s]*\) [^()\s]* )* (?: [ \t]+ ["'][^\n]{0,300}?["'] )? \)
        | \[ [^\[\]\n]{0,200} \] )""",
    re.VERBOSE,
)
_AUTOLINK = re.compile(r"<((?:https?|ftp)://[^\s<>]{1,2000})>")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKS = re.compile(
    r"""(?<=[^\s*]) \*{1,3} | \*{1,3} (?=[^\s*])            # emphasis, but not the star of 3 * 4
      | (?<![^\W_]) _{1,3} (?=[^\s_]) | (?<=[^\s_]) _{1,3} (?![^\W_])   # nor the underscore of a_name
      | ~~""",
    re.VERBOSE,
)


def markdown_draft(text: str) -> Draft:
    """A Markdown text: its first heading is its title, where front matter has none."""
    if looks_like_html(text):
        return html_draft(text)
    target = feed_html(_html(text), TextTarget())
    return Draft(heading=target.heading, body=target.text())


def looks_like_html(text: str) -> bool:
    """Whether it is HTML from end to end, not Markdown with a tag in front."""
    return text.rstrip().endswith(">") and _HTML.match(text) is not None


def _html(text: str) -> str:
    html: list[str] = []
    fence = ""
    for line in text.split("\n"):
        if fence:
            mark = line.strip()
            if mark.startswith(fence) and not mark.strip(fence[0]):
                fence = ""
                html.append("</pre>")
            else:
                html.append(escape(line, quote=False))
        elif found := _FENCE.fullmatch(line):
            fence = found[1]
            html.append("<pre>")
        else:
            _add_line(html, _QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line)
    return "\n".join(html)


def _add_line(html: list[str], line: str) -> None:
    if not line.strip():
        html.append("<p>")
    elif found := _HEADING.match(line):
        html.append(_heading(len(found[1]), _inline(line[found.end() :].rstrip("# \t"))))
    elif html and _is_text(html[-1]) and (found := _UNDERLINE.fullmatch(line)):
        html[-1] = _heading(1 if "=" in found[1] else 2, html[-1])
    elif _RULE.fullmatch(line) or ("|" in line and not line.strip(" \t|:-")):
        html.append("<hr>")
    elif _DEFINITION.fullmatch(line):
        return
    elif line.lstrip().startswith("|") or " | " in line:
        cells = "</td><td>".join(map(_inline, re.split(r"(?<!\\)\|", line.strip().strip("|"))))
        html.append(f"<table><tr><td>{cells}</td></tr></table>")
    elif found := _ITEM.match(line):
        html.append("<li>" + _inline(line[found.end() :]))
    else:
        html.append(_inline(line) + ("<br>" if line.endswith(("  ", "\\")) else ""))


def _heading(level: int, html: str) -> str:
    return f"<h{level}>{html}</h{level}>"


def _is_text(html: str) -> bool:
    return not html.startswith(("<p>", "<h", "<li>", "<table>", "</pre>"))


def _inline(text: str) -> str:
    """One line without its marks."""
    if "`" in text:
        text = _CODE.sub(lambda found: _literal(found[2].strip()), text)
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: _literal(found[1]), text.removesuffix("\\"))
    if "[" in text:
        text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))  # twice: an image in a link
    if "<" in text:
        text = _AUTOLINK.sub(lambda found: _literal(found[1]), text)
    return _MARKS.sub("", text)


def _literal(text: str) -> str:
    """Text whose marks are none: each as the number of its character, which HTML reads back."""
    return "".join(
        character if character.isalnum() or character.isspace() else f"&#{ord(character)};"
        for character in text
    )
