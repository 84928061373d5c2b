"""Creating and opening an index at a location."""

from __future__ import annotations

import copyreg
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING

from searchkit.analysis import Analyzer
from searchkit.analysis.pinyin import require_pinyin
from searchkit.dates import zone_of
from searchkit.engine import MEMORY, create_engine, damage_at, location_text, open_engine
from searchkit.engine.commit_files import require_whole
from searchkit.engine.credentials import without_credentials
from searchkit.errors import AnalyzerChangedWarning, IndexCorruptError, IndexReplacedError
from searchkit.index.existing import opened_or_made, require_same
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
    exist_ok: bool = False,
    user_words: Iterable[str] | None = None,
    stop_words: Iterable[str] | None = None,
    fields: Mapping[str, FieldKind] | None = None,
    synonyms: SynonymRules | None = None,
    pinyin: bool | None = None,
    boosts: Mapping[str, float] | None = None,
    timezone: str | tzinfo | None = None,
) -> Index:
    """A new, empty index at the location. All options are stored with it.

    The location is one of these, for `open` as well:

    * a path: the embedded engine, tantivy, in a folder that is made with those above it;
    * ``":memory:"``: the same in memory, gone with the object; it can only be created;
    * ``"whoosh:PATH"``: Whoosh, in pure Python, in a folder;
    * ``"opensearch://host:9200/name"``, ``"opensearchs://…"`` for TLS: an index of a cluster;
    * ``"NAME:anything"``: an engine that a package has under NAME in the entry points ``searchkit.engines``.

    With ``exist_ok`` an index that is there already is opened, so a script can run again, and two processes
    can begin at once. The settings that are given have to be those it has, else `IndexExistsError` says which
    differ, with both values and the way out. One that is not given (None) is not compared: it is as the index
    has it. Without ``exist_ok`` where there is an index, `IndexExistsError` is raised.

    The segmenter does not cut ``user_words`` (names, products, jargon); ``stop_words`` do not count for the
    rank. ``fields`` declares which values in ``extra`` are filtered, sorted and counted by:
    ``{"author": "text", "price": "number", "event": "date", "paid": "boolean"}``, or searched as the body
    is: ``{"summary": "fulltext"}``. ``synonyms`` is a file with rules like ``a, b, c`` and ``a => b``, a
    mapping of words to what they find as well, or groups of words that find one another. With ``pinyin``,
    which needs ``searchkit-zh[pinyin]``, `Index.suggest` takes pinyin, `Index.search` reads it where nothing
    has what was typed, and `Results.suggestion` corrects words that sound the same as a whole. ``boosts`` is
    what title and body count for in the rank: with
    ``{"title": 3, "body": 1}`` a title counts three times as much as usual. ``timezone`` is a name of the
    IANA database, ``"Asia/Shanghai"``, UTC unless given: dates and times without a zone are read in it, days
    in filters and facets are its days, and times are given back in it. On Windows it comes with ``tzdata``.
    """
    if pinyin:
        require_pinyin()
    schema = Schema(fields, zone_of(str(timezone or "UTC")))
    settings = Settings(
        Analyzer(user_words or (), stop_words or ()),
        schema,
        Synonyms(synonyms or ()),
        bool(pinyin),
        schema.boosts(boosts or {}),
    )
    options = {
        "user_words": user_words,
        "stop_words": stop_words,
        "fields": fields,
        "synonyms": synonyms,
        "pinyin": pinyin,
        "boosts": boosts,
        "timezone": timezone,
    }
    place = location_text(location)

    def made() -> Index:
        engine = create_engine(place, settings.metadata(), settings.fields.for_engine)
        return Index(engine, settings)

    if not exist_ok or place == MEMORY:
        return made()
    index = opened_or_made(partial(_opened, place), made)
    given = [name for name, value in options.items() if value is not None]
    try:
        require_same(index.location, index._settings, settings, given)
        _warn_if_changed(index)
    except BaseException:
        index.close()
        raise
    return index


def open(location: Location, *, verify: bool = False) -> Index:
    """The index at the location: a path, ``whoosh:PATH``, ``opensearch://host:9200/name`` …, as in `create`.

    The settings and the smaller files are compared with their checksums, of the others the size: that takes
    some milliseconds. With ``verify`` every byte is, at about a gigabyte a second.

    Raises `IndexNotFoundError` where there is none, `IndexIncompatibleError` when another version of
    searchkit made it, `IndexCorruptError` when it is damaged. Warns with `AnalyzerChangedWarning`
    when another version of the analyzer analysed it; `Index.rebuild` analyses it anew.
    """
    place = location_text(location)
    if verify:
        require_whole(without_credentials(place), damage_at(place))
    index = _opened(place)
    _warn_if_changed(index)
    return index


def _opened(place: str) -> Index:
    engine = open_engine(place)
    settings = Settings.from_metadata(engine.read_metadata(), engine.location)
    require_whole(engine.location, engine.settings_damage(settings.fields.for_engine))
    return Index(engine, settings)


def _warn_if_changed(index: Index) -> None:
    if index.needs_rebuild:
        warnings.warn(
            f"{index.location}: the index was analysed by another version of the analyzer, so some searches "
            "may miss; index.rebuild() analyses the stored documents anew",
            AnalyzerChangedWarning,
            stacklevel=3,
        )


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
