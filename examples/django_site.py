"""A blog in Django, in one file: posts in SQLite, a page to search them, and one for each.

    pip install 'searchkit-zh[examples]'
    python examples/django_site.py runserver
    python examples/django_site.py reindex        # indexes all posts anew

BLOG and SEARCHKIT_INDEX name another database and another index than indexes/django.sqlite3 and
indexes/django. A blog without posts begins with the sample articles of searchkit. For a project of yours take
the model, the receivers, the command, the views and the template; the rest is what makes a site of one file.
"""

import logging
import os
import sys
import threading
from typing import Any

import django
from django.conf import settings
from django.core.management import BaseCommand, execute_from_command_line
from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from sample_posts import sample_posts

import searchkit

log = logging.getLogger("blog")
TIME_ZONE = "Asia/Shanghai"

# A title of a hit is escaped, with <mark> in it, and Django knows it: no `safe` is needed.
PAGE = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>Blog</title>
<form action="{% url 'search' %}">
  <input name="q" value="{{ q }}" aria-label="Query" maxlength="500"> <button>Search</button>
</form>
<p role="status">{{ message }}</p>
{% for hit in results %}
<h2><a href="{% url 'post' hit.id %}?q={{ q|urlencode }}">{% firstof hit.title.html "(no title)" %}</a></h2>
<p>{{ hit.snippet.html }}</p>
{% endfor %}
{% if document %}
<h1>{% firstof hit.title.html document.title %}</h1>
<div style="white-space: pre-line">{% firstof hit.body.html document.body %}</div>
{% endif %}
</html>"""

TEMPLATES = {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]}
DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("BLOG", "indexes/django.sqlite3")}
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": DATABASE},
    TIME_ZONE=TIME_ZONE,
    USE_TZ=False,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": TEMPLATES}],
)
django.setup()

# Once for the process: any number of threads may use it, and each search sees the latest commit.
index = searchkit.create(
    os.environ.get("SEARCHKIT_INDEX", "indexes/django"), exist_ok=True, timezone=TIME_ZONE
)


class Post(models.Model):
    title = models.CharField(max_length=200, blank=True)
    html = models.TextField()
    published = models.DateTimeField()

    class Meta:
        app_label = "blog"

    def document(self) -> dict[str, Any]:
        """The post as it is indexed. With `USE_TZ = False` its time has no zone: it is one of the index's."""
        return {"id": self.pk, "title": self.title, "html": self.html, "published": self.published}


class Changed(threading.local):
    """The posts that this thread has written or deleted, and not yet indexed or forgotten."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


changed = Changed()


# Behind the commit, so that what is rolled back is not indexed. `robust`, since a post is saved also where
# the index cannot be written: Django logs the error, and the next commit tries once more.
@receiver([post_save, post_delete], sender=Post)
def remember(instance: Post, **_: Any) -> None:
    changed.ids.add(instance.pk)
    transaction.on_commit(index_changed, robust=True)


def index_changed() -> None:
    """Bring the index in step with the database, for all posts of a transaction, in one commit."""
    if ids := set(changed.ids):
        with index.writer() as writer:
            writer.delete(ids)
            writer.add_all(post.document() for post in Post.objects.in_bulk(ids).values())
        for failure in writer.report.failures:
            log.warning("post %s is not indexed: %s", failure.what, failure.reason)
        changed.ids -= ids


def reindex() -> searchkit.Report:
    """Index all posts anew, in one commit: until then searches see the index as it was."""
    with index.writer() as writer:
        writer.clear()
        writer.add_all(post.document() for post in Post.objects.iterator(chunk_size=1000))
    return writer.report


class Command(BaseCommand):
    help = "Index all posts anew."

    def handle(self, **_: Any) -> None:
        self.stdout.write(str(reindex()))


def search(request: HttpRequest) -> HttpResponse:
    q = request.GET.get("q", "")[:500]
    try:
        results = index.search(q)
    except searchkit.QuerySyntaxError as error:  # the visitor's to mend; `lenient=True` would read any query
        return render(request, "page.html", {"q": q, "message": error.reason}, status=400)
    message = f"{results.total} found" if q else ""
    return render(request, "page.html", {"q": q, "results": results, "message": message})


def post(request: HttpRequest, id: int) -> HttpResponse:
    q = request.GET.get("q", "")[:500]
    document = index.get(id)
    if document is None:
        raise Http404("There is no such post.")
    hit = index.hit(q, id, lenient=True)
    return render(request, "page.html", {"q": q, "document": document, "hit": hit})


urlpatterns = [path("", search, name="search"), path("posts/<int:id>", post, name="post")]


def start() -> None:
    """Make the table and its first posts where there are none, and index them where that was not done yet."""
    if Post._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Post)
        Post.objects.bulk_create(Post(**post._asdict()) for post in sample_posts())
    if not len(index):
        reindex()


if __name__ == "__main__":
    start()
    if sys.argv[1:2] == ["reindex"]:  # in a project, Django finds it in management/commands/reindex.py
        Command().run_from_argv(sys.argv)
    else:
        execute_from_command_line(sys.argv)
