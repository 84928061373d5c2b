"""Credentials in the location of an index: nothing that is shown has them."""

from __future__ import annotations

import re

# Up to the last @, as a password may have one that should have been written as %40.
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+]+://|opensearchs?:/*).*@", re.IGNORECASE | re.DOTALL)


def without_credentials(location: str) -> str:
    """The location as it may be shown: ``opensearch://host/name`` for ``opensearch://me:secret@host/name``."""
    return _CREDENTIALS.sub(r"\1", location)
