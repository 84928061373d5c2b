"""searchkit: full-text search for Chinese, embedded in Python.

import searchkit

index = searchkit.create("indexes/news")
index.add(searchkit.read_articles("articles/"))
for hit in index.search("中日關係"):
    print(hit.title, hit.snippet)
"""

import importlib as _importlib
import typing as _typing

from searchkit._version import __version__
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
from searchkit.index import Index, check, create, open  # noqa: A004
from searchkit.search.results import Highlighted, Hit, Results
from searchkit.search.suggest import Suggestion

if _typing.TYPE_CHECKING:
    from searchkit.articles import Articles, read_articles
    from searchkit.indexing.writer import Writer
    from searchkit.reports import (
        CheckReport,
        CopyReport,
        Failure,
        Problem,
        Report,
        Stats,
        SyncProgress,
        SyncReport,
    )
    from searchkit.search.explain import Contribution, Explanation

__all__ = [
    "AnalyzerChangedWarning",
    "ArticleError",
    "Articles",
    "CheckReport",
    "Contribution",
    "CopyReport",
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
    "Problem",
    "QuerySyntaxError",
    "Report",
    "Results",
    "SearchkitError",
    "SearchkitWarning",
    "Stats",
    "Suggestion",
    "SyncProgress",
    "SyncReport",
    "Writer",
    "__version__",
    "check",
    "create",
    "open",
    "read_articles",
]

# A program that searches starts sooner without these.
_LOADED_LATER = {
    **dict.fromkeys(("Articles", "read_articles"), "searchkit.articles"),
    **dict.fromkeys(("CheckReport", "CopyReport", "Failure", "Problem"), "searchkit.reports"),
    **dict.fromkeys(("Report", "Stats"), "searchkit.reports"),
    **dict.fromkeys(("SyncProgress", "SyncReport"), "searchkit.reports"),
    **dict.fromkeys(("Contribution", "Explanation"), "searchkit.search.explain"),
    "Writer": "searchkit.indexing.writer",
}


def __getattr__(name: str) -> object:
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'searchkit' has no attribute {name!r}")
    value = globals()[name] = getattr(_importlib.import_module(_LOADED_LATER[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
