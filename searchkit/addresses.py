"""addresses: a web address -> what all ways to write it have in common."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Without http:// it begins with www., or with a domain and a path.
_ADDRESS = re.compile(
    r"(?:https?://|(?=www\.|[^\s/?#@]+\.[^\s/?#@.]+/))(?:www\.)?"
    r"(?P<host>[^\s/?#@]+?)(?::(?:80|443))?(?P<path>/[^\s?#]*)?(?:\?(?P<query>[^\s#]*))?(?:#\S*)?",
    re.IGNORECASE,
)
_CAMPAIGN = "utm_"


def address_key(text: str) -> str:
    """The address without its scheme, ``www.``, percent-encoding, fragment, campaign and slash at the end.

    Empty for a text that is no address.

    >>> address_key("https://www.example.com/a/?utm_source=x#top"), address_key("example.com/a")
    ('example.com/a', 'example.com/a')
    """
    if "." not in text or (match := _ADDRESS.fullmatch(text.strip())) is None:
        return ""
    host, path, query = match.group("host", "path", "query")
    kept = [part for part in (query or "").split("&") if part and not part.startswith(_CAMPAIGN)]
    address = host.lower() + (path or "").rstrip("/") + ("?" + "&".join(kept) if kept else "")
    return unquote(address) if "%" in address else address
