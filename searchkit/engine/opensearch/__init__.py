"""The engine of a cluster: OpenSearch 2 (https://opensearch.org), for what one machine cannot hold.

location   opensearch://host:9200/name -> where that is, and with which credentials
client     requests, what of them is tried again, and the errors they end in
mapping    what an index of OpenSearch is made of; an index document -> what it becomes
query      a node of a plan -> a query
state      which documents belong to the latest commit, and who writes
snapshot   a commit that is searched      writer     index documents -> a commit      engine     the index
"""

from searchkit.engine.opensearch.engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
