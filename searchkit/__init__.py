"""searchkit: full-text search for Chinese, embedded in Python.

import searchkit

index = searchkit.create("indexes/news")
index.add(searchkit.read_articles("articles/"))
for hit in index.search("中日關係"):
    print(hit.title, hit.snippet)
"""

from searchkit._version import __version__
from searchkit.articles import Articles, read_articles
from searchkit.document import Document
from searchkit.errors import (
    AnalyzerChangedWarning,
    ArticleError,
    CursorExpiredError,
    DocumentError,
    EngineUnavailableError,
    IndexCorruptError,
    IndexExistsError,
    IndexIncompatibleError,
    IndexLockedError,
    IndexNotFoundError,
    QuerySyntaxError,
    SearchkitError,
    SearchkitWarning,
)
from searchkit.index import Index, create, open  # noqa: A004
from searchkit.report import Failure, Report, Stats
from searchkit.results import Highlighted, Hit, Results
from searchkit.searching.explain import Contribution, Explanation
from searchkit.searching.suggest import Suggestion
from searchkit.writer import Writer

__all__ = [
    "AnalyzerChangedWarning",
    "ArticleError",
    "Articles",
    "Contribution",
    "CursorExpiredError",
    "Document",
    "DocumentError",
    "EngineUnavailableError",
    "Explanation",
    "Failure",
    "Highlighted",
    "Hit",
    "Index",
    "IndexCorruptError",
    "IndexExistsError",
    "IndexIncompatibleError",
    "IndexLockedError",
    "IndexNotFoundError",
    "QuerySyntaxError",
    "Report",
    "Results",
    "SearchkitError",
    "SearchkitWarning",
    "Stats",
    "Suggestion",
    "Writer",
    "__version__",
    "create",
    "open",
    "read_articles",
]
