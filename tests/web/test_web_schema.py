"""The API keeps to its own OpenAPI document: for requests that the document allows, and for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.applications import Starlette
from web.conftest import HOSTILE

from searchkit import web
from searchkit.web.parameters import SEARCH

TOKEN = "a-token-that-is-long-enough"
WITH_TOKEN = {"headers": {"Authorization": f"Bearer {TOKEN}"}}
LISTS = {parameter.name for parameter in SEARCH if parameter.is_list}
UNSAID = {None, "where", "boost", "offset"}
"""What a problem with a request that the schemas allow may be about: a query or a time (None), the form of a
pair, the sum of two numbers. The document can only describe these."""


@pytest.fixture
def reading(index) -> Any:
    return _schema(web.app(index, limits=web.Limits(rate=0, seconds=60)))


@pytest.fixture
def writing(make_index) -> Any:
    index = make_index("甲", "乙")
    return _schema(web.app(index, token=TOKEN, limits=web.Limits(rate=0, seconds=60)))


def _schema(app: Starlette) -> Any:
    """What the app says of itself."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    schema.config.generation.update(with_security_parameters=False)  # the token is not what is varied
    return schema


KNOWN: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": {"q": "的", "facets": "source,year,tags,price", "collapse": "true"}}),
    ("search", {"query": {"q": "新地鐵 OR 攻擊", "collapse": "true", "sort": "-price"}}),
    ("search", {"query": {"q": "圖書舘", "lenient": "true"}}),
    ("suggest", {"query": {"q": "图"}}),
    *(
        ("document", {"path_parameters": {"id": quote(id, safe="")}})
        for id in ("wire", "a/b?c#d", HOSTILE["id"])
    ),
    ("similar", {"path_parameters": {"id": "wire"}}),
]


@pytest.mark.parametrize(("operation", "values"), KNOWN)
def test_answers_match_the_document(reading, operation, values):
    response = reading.find_operation_by_id(operation).Case(**values).call_and_validate()
    assert response.status_code == 200
    assert response.json().get("hits") != []


def test_reports_of_writing_match_the_document(writing):
    documents = [
        {"id": "a\nb", "title": "茶", "tags": ["x"], "published": "2024-01-01T00:00:00Z"},
        {"id": "x", "body": 3},
    ]
    add = writing.find_operation_by_id("addDocuments").Case(body=documents, media_type="application/json")
    report = add.call_and_validate(excluded_checks=[negative_data_rejection], **WITH_TOKEN).json()
    assert (report["added"], len(report["failures"])) == (1, 1)
    delete = writing.find_operation_by_id("deleteDocument").Case(path_parameters={"id": quote("a\nb")})
    assert delete.call_and_validate(**WITH_TOKEN).status_code == 204
    assert delete.call_and_validate(**WITH_TOKEN).status_code == 404


@pytest.mark.parametrize("operation", ["search", "suggest", "document", "similar"])
def test_requests_that_the_document_allows_are_answered(reading, operation):
    _check(reading, operation, GenerationMode.POSITIVE, _is_answered)


@pytest.mark.parametrize("operation", ["search", "suggest", "similar"])
def test_requests_that_the_document_does_not_allow_are_refused(reading, operation):
    _check(reading, operation, GenerationMode.NEGATIVE, _is_refused)


@pytest.mark.parametrize("operation", ["addDocuments", "deleteDocument"])
def test_writes_that_the_document_allows_are_answered(writing, operation):
    _check(writing, operation, GenerationMode.POSITIVE, _is_answered, **WITH_TOKEN)


def test_documents_that_the_schema_does_not_allow_are_failures_of_the_report(writing):
    _check(writing, "addDocuments", GenerationMode.NEGATIVE, _is_refused, **WITH_TOKEN)


@pytest.mark.parametrize("operation", ["addDocuments", "deleteDocument"])
def test_nothing_is_written_without_the_token(writing, operation):
    _check(writing, operation, GenerationMode.POSITIVE, lambda response: response.status_code == 401)


def test_every_operation_is_checked(writing):
    operations = {one.ok().definition.raw["operationId"] for one in writing.get_all_operations()}
    assert operations == {"search", "suggest", "document", "similar", "addDocuments", "deleteDocument"}


def _is_answered(response: Any) -> bool:
    if response.status_code == 400:
        return response.json().get("parameter") in UNSAID
    return response.status_code in (200, 204, 404)


def _is_refused(response: Any) -> bool:
    return response.status_code in (400, 404, 414) or bool(response.json().get("failures"))


def _check(
    schema: Any, operation: str, mode: GenerationMode, is_right: Callable[[Any], bool], **options: Any
):
    """Sends generated requests; every answer is one that the document knows, and is right."""

    @hypothesis.settings(
        max_examples=30,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=schema.find_operation_by_id(operation).as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        # In a URL, a list without values is not there, and a value without a list is a list of one.
        lists = [value for name, value in (case.query or {}).items() if name in LISTS]
        hypothesis.assume(all(isinstance(value, list) and value for value in lists))
        # Which requests are right is said by `is_right`, which knows what schemas cannot say.
        response = case.call_and_validate(
            excluded_checks=[positive_data_acceptance, negative_data_rejection], **options
        )
        assert is_right(response), (response.status_code, response.text)

    check()
