"""What readers keep of the headings, links and pictures of an article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from searchkit import read_articles

URL = "https://www.example.com/news/1.html"
NEWS = f"<!--1596153600000-->\n[早市]({URL})\n------\n"
HTML = "<h2>一</h2><a href=/a>里</a><img src=b.png alt=图>"
LINK = ("link", "里", "https://www.example.com/a")
IMAGE = ("image", "图", "https://www.example.com/news/b.png")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.txt", NEWS + "<h1>早市</h1>" + HTML, "all"),
        ("a.txt", "<a href=/a>里</a>", []),
        ("a.html", f"<link rel=canonical href={URL}><h1>早市</h1>{HTML}", "all"),
        ("a.md", f"---\nurl: {URL}\n---\n# 早市\n\n## 一\n\n[里](/a)![图](b.png)", "all"),
        ("a.md", f"---\nurl: {URL}\n---\n# 早市\n\n{HTML}", "all"),
        ("a.md", "# 早市\n\n## 一\n\n[里](/a)![图](b.png)<https://b.org>", ["heading", "link"]),
        ("a.jsonl", json.dumps({"url": URL, "html": HTML}), "all"),
        ("a.jsonl", json.dumps({"url": URL, "body": "里", "html": "<a href=/a>里</a>"}), []),
    ],
)
def test_headings_links_and_pictures_are_kept(
    name: str, content: str, found: str | list[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (document,) = read_articles(path)
    marks = [(one.kind, document.body[one.start : one.end], one.value) for one in document.markup]
    if found == "all":
        assert marks == [("heading", "一", "2"), LINK, IMAGE]
    else:
        assert [kind for kind, *_ in marks] == found
    assert document.markup == tuple(sorted(document.markup, key=lambda one: one.start))
