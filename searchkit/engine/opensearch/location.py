"""A location -> where the index is. Credentials are kept apart from everything that is shown."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from searchkit.engine.credentials import without_credentials

_USER, _PASSWORD = "SEARCHKIT_OPENSEARCH_USER", "SEARCHKIT_OPENSEARCH_PASSWORD"
_API_KEY, _CERTIFICATES = "SEARCHKIT_OPENSEARCH_API_KEY", "SEARCHKIT_OPENSEARCH_CA"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,199}")
_HOST = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:]+)(:(?P<port>\d{1,5}))?")
_SETTINGS = {"shards": 1, "replicas": 1, "timeout": 30}
_EXAMPLE = "opensearch://host:9200/name"
_ESCAPED = f"characters of a password like / and @ are written as %2F and %40: {_EXAMPLE}"


@dataclass(frozen=True)
class Place:
    """An index of a cluster."""

    location: str
    """What opens the index again, without credentials."""
    hosts: tuple[tuple[str, int], ...]
    name: str
    secure: bool
    shards: int
    replicas: int
    timeout: int
    """Seconds that one request may take."""
    user: tuple[str, str] | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    certificates: str | None = None


def parsed(location: str) -> Place:
    """The place that a location means, with the credentials in it, or else those of the environment."""
    shown = without_credentials(location)
    if "@" in location.partition("://")[2].partition("/")[2]:
        raise ValueError(_ESCAPED)
    parts = urlsplit(location)
    credentials, _, hosts = parts.netloc.rpartition("@")
    name = parts.path.strip("/")
    if not hosts or not _NAME.fullmatch(name):
        raise ValueError(
            f"{shown}: the location of an index in a cluster is like {_EXAMPLE}, "
            "its name of small letters, digits, hyphens and underscores"
        )
    if "@" in credentials:
        raise ValueError(_ESCAPED)
    user, _, password = credentials.partition(":")
    return Place(
        location=f"{parts.scheme}://{hosts}/{name}",
        hosts=tuple(_host(host, shown) for host in hosts.split(",")),
        name=name,
        secure=parts.scheme.lower() == "opensearchs",
        user=(unquote(user), unquote(password)) if user else _user_of_environment(),
        api_key=os.environ.get(_API_KEY) if not user else None,
        certificates=os.environ.get(_CERTIFICATES),
        **_settings(parts.query, shown),
    )


def _host(text: str, shown: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    if found is None or not 0 < int(found["port"] or 9200) < 65536:
        raise ValueError(f"{shown}: {text!r} is no host with a port")
    return found["host"].strip("[]"), int(found["port"] or 9200)


def _settings(query: str, shown: str) -> dict[str, int]:
    settings = dict(_SETTINGS)
    for name, values in parse_qs(query, keep_blank_values=True).items():
        least = 0 if name == "replicas" else 1
        if name not in settings or not values[-1].isdecimal() or int(values[-1]) < least:
            known = ", ".join(settings)
            raise ValueError(f"{shown}: {name}={values[-1]} is no setting; those are numbers: {known}")
        settings[name] = int(values[-1])
    return settings


def _user_of_environment() -> tuple[str, str] | None:
    user = os.environ.get(_USER)
    return (user, os.environ.get(_PASSWORD, "")) if user else None
