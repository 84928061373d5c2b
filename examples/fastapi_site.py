"""A FastAPI site: the search page of searchkit under /search, and an API of its own.

    pip install '.[examples]'
    searchkit demo && uvicorn --app-dir examples fastapi_site:site

Then look at http://127.0.0.1:8000/search/, at /articles?q=图书馆, and at /docs for what else it takes.
SEARCHKIT_INDEX names another index than that of the demo.
"""

import os
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse

import searchkit
from searchkit import web

# Once for the process: any number of threads may search it, and each search sees the latest commit.
index = searchkit.open(os.environ.get("SEARCHKIT_INDEX", "indexes/demo"))
site = FastAPI(title="Articles")
site.mount("/search", web.app(index, title="Articles"))

Asked = Annotated[str, Query(max_length=500)]


@site.exception_handler(searchkit.QuerySyntaxError)
def not_well_formed(_: Request, error: searchkit.QuerySyntaxError) -> JSONResponse:
    """A query that cannot be read is the client's to mend. `lenient=True` would read any."""
    return JSONResponse({"detail": error.reason, "position": error.position}, status_code=400)


# Without `async`, so that FastAPI runs them in threads and a search holds nobody else up.
@site.get("/articles")
def articles(q: Asked, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> dict[str, Any]:
    """The articles that match, best first."""
    return index.search(q, limit=limit).to_dict()


@site.get("/articles/{id:path}")
def article(id: str, q: Asked = "") -> dict[str, Any]:
    """An article, and where in its body the matches of a query are."""
    document = index.get(id)
    if document is None:
        raise HTTPException(404, "There is no such article.")
    hit = index.hit(q, id)
    return {**document.to_dict(), "spans": hit.body.spans if hit else []}
