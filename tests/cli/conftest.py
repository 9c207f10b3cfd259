"""For tests of commands: a store of their own."""

from tests.support.own_store import own_store

__all__ = ["own_store"]
