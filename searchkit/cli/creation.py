"""The settings of a new index -> the index at a location, opened or created.

The options belong to the creation. Where there is an index already, they are refused, unless it is known to
have the same settings.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import searchkit
from searchkit.cli.options import boosts_of, together


def opened_or_created(location: str, **given: Any) -> tuple[searchkit.Index, bool]:
    """The index at the location, created with the `creation_options` if there is none, and whether it is new.

    Raises UsageError when there is one whose settings may differ.
    """
    fields, pinyin, timezone = given["fields"], given["pinyin"], given["timezone"]
    try:
        existing = searchkit.open(location)
    except searchkit.IndexNotFoundError:
        words: dict[str, Any] = {name: _words_in(given[name]) for name in ("user_words", "stop_words")}
        synonyms = given["synonyms"] or ()
        more: dict[str, Any] = {
            "fields": fields,
            "pinyin": pinyin,
            "boosts": given["boosts"],
            "timezone": timezone,
        }
        return searchkit.create(location, **words, synonyms=synonyms, **more), True
    there, without = "there is one at {} already", "the one at {} was made without it"
    files = ("user_words", "stop_words", "synonyms")
    refused = [(f"--{name.replace('_', '-')}", there) for name in files if given[name]]
    refused += [("--boost", there)] if given["boosts"] else []
    if fields or pinyin or timezone:
        stats = existing.stats()
        refused += [(f"--field {n}={k}", without) for n, k in fields.items() if stats.fields.get(n) != k]
        refused += [("--pinyin", without)] if pinyin and not stats.pinyin else []
        other = f"the one at {{}} is in {stats.timezone}"
        refused += [("--timezone", other)] if timezone and timezone != stats.timezone else []
    for name, reason in refused:
        existing.close()
        raise click.UsageError(
            f"{name} belongs to the creation of an index, and {reason.format(existing.location)}; "
            "choose another place, or delete that one to make it anew"
        )
    return existing, False


def _words_in(path: str | None) -> list[str]:
    """One word a line. A frequency and a tag behind it, as in a user dictionary of jieba, are ignored.

    Empty lines and lines that begin with # are ignored as well.
    """
    lines = Path(path).read_text(encoding="utf-8-sig").splitlines() if path else []
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def _fields_of(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in pairs:
        name, _, kind = (part.strip() for part in pair.partition("="))
        if not name or not kind:
            raise click.BadParameter(f"{pair!r} is no NAME=KIND, like price=number", ctx, param)
        if fields.setdefault(name, kind) != kind:
            raise click.BadParameter(f"{name!r} is declared twice: {fields[name]} and {kind}", ctx, param)
    return fields


class _TextFile(click.Path):
    """The path of a file, once it is known that it can be read."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = str(super().convert(value, param, ctx))
        try:
            Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            self.fail(f"{path}: cannot be read: {error.strerror}", param, ctx)
        except UnicodeDecodeError:
            self.fail(f"{path}: is not UTF-8", param, ctx)
        return path


def _option(*names: str, help: str, **attributes: Any) -> Callable[[Any], Any]:
    return click.option(*names, help=f"{help} Only for a new index.", **attributes)


TEXT_FILE = _TextFile(exists=True, dir_okay=False)
_FILE: dict[str, Any] = {"type": TEXT_FILE, "metavar": "FILE"}

creation_options = together(
    _option(
        "--user-words", help="Words that the segmenter keeps whole (names, products), one a line.", **_FILE
    ),
    _option("--stop-words", help="Words that do not count for the rank, one a line.", **_FILE),
    _option(
        "--field",
        "fields",
        multiple=True,
        metavar="NAME=KIND",
        callback=_fields_of,
        help="Declare a field of the articles that 'search' may filter, sort and count by; the KIND is text, "
        "number, date or boolean; or fulltext, which is searched as the body is. May be repeated.",
    ),
    _option(
        "--synonyms",
        help="Words that find one another, a line like '土豆, 马铃薯', or one way, like '北大 => 北京大学'.",
        **_FILE,
    ),
    _option(
        "--boost",
        "boosts",
        multiple=True,
        metavar="FIELD=NUMBER",
        callback=boosts_of,
        help="What a field counts for the rank, like title=3. May be repeated.",
    ),
    _option(
        "--timezone", metavar="NAME", help="The time zone of days, and of times without one: Asia/Shanghai."
    ),
    _option(
        "--pinyin",
        is_flag=True,
        help="Let 'suggest' and 'search' take pinyin, and find what was meant by words that sound the same.",
    ),
)
"""The options for `opened_or_created`, by the names that `searchkit.create` has for them."""
