"""Numbers -> the words people use for them."""

from __future__ import annotations

__all__ = ["bytes_of", "count_of", "seconds_of"]


def count_of(number: int, singular: str, plural: str = "") -> str:
    """``1 match``, ``1,234 matches``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def bytes_of(number: int) -> str:
    """``812 bytes``, ``12.3 kB``, ``1.2 GB``: a kilobyte is a thousand bytes."""
    if number < 1000:
        return count_of(number, "byte")
    size = float(number)
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007  (the last unit is kept for what is larger)
        size /= 1000
        if size < 999.95:
            break
    return f"{size:,.1f} {unit}"


def seconds_of(seconds: float) -> str:
    """``0.4 ms``, ``12 ms``, ``3.4 s``, ``2 min 5 s``."""
    if seconds < 0.001:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
