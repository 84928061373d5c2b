"""An MkDocs hook: Markdown files outside docs/ become pages of the site, and links are changed to match.

In the repository, links lead to files; the hook makes them lead to pages.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = {
    "README.md": "index.md",
    "README.zh.md": "zh/index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "running-benchmarks.md",
    "docs/decisions/README.md": "decisions/index.md",
    "docs/reference/README.md": "reference/index.md",
}
"""Path in the repository -> path in the site."""
_IN_REPOSITORY = {site: path for path, site in PAGES.items()}
_LINK = re.compile(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages, and the example programs as files that can be downloaded."""
    examples = [
        path for path in (REPOSITORY / "examples").iterdir() if path.suffix != ".md" and path.is_file()
    ]
    others = {f"examples/{path.name}": f"examples/{path.name}" for path in examples} | {
        name: name for name in ("LICENSE", "NOTICE")
    }
    for path, site in {**PAGES, **others}.items():
        if existing := files.get_file_from_path(path.removeprefix("docs/")):
            files.remove(existing)
        files.append(File.generated(config, site, abs_src_path=str(REPOSITORY / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links between files of the repository into links between pages of the site."""
    here = page.file.src_uri
    folder = posixpath.dirname(_IN_REPOSITORY.get(here, f"docs/{here}"))

    def link(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[2]))
        if (REPOSITORY / target).is_dir():
            target += "/README.md"
        site = PAGES.get(target, target.removeprefix("docs/"))
        return match[1] + posixpath.relpath(site, posixpath.dirname(here) or ".")

    return _LINK.sub(link, markdown)
