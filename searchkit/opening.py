"""opening: a location -> an Index: a new one, one that is there, or what is wrong with it."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from searchkit.analysis import Analyzer
from searchkit.analysis.pinyin import require_pinyin
from searchkit.engine import create_engine, damage_at, open_engine
from searchkit.engine.credentials import without_credentials
from searchkit.errors import AnalyzerChangedWarning, IndexCorruptError
from searchkit.index import Index
from searchkit.query.synonyms import SynonymRules, Synonyms
from searchkit.schema import FieldKind, Schema
from searchkit.settings import Settings

if TYPE_CHECKING:
    from searchkit.reports import CheckReport

__all__ = ["check", "create", "open"]

Location = str | os.PathLike[str]


def create(
    location: Location,
    *,
    user_words: Iterable[str] = (),
    stop_words: Iterable[str] = (),
    fields: Mapping[str, FieldKind] | None = None,
    synonyms: SynonymRules = (),
    pinyin: bool = False,
) -> Index:
    """A new, empty index at the location: a path, or ``":memory:"``. All options are stored with it.

    ``user_words`` (names, products, jargon) are kept whole by the segmenter, ``stop_words`` do
    not count for the rank. ``fields`` declares what in ``extra`` of a document filters, sorts and is
    counted: ``{"author": "text", "price": "number", "event": "date", "paid": "boolean"}``. ``synonyms`` is
    a file with rules like ``a, b, c`` and ``a => b``, a mapping of words to what they find as well, or
    groups of words that find one another. With ``pinyin``, which needs ``searchkit[pinyin]``, `Index.suggest`
    takes pinyin, and queries with same-sounding characters are mended.

    Raises `IndexExistsError` where there is an index already.
    """
    if pinyin:
        require_pinyin()
    settings = Settings(Analyzer(user_words, stop_words), Schema(fields), Synonyms(synonyms), pinyin)
    engine = create_engine(os.fspath(location), settings.metadata(), settings.fields.for_engine)
    return Index(engine, settings)


def open(location: Location) -> Index:
    """The index at the location.

    Raises `IndexNotFoundError` where there is none, `IndexIncompatibleError` when another version of
    searchkit made it, `IndexCorruptError` when it is damaged. Warns with `AnalyzerChangedWarning`
    when it was analysed by other rules than today's; `Index.rebuild` mends that.
    """
    engine = open_engine(os.fspath(location))
    index = Index(engine, Settings.from_metadata(engine.read_metadata(), engine.location))
    if index.needs_rebuild:
        warnings.warn(
            f"{engine.location}: the index was analysed by other rules than today's, so some searches "
            "may miss; index.rebuild() analyses the stored documents anew",
            AnalyzerChangedWarning,
            stacklevel=2,
        )
    return index


def check(location: Location) -> CheckReport:
    """Whether the index at the location is as it was written; it need not open.

    Does what `Index.check` does, but looks at the files before anything of them is used, so that it has an
    answer where `open` raises `IndexCorruptError`. Raises `IndexNotFoundError` where there is no index,
    `IndexIncompatibleError` when another version of searchkit made it.
    """
    from searchkit.reports import CheckReport, Problem  # a program that searches does without

    started = time.perf_counter()
    place = os.fspath(location)
    shown = without_credentials(place)
    problems = [Problem(*damage) for damage in damage_at(place)]
    if not problems:
        try:
            engine = open_engine(place)
            with Index(engine, Settings.from_metadata(engine.read_metadata(), engine.location)) as index:
                return index.check()
        except IndexCorruptError as error:
            problems = [Problem(shown, "the index", str(error))]
    return CheckReport(shown, problems, took=time.perf_counter() - started)
