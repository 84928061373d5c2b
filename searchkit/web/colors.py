"""colors: the colours of the page, those that a site chooses among them -> a style sheet with variables.

A page must be readable: colours that stand on one another are held to the contrast that WCAG 2.2 asks of text
(https://www.w3.org/TR/WCAG22/#contrast-minimum).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#fbfaf7",
    "card": "#ffffff",
    "ink": "#1d1b18",
    "soft": "#625d55",
    "line": "#e2ded5",
    "link": "#164a86",
    "seen": "#5b3a78",
    "accent": "#a8281e",
    "mark": "#ffe69a",
    "mark-ink": "#2b1d00",
    "bar": "#c8493d",
    "bar-off": "#cfc9bd",
    "shade": "#f1eee7",
}
DARK: Mapping[str, str] = {
    "paper": "#16171a",
    "card": "#1f2125",
    "ink": "#ece9e2",
    "soft": "#a9a499",
    "line": "#35373d",
    "link": "#9cc4f5",
    "seen": "#c9b0e6",
    "accent": "#f0857a",
    "mark": "#6b5312",
    "mark-ink": "#fff3cc",
    "bar": "#e0695d",
    "bar-off": "#4a4c53",
    "shade": "#26282d",
}
_GROUNDS = {
    **dict.fromkeys(("ink", "soft"), ("paper", "card", "shade")),
    **dict.fromkeys(("link", "seen", "accent"), ("paper", "card")),
    "mark-ink": ("mark",),
}
"""What each colour of text stands on."""
_LEAST_CONTRAST = 4.5
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}", re.ASCII)


def style_sheet(colors: Mapping[str, str], dark_colors: Mapping[str, str]) -> str:
    """The variables of the page as CSS.

    ``dark_colors`` are those on a dark ground. A text colour that is only among ``colors`` is made lighter
    there until it can be read. Raises ValueError for names and values that are none, and for text that nobody
    could read.
    """
    light = _readable("colors", LIGHT, _with_bar(_checked("colors", colors)))
    dark = _with_bar(_checked("dark_colors", dark_colors))
    grounds = {**DARK, **dark}
    for name, color in colors.items():
        if name in ("link", "seen", "accent") and name not in dark:
            dark[name] = _lightened(_long(color), [grounds[one] for one in _GROUNDS[name]])
    dark = _readable("dark_colors", DARK, _with_bar(dark))
    return f"{_rule(light)}@media (prefers-color-scheme: dark) {{\n{_rule(dark)}}}\n"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours like ``#1d1b18``, from 1 to 21, as WCAG defines it."""
    lower, higher = sorted((_luminance(one), _luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def _checked(argument: str, given: Mapping[str, str]) -> dict[str, str]:
    for name, color in given.items():
        if name not in LIGHT:
            raise ValueError(f"{argument}: there is no colour {name!r}; there are {', '.join(LIGHT)}")
        if not isinstance(color, str) or not _COLOR.fullmatch(color):
            raise ValueError(f"{argument}: {name!r} must be a colour like '#0b6e4f', not {color!r}")
    return {name: _long(color) for name, color in given.items()}


def _with_bar(colors: dict[str, str]) -> dict[str, str]:
    """Bars have the accent, unless they have a colour of their own."""
    return {"bar": colors["accent"], **colors} if "accent" in colors else colors


def _readable(argument: str, defaults: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    colors = {**defaults, **given}
    for name, grounds in _GROUNDS.items():
        for ground in grounds:
            found = contrast(colors[name], colors[ground])
            if found < _LEAST_CONTRAST and {name, ground} & given.keys():
                raise ValueError(
                    f"{argument}: {name} {colors[name]} on {ground} {colors[ground]} cannot be read: its "
                    f"contrast is {found:.1f} and must be at least {_LEAST_CONTRAST}; take a "
                    f"{'darker' if _luminance(colors[ground]) > 0.18 else 'lighter'} {name}"
                )
    return colors


def _lightened(color: str, grounds: list[str]) -> str:
    for light in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(part + (255 - part) * light / 100):02x}" for part in _parts(color))
        if all(contrast(mixed, ground) >= _LEAST_CONTRAST + 1 for ground in grounds):
            return mixed
    return color  # no ground that is dark, which the caller says


def _rule(colors: Mapping[str, str]) -> str:
    return ":root {\n" + "".join(f"  --{name}: {color};\n" for name, color in colors.items()) + "}\n"


def _long(color: str) -> str:
    return color.lower() if len(color) == 7 else "#" + "".join(part * 2 for part in color[1:].lower())


def _parts(color: str) -> Iterator[int]:
    return (int(color[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(color: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
