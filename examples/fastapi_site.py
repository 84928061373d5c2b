"""A blog in FastAPI: the search page of searchkit under /search, and an API that indexes what is posted.

    pip install 'searchkit-zh[examples]'
    uvicorn --app-dir examples fastapi_site:site

Then look at http://127.0.0.1:8000/search/, at /posts?q=图书馆, and at /docs for what else it takes.
The posts and the index are those of blog.py.
"""

from typing import Annotated, Any

from blog import index, remove, save
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

import searchkit
from searchkit import web

site = FastAPI(title="Blog")
site.mount("/search", web.app(index, title="Blog"))

Asked = Annotated[str, Query(max_length=500)]


class Post(BaseModel):
    title: str
    html: str


@site.exception_handler(searchkit.QuerySyntaxError)
def not_well_formed(_: Request, error: searchkit.QuerySyntaxError) -> JSONResponse:
    """A query that cannot be read is the client's to mend. `lenient=True` would read any."""
    return JSONResponse({"detail": error.reason, "position": error.position}, status_code=400)


# Without `async`, so that FastAPI runs them in threads and a search holds nobody else up.
@site.get("/posts")
def search(q: Asked, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> dict[str, Any]:
    """The posts that match, best first."""
    return index.search(q, limit=limit).to_dict()


@site.get("/posts/{id}")
def post(id: int, q: Asked = "") -> dict[str, Any]:
    """A post, and where in its body the matches of a query are."""
    document = index.get(id)
    if document is None:
        raise HTTPException(404, "There is no such post.")
    hit = index.hit(q, id)
    return {**document.to_dict(), "spans": hit.body.spans if hit else []}


# Who may write is for your site to say; here everybody on this machine.
@site.post("/posts", status_code=201)
def write(new: Post) -> dict[str, int]:
    return {"id": save(new.title, new.html)}


@site.put("/posts/{id}")
def rewrite(id: int, changed: Post) -> dict[str, int]:
    return {"id": save(changed.title, changed.html, id)}


@site.delete("/posts/{id}", status_code=204)
def delete(id: int) -> None:
    remove(id)
