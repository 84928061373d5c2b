"""A Django site in one file: a page to search, and one for each article.

    pip install '.[examples]'
    searchkit demo && python examples/django_site.py runserver

SEARCHKIT_INDEX names another index than that of the demo. For a project of yours take the views and the
template; the rest is what makes a site of one file.
"""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

import searchkit

# Once for the process: any number of threads may search it, and each search sees the latest commit.
index = searchkit.open(os.environ.get("SEARCHKIT_INDEX", "indexes/demo"))

# `title.html` is escaped, with <mark> in it, and Django knows it: no `safe` is needed. `link` is the
# address, but nothing where a browser would run it: `url` may be a script.
PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>Articles</title>
<form action="{% url 'search' %}">
  <input name="q" value="{{ q }}" aria-label="Query" maxlength="500"> <button>Search</button>
</form>
<p role="status">{{ message }}</p>
{% for hit in results %}
<h2><a href="{% url 'article' %}?id={{ hit.id|urlencode }}&amp;q={{ q|urlencode }}">
  {% firstof hit.title.html "(no title)" %}</a></h2>
<p>{{ hit.snippet.html }}</p>
{% endfor %}
{% if document %}
<h1>{% firstof hit.title.html document.title %}</h1>
{% if document.link %}<p><a href="{{ document.link }}" rel="nofollow">{{ document.source }}</a></p>{% endif %}
<div style="white-space: pre-line">{% firstof hit.body.html document.body %}</div>
{% endif %}
</html>"""


def search(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "")[:500]
    try:
        results = index.search(q)
    except searchkit.QuerySyntaxError as error:  # the visitor's to mend; `lenient=True` would read any query
        return render(request, "page.html", {"q": q, "message": error.reason}, status=400)
    message = f"{results.total} found" if q else ""
    return render(request, "page.html", {"q": q, "results": results, "message": message})


def article(request: HttpRequest) -> HttpResponse:
    q, id = request.GET.get("q", "")[:500], request.GET.get("id", "")
    document = index.get(id)
    if document is None:
        raise Http404("There is no such article.")
    hit = index.hit(q, id, lenient=True)
    return render(request, "page.html", {"q": q, "document": document, "hit": hit})


urlpatterns = [path("", search, name="search"), path("article", article, name="article")]

TEMPLATES = {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]}
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": TEMPLATES}],
)

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
