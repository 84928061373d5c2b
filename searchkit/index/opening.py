"""Creating and opening an index at a location."""

from __future__ import annotations

import copyreg
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from searchkit.analysis import Analyzer
from searchkit.analysis.pinyin import require_pinyin
from searchkit.engine import create_engine, damage_at, location_text, open_engine
from searchkit.engine.commit_files import require_whole
from searchkit.engine.credentials import without_credentials
from searchkit.errors import AnalyzerChangedWarning, IndexCorruptError, IndexReplacedError
from searchkit.index.index import Index, Location
from searchkit.query.synonyms import SynonymRules, Synonyms
from searchkit.schema import FieldKind, Schema
from searchkit.settings import Settings

if TYPE_CHECKING:
    from searchkit.maintenance.check import CheckProgress
    from searchkit.reports import CheckReport


def create(
    location: Location,
    *,
    user_words: Iterable[str] = (),
    stop_words: Iterable[str] = (),
    fields: Mapping[str, FieldKind] | None = None,
    synonyms: SynonymRules = (),
    pinyin: bool = False,
    boosts: Mapping[str, float] | None = None,
) -> Index:
    """A new, empty index at the location: a path, or ``":memory:"``. All options are stored with it.

    The segmenter does not cut ``user_words`` (names, products, jargon); ``stop_words`` do not count for the
    rank. ``fields`` declares which values in ``extra`` are filtered, sorted and counted by:
    ``{"author": "text", "price": "number", "event": "date", "paid": "boolean"}``, or searched as the body
    is: ``{"summary": "fulltext"}``. ``synonyms`` is a file with rules like ``a, b, c`` and ``a => b``, a
    mapping of words to what they find as well, or groups of words that find one another. With ``pinyin``,
    which needs ``searchkit-zh[pinyin]``, `Index.suggest` takes pinyin, `Index.search` reads it where nothing
    has what was typed, and `Results.suggestion` corrects words that sound the same as a whole. ``boosts`` is
    what title and body count for in the rank: with
    ``{"title": 3, "body": 1}`` a title counts three times as much as usual.

    Raises `IndexExistsError` where there is an index already.
    """
    if pinyin:
        require_pinyin()
    schema = Schema(fields)
    settings = Settings(
        Analyzer(user_words, stop_words), schema, Synonyms(synonyms), pinyin, schema.boosts(boosts or {})
    )
    engine = create_engine(location_text(location), settings.metadata(), settings.fields.for_engine)
    return Index(engine, settings)


def open(location: Location, *, verify: bool = False) -> Index:
    """The index at the location.

    The settings and the smaller files are compared with their checksums, of the others the size: that takes
    some milliseconds. With ``verify`` every byte is, at about a gigabyte a second.

    Raises `IndexNotFoundError` where there is none, `IndexIncompatibleError` when another version of
    searchkit made it, `IndexCorruptError` when it is damaged. Warns with `AnalyzerChangedWarning`
    when another version of the analyzer analysed it; `Index.rebuild` analyses it anew.
    """
    place = location_text(location)
    if verify:
        require_whole(without_credentials(place), damage_at(place))
    engine = open_engine(place)
    settings = Settings.from_metadata(engine.read_metadata(), engine.location)
    require_whole(engine.location, engine.settings_damage(settings.fields.for_engine))
    index = Index(engine, settings)
    if index.needs_rebuild:
        warnings.warn(
            f"{engine.location}: the index was analysed by another version of the analyzer, so some searches "
            "may miss; index.rebuild() analyses the stored documents anew",
            AnalyzerChangedWarning,
            stacklevel=2,
        )
    return index


def _reopened(location: str, identity: str) -> Index:
    """The index of a pickle. Raises `IndexReplacedError` where it is another one meanwhile."""
    index = open(location)
    if index._engine.identity != identity:
        index.close()
        raise IndexReplacedError(
            f"{location}: another index has taken the place of the one that was pickled; open it instead"
        )
    return index


def _reduced(index: Index) -> tuple[Callable[[str, str], Index], tuple[str, str]]:
    """Pickled, and copied, an index is opened again at its location; one in memory raises TypeError."""
    engine = index._open()
    if engine.location == ":memory:":
        raise TypeError(
            "an index in memory cannot be pickled or copied, as it is in this process only: create it in "
            "a folder, or use copy_to()"
        )
    return _reopened, (engine.real_location, engine.identity)


copyreg.pickle(Index, _reduced)


def check(
    location: Location,
    *,
    quick: bool = False,
    workers: int | None = None,
    progress: CheckProgress | None = None,
) -> CheckReport:
    """What `Index.check` does, also for an index that is too damaged for `open`.

    Raises `IndexNotFoundError` where there is no index, `IndexIncompatibleError` when another version of
    searchkit made it.
    """
    from searchkit.reports import CheckReport, Problem  # a program that searches does without

    started = time.perf_counter()
    place = location_text(location)
    shown = without_credentials(place)
    problems = [Problem(*damage) for damage in damage_at(place, quick=quick)]
    if not problems:
        try:
            engine = open_engine(place)
            with Index(engine, Settings.from_metadata(engine.read_metadata(), engine.location)) as index:
                return index.check(quick=quick, workers=workers, progress=progress)
        except IndexCorruptError as error:
            problems = [Problem(shown, "the index", str(error))]
    return CheckReport(shown, problems, took=time.perf_counter() - started)
