"""syncing: folders -> an index in step with them; only files that changed are read."""

from searchkit.syncing.one_sync import sync

__all__ = ["sync"]
