def load(
    firsts: str,
    lasts: str,
    names: str,
    characters: str,
    forms: str,
    small: str,
    digits: str,
    compositions: str,
    /,
) -> None: ...
def normalize(text: str, /) -> str: ...
def visible(normalized: str, /) -> str: ...
def has_tokens(text: str, /) -> bool: ...
def tokenize(text: str, /) -> tuple[list[str], bytes, bytes, bytes, bytes]: ...
def terms(text: str, /) -> tuple[str, str]: ...
def highlight(
    texts: tuple[str, ...],
    terms: tuple[tuple[int, tuple[tuple[str, ...], ...]], ...],
    beginnings: str,
    length: int,
    most: int,
    /,
) -> list[tuple[int, int, tuple[tuple[int, int], ...]]]: ...
