"""What tests of the app's pages share with those of every interface."""

from tests.interface.conftest import app, own_store

__all__ = ["app", "own_store"]
