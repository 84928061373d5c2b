"""create(exist_ok=True): the index that is there, if its settings are those that are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from reprlib import Repr
from typing import Any, TypeVar

from searchkit.engine.base import UnfinishedError
from searchkit.errors import IndexExistsError, IndexLockedError, IndexNotFoundError
from searchkit.settings import Settings

_PATIENCE = 10.0  # seconds, for another process that makes the index at this moment
_LOOK_AGAIN = 0.05
_CHANGED_BY = {"synonyms": "index.set_synonyms() changes the synonyms of an index"}

_Index = TypeVar("_Index")


def opened_or_made(open: Callable[[], _Index], make: Callable[[], _Index]) -> _Index:
    """What is there, or a new one; another process may do the same just now, and one of the two makes it."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return _made_or_opened(open, make)
        except (IndexLockedError, UnfinishedError):
            if time.monotonic() > until:
                raise
        time.sleep(_LOOK_AGAIN)


def _made_or_opened(open: Callable[[], _Index], make: Callable[[], _Index]) -> _Index:
    try:
        return open()
    except IndexNotFoundError:
        try:
            return make()
        except IndexExistsError as error:
            try:
                return open()  # another process was faster
            except IndexNotFoundError:
                raise error from None  # there is something else


def require_same(location: str, found: Settings, wanted: Settings, names: Iterable[str]) -> None:
    """Raise `IndexExistsError` where one of the settings is another than the one that is wanted."""
    there, asked = _values(found), _values(wanted)
    differing = [name for name in names if there[name] != asked[name]]
    if not differing:
        return
    shown = "; ".join(f"{name}: {_difference(there[name], asked[name])}" for name in differing)
    ways = [_CHANGED_BY[name] for name in differing if name in _CHANGED_BY]
    if len(ways) < len(differing):
        ways.append(
            "for other settings, create one at another place and bring the documents there: "
            f"new.add(searchkit.open({location!r}))"
        )
    raise IndexExistsError(
        f"{location}: there is an index already, with other settings: {shown}. Leave them out to have it as "
        f"it is; {'; '.join(ways)}"
    )


def _values(settings: Settings) -> dict[str, Any]:
    """The settings by the names that `create` has for them, in any order that means the same."""
    stored = settings.metadata()
    words = {name: set(given) for name, given in stored["analyzer"].items()}
    return {**stored, **words}


def _difference(there: Any, asked: Any) -> str:
    """The values of a setting; of many those that only one of the two has."""
    if isinstance(there, set):
        there, asked = sorted(there - asked), sorted(asked - there)
        return f"only there {_shown(there)}, only asked for {_shown(asked)}"
    if isinstance(there, Mapping) and isinstance(asked, Mapping) and there and asked:
        there, asked = (
            {name: value for name, value in one.items() if name not in other or other[name] != value}
            for one, other in ((there, asked), (asked, there))
        )
    return f"{_shown(there)} there, {_shown(asked)} asked for"


_REPR = Repr()
_REPR.maxdict, _REPR.maxlist, _REPR.maxstring = 8, 8, 60
_shown = _REPR.repr
