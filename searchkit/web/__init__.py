"""web: an index -> a search page and a JSON API, as an ASGI app that mounts under any path.

    from starlette.applications import Starlette
    site = Starlette()
    site.mount("/search", searchkit.web.app(index))

Needs the extra ``searchkit-zh[web]``. `searchkit serve` runs it alone. See docs/web.md.
"""

from searchkit.web.app import app
from searchkit.web.customization import Page
from searchkit.web.limits import Limits
from searchkit.web.server import Server

__all__ = ["Limits", "Page", "Server", "app"]
