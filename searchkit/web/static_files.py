"""static_files: the files of the page -> answers; also where the package is in a zip archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_MEDIA_TYPES = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


class StaticFiles:
    """The files of a folder of this package, read once, and ``made`` ones beside them."""

    def __init__(self, folder: str, made: Mapping[str, bytes]) -> None:
        found = {one.name: one.read_bytes() for one in (files("searchkit.web") / folder).iterdir()}
        self._files = dict(sorted({**found, **made}.items()))
        self.version = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]
        """A part of their addresses, so that a browser never mixes two versions."""

    async def answer(self, request: Request) -> Response:
        """GET /static/{name}"""
        name = request.path_params["name"]
        if name not in self._files:
            raise HTTPException(404)
        headers = {"ETag": f'"{self.version}"'}
        if self.version in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self._files[name], media_type=_MEDIA_TYPES[PurePath(name).suffix], headers=headers)
