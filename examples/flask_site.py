"""A Flask site: a page to search, and one for each article.

    pip install '.[examples]'
    searchkit demo && flask --app examples/flask_site.py run

SEARCHKIT_INDEX names another index than that of the demo.
"""

import os

from flask import Flask, abort, render_template_string, request

import searchkit

# Once for the process: any number of threads may search it, and each search sees the latest commit.
index = searchkit.open(os.environ.get("SEARCHKIT_INDEX", "indexes/demo"))
site = Flask(__name__)

# A title of a hit is escaped, with <mark> in it, and Jinja knows it: no `safe` is needed. `link` is the
# address, but nothing where a browser would run it: `url` may be a script.
PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>Articles</title>
<form action="{{ url_for('search') }}">
  <input name="q" value="{{ q }}" aria-label="Query" maxlength="500"> <button>Search</button>
</form>
<p role="status">{{ message }}</p>
{% for hit in results %}
<h2><a href="{{ url_for('article', id=hit.id, q=q) }}">{{ hit.title.html() or "(no title)" }}</a></h2>
<p>{{ hit.snippet }}</p>
{% endfor %}
{% if document %}
<h1>{{ (hit or document).title }}</h1>
{% if document.link %}<p><a href="{{ document.link }}" rel="nofollow">{{ document.source }}</a></p>{% endif %}
<div style="white-space: pre-line">{{ (hit or document).body }}</div>
{% endif %}
</html>"""


@site.get("/")
def search() -> str:
    q = request.args.get("q", "")[:500]
    results = index.search(q)
    message = f"{results.total} found" if q else ""
    return render_template_string(PAGE, q=q, results=results, message=message)


@site.get("/article")
def article() -> str:
    q, id = request.args.get("q", "")[:500], request.args.get("id", "")
    document = index.get(id) or abort(404)
    hit = index.hit(q, id, lenient=True)
    return render_template_string(PAGE, q=q, document=document, hit=hit)


@site.errorhandler(searchkit.QuerySyntaxError)
def not_well_formed(error: searchkit.QuerySyntaxError) -> tuple[str, int]:
    """A query that cannot be read is the visitor's to mend. `lenient=True` would read any."""
    return render_template_string(PAGE, q=error.query, message=error.reason), 400
