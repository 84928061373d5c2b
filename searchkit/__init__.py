"""searchkit: full-text search for Chinese, embedded in Python.

import searchkit

index = searchkit.create("indexes/news", exist_ok=True)
index.add(searchkit.read_articles("articles/"))
for hit in index.search("中日關係"):
    print(hit.title, hit.snippet)
"""

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
    IndexReplacedError,
    QuerySyntaxError,
    QueryTooExpensiveError,
    SearchkitError,
    SearchkitWarning,
)

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers know it; `typing` takes longer to import than all that is here
if TYPE_CHECKING:
    from searchkit.analysis.kernel import kernel
    from searchkit.articles import Articles, read_articles
    from searchkit.document import Document, Markup
    from searchkit.highlight.highlighted import Highlighted
    from searchkit.index import Index, check, create, open  # noqa: A004
    from searchkit.index.writer import Writer
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
    from searchkit.searching.explain import Contribution, Explanation
    from searchkit.searching.hints import Hint
    from searchkit.searching.options import SearchOptions
    from searchkit.searching.results import Hit, Results
    from searchkit.searching.suggest import Suggestion
del TYPE_CHECKING

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
    "Hint",
    "Hit",
    "Index",
    "IndexCorruptError",
    "IndexExistsError",
    "IndexIncompatibleError",
    "IndexLockedError",
    "IndexNotFoundError",
    "IndexReplacedError",
    "Markup",
    "Problem",
    "QuerySyntaxError",
    "QueryTooExpensiveError",
    "Report",
    "Results",
    "SearchOptions",
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
    "kernel",
    "open",
    "read_articles",
]

# Imported when first asked for: a program that imports searchkit starts at once, and loads what it uses.
_MODULES = {
    "searchkit.analysis.kernel": ("kernel",),
    "searchkit.articles": ("Articles", "read_articles"),
    "searchkit.document": ("Document", "Markup"),
    "searchkit.index": ("Index", "check", "create", "open"),
    "searchkit.reports": (
        "CheckReport",
        "CopyReport",
        "Failure",
        "Problem",
        "Report",
        "Stats",
        "SyncProgress",
        "SyncReport",
    ),
    "searchkit.highlight.highlighted": ("Highlighted",),
    "searchkit.searching.options": ("SearchOptions",),
    "searchkit.searching.results": ("Hit", "Results"),
    "searchkit.searching.hints": ("Hint",),
    "searchkit.searching.explain": ("Contribution", "Explanation"),
    "searchkit.searching.suggest": ("Suggestion",),
    "searchkit.index.writer": ("Writer",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'searchkit' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_MODULE_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
