"""A blog in Flask: a page to search, one for each post, and posts that are indexed when they are saved.

    pip install 'searchkit-zh[examples]'
    flask --app examples/flask_site.py run

The posts and the index are those of blog.py.
"""

from blog import index, remove, save
from flask import Flask, abort, redirect, render_template_string, request, url_for
from werkzeug import Response

import searchkit

site = Flask(__name__)

# A title of a hit is escaped, with <mark> in it, and Jinja knows it: no `safe` is needed.
PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>Blog</title>
<form action="{{ url_for('search') }}">
  <input name="q" value="{{ q }}" aria-label="Query" maxlength="500"> <button>Search</button>
</form>
<p role="status">{{ message }}</p>
{% for hit in results %}
<h2><a href="{{ url_for('post', id=hit.id, q=q) }}">{{ hit.title.html() or "(no title)" }}</a></h2>
<p>{{ hit.snippet }}</p>
{% endfor %}
{% if document %}
<h1>{{ (hit or document).title }}</h1>
<div style="white-space: pre-line">{{ (hit or document).body }}</div>
{% endif %}
</html>"""


@site.get("/")
def search() -> str:
    q = request.args.get("q", "")[:500]
    results = index.search(q)
    message = f"{results.total} found" if q else ""
    return render_template_string(PAGE, q=q, results=results, message=message)


@site.get("/posts/<int:id>")
def post(id: int) -> str:
    q = request.args.get("q", "")[:500]
    document = index.get(id) or abort(404)
    hit = index.hit(q, id, lenient=True)
    return render_template_string(PAGE, q=q, document=document, hit=hit)


# Who may write is for your site to say; here everybody on this machine.
@site.post("/posts")
@site.post("/posts/<int:id>")
def write(id: int | None = None) -> Response:
    return redirect(url_for("post", id=save(request.form["title"], request.form["html"], id)))


@site.post("/posts/<int:id>/delete")
def delete(id: int) -> Response:
    remove(id)
    return redirect(url_for("search"))


@site.errorhandler(searchkit.QuerySyntaxError)
def not_well_formed(error: searchkit.QuerySyntaxError) -> tuple[str, int]:
    """A query that cannot be read is the visitor's to mend. `lenient=True` would read any."""
    return render_template_string(PAGE, q=error.query, message=error.reason), 400
