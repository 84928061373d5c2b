"""The searches of `searchkit demo`: each shows one thing, on the sample articles."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SHOWCASE", "Show"]


class Show(NamedTuple):
    """A query and why it is interesting."""

    query: str
    reason: str
    hits: int = 3
    """So many at most are shown."""
    lenient: bool = False


SHOWCASE = (
    Show("国际论坛", "each script finds the other: 國際論壇"),
    Show("図書館", "typed as in Japan: finds 图书馆 and 圖書館"),
    Show('"中日关系史"', "a passage in quotes, in either script"),
    Show("干", "one character will do, in any of its forms: 干, 乾, 幹"),
    Show("C++", "C and C# are other languages"),
    Show("3.6.3", "a version, not every 3"),
    Show("abc123", "finds full-width letters"),
    Show("茶 -乾隆", "tea, but without the emperor"),
    Show("title:(出租车 OR 计程车 OR 的士)", "one car with three names, in titles"),
    Show("发芽的土豆能吃吗？", "a question; its answer comes first", hits=1, lenient=True),
)
