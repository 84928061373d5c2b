"""openapi: the API -> the document that describes it, made from the same parameters that are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import searchkit
from searchkit.web.limits import Limits
from searchkit.web.parameters import Parameter, search_parameters, similar_parameters, suggest_parameters
from searchkit.web.problems import MEDIA_TYPE

__all__ = ["openapi"]

_Schema = dict[str, Any]

_TEXT: _Schema = {"type": "string"}
_COUNT: _Schema = {"type": "integer", "minimum": 0}
_SPANS: _Schema = {
    "description": "Where the matches are: pairs of code points, the end is behind the match.",
    "type": "array",
    "items": {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2},
}


def openapi(limits: Limits, *, base: str, title: str, writable: bool) -> dict[str, Any]:
    """The document, for an app that is mounted at ``base``."""
    by_id = {
        "get": _operation("document", "A document", (), "Document", errors=(400, 404), with_id=True),
    }
    if writable:
        by_id["delete"] = _deletion()
    paths: dict[str, Any] = {
        "/api/search": {
            "get": _operation("search", "Documents that match", search_parameters(limits), "Results"),
        },
        "/api/suggest": {
            "get": _operation("suggest", "How a query may go on", suggest_parameters(limits), "Suggestions"),
        },
        "/api/documents/{id}": by_id,
        "/api/similar/{id}": {
            "get": _operation(
                "similar",
                "Documents about the same",
                similar_parameters(limits),
                "Results",
                errors=(400, 404),
                with_id=True,
            )
        },
    }
    if writable:
        paths["/api/documents"] = {"post": _addition()}
    components: dict[str, Any] = {"schemas": _schemas()}
    if writable:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": searchkit.__version__},
        "servers": [{"url": base or "/"}],
        "paths": paths,
        "components": components,
    }


def _operation(
    name: str,
    summary: str,
    parameters: Iterable[Parameter],
    schema: str,
    *,
    errors: tuple[int, ...] = (400,),
    with_id: bool = False,
) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [*([_id()] if with_id else []), *map(_parameter, parameters)],
        "responses": {"200": _json("The answer.", schema), **_problems(errors)},
    }


def _addition() -> dict[str, Any]:
    documents = {"type": "array", "items": _ref("NewDocument")}
    return {
        "operationId": "addDocuments",
        "summary": "Add documents, all in one commit; one with the id of another takes its place",
        "security": [{"token": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": documents}}},
        "responses": {"200": _json("What became of them.", "Report"), **_problems((400, 401, 413))},
    }


def _deletion() -> dict[str, Any]:
    return {
        "operationId": "deleteDocument",
        "summary": "Delete a document",
        "security": [{"token": []}],
        "parameters": [_id()],
        "responses": {"204": {"description": "It is gone."}, **_problems((400, 401, 404))},
    }


def _id() -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    description = "The id of the document, percent-encoded: often its url."
    return {"name": "id", "in": "path", "required": True, "schema": schema, "description": description}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    values = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }
    if parameter.schema["type"] == "array":
        values.update(style="form", explode=not parameter.by_commas)
    return values


def _problems(statuses: Iterable[int]) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {
        str(status): {"description": "Why there is no answer (RFC 9457).", "content": content}
        for status in (*statuses, 414, 429, 500, 503)
    }


def _json(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Any], *optional: str) -> _Schema:
    """An object that has all of the properties but those that are optional, and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: Mapping[str, Any]) -> _Schema:
    return {"type": "array", "items": dict(items)}


def _schemas() -> dict[str, _Schema]:
    document = {
        "id": _TEXT,
        "title": _TEXT,
        "body": _TEXT,
        "url": _TEXT,
        "published": {**_TEXT, "description": "ISO 8601, with an offset or Z."},
        "source": _TEXT,
        "tags": _list(_TEXT),
        "extra": {"type": "object"},
    }
    duplicate = {"id": _TEXT, "title": _TEXT, "url": _TEXT, "source": _TEXT}
    hit = {
        "id": _TEXT,
        "score": {"type": "number"},
        "title": _TEXT,
        "url": _TEXT,
        "published": {"type": ["string", "null"]},
        "source": _TEXT,
        "snippet": _object({"text": _TEXT, "spans": _SPANS}),
        "title_spans": _SPANS,
        "duplicates": _list(_object(duplicate)),
    }
    facet = _object({"value": {}, "count": _COUNT})
    results = {
        "query": {**_TEXT, "description": "The query as it was understood."},
        "total": {**_COUNT, "description": "The matches on all pages."},
        "took": {"type": "number", "description": "Seconds."},
        "suggestion": {**_TEXT, "description": "What was perhaps meant."},
        "facets": {"type": "object", "additionalProperties": _list(facet)},
        "hits": _list(_ref("Hit")),
    }
    report = {
        "added": _COUNT,
        "updated": _COUNT,
        "replaced": _COUNT,
        "failures": _list(_object({"what": _TEXT, "reason": _TEXT})),
        "took": {"type": "number"},
    }
    problem = {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": {**_TEXT, "description": "A short name of the problem, which stays."},
        "detail": _TEXT,
        "parameter": _TEXT,
        "query": _TEXT,
        "position": {**_COUNT, "description": "The code point of the query where reading it failed."},
    }
    return {
        "Results": _object(results, "suggestion", "facets"),
        "Hit": _object(hit, "duplicates"),
        "Suggestions": _object(
            {"prefix": _TEXT, "suggestions": _list(_object({"text": _TEXT, "documents": _COUNT}))}
        ),
        "Document": _object(document, *(name for name in document if name != "id")),
        "NewDocument": _object(document, *document),
        "Report": _object(report),
        "Problem": _object(problem, "parameter", "query", "position"),
    }
