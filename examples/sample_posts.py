"""The sample articles of searchkit as the posts that an empty blog begins with."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from importlib.resources import as_file, files
from typing import NamedTuple

import searchkit


class SamplePost(NamedTuple):
    title: str
    html: str
    published: datetime
    """Without a time zone, as databases have it."""


def sample_posts() -> Iterator[SamplePost]:
    """Title, HTML and time of every sample article."""
    with as_file(files("searchkit") / "sample" / "articles") as folder:
        for article in searchkit.read_articles(folder):
            html = "".join(f"<p>{escape(line)}</p>\n" for line in article.body.splitlines() if line)
            assert article.published is not None
            yield SamplePost(article.title, html, article.published.replace(tzinfo=None))
