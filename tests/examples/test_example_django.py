"""The Django example with the posts of a database: indexed at the start, on save, on delete, and anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="needs Django: pip install 'searchkit-zh[examples]'")

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

_POSTS = """
import random
from datetime import datetime, timedelta
import django_site as site
from django.db import connection

def generated(count):
    dice = random.Random(1)
    words = "圖書館 开放 地鐵 通车 颱風 土豆 雪水 泡茶 遣唐使 书法 半导体 出口 星空 月亮".split()
    for number in range(count):
        paragraphs = ["".join(dice.choices(words, k=30)) + "。" for _ in range(3)]
        yield site.Post(
            title="" if number % 97 == 0 else f"第{number}篇：{dice.choice(words)}",
            html="<h2>%s</h2><p>%s <a href='/x'>%s</a></p><script>var 秘密</script>" % tuple(paragraphs),
            published=datetime(2020, 1, 1, 7) + timedelta(hours=17 * number),
        )

with connection.schema_editor() as editor:
    editor.create_model(site.Post)
site.Post.objects.bulk_create(generated(2000))
"""


def run(folder: Path, code: str) -> Any:
    """What the last line of some code prints, as JSON, in a process of its own: Django is configured once."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{EXAMPLES.parent}{os.pathsep}{EXAMPLES}",
        "PYTHONIOENCODING": "utf-8",
    }
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.slow
def test_2000_posts_are_indexed_at_the_start_and_stay_in_step(blog: Path) -> None:
    found = run(
        blog,
        _POSTS
        + """
import json
from django.db import transaction
site.start()
index, Post = site.index, site.Post
said = {"documents": len(index), "script": index.count('"秘密"'), "heading": index.get("1").markup[0].kind}
said["day"] = index.get("1").published.isoformat()

post = Post.objects.create(title="葫蘆", html="<p>新的<b>葫蘆</b></p>", published=datetime(2024, 5, 1))
said["saved"] = [hit.id for hit in index.search("葫芦")] == [str(post.pk)]
post.title, post.html = "瓢", "<p>舊的</p>"
post.save()
said["changed"] = (index.count("葫芦"), index.count("瓢"))
try:
    with transaction.atomic():
        Post.objects.create(title="葫蘆", html="<p>從未有過</p>", published=datetime(2024, 5, 1))
        raise KeyError
except KeyError:
    said["rolled back"] = index.count("葫芦")
Post.objects.filter(title__startswith="第1").delete()
said["deleted"] = len(index) == Post.objects.count()
with transaction.atomic():
    passing = Post.objects.create(title="葫蘆", html="<p>一</p>", published=datetime(2024, 5, 1))
    passing.delete()
said["passing"] = index.count("葫芦")
Post.objects.create(title="", html="<img src='a.png'>", published=datetime(2024, 5, 1)).delete()  # no text

Post.objects.filter(pk=post.pk).update(title="葫蘆")            # neither sends a signal
Post.objects.bulk_create(generated(100))
connection.cursor().execute("DELETE FROM blog_post WHERE id = 3")
said["behind"] = (len(index) - Post.objects.count(), index.count("葫芦"))
site.reindex()
said["anew"] = (len(index) - Post.objects.count(), index.count("葫芦"), "3" in index)
print(json.dumps(said))
""",
    )
    assert found == {
        "documents": 2000,
        "script": 0,
        "heading": "heading",
        "day": "2020-01-01T07:00:00+08:00",
        "saved": True,
        "changed": [0, 1],
        "rolled back": 0,
        "deleted": True,
        "passing": 0,
        "behind": [-99, 0],
        "anew": [0, 1, False],
    }
    again = "import django_site as site; site.start(); print(len(site.index) - site.Post.objects.count())"
    assert run(blog, again) == 0


def test_a_post_is_saved_where_the_index_cannot_be_written_and_indexed_with_the_next(blog: Path) -> None:
    found = run(
        blog,
        """
import json, logging
from datetime import datetime
import django_site as site
site.start()
logged = []
def keep(record):
    logged.append(record.getMessage())
logging.getLogger("django.db.backends.base").addFilter(keep)
before = site.Post.objects.count()
writer = site.index.writer
def refused(**options):
    raise OSError("no room")
site.index.writer = refused
site.Post.objects.create(title="葫蘆", html="<p>一</p>", published=datetime(2024, 5, 1))
site.index.writer = writer
said = [site.Post.objects.count() - before, site.index.count("葫芦"), any("no room" in one for one in logged)]
site.Post.objects.create(title="瓢", html="<p>二</p>", published=datetime(2024, 5, 1))
print(json.dumps([*said, site.index.count("葫芦")]))
""",
    )
    assert found == [1, 0, True, 1]


def test_the_command_indexes_anew(blog: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "PYTHONIOENCODING": "utf-8"}
    for _ in range(2):
        command = [sys.executable, "-W", "error", EXAMPLES / "django_site.py", "reindex"]
        ran = subprocess.run(
            command, env=environment, cwd=blog, capture_output=True, encoding="utf-8", check=False
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.startswith("44 added")
