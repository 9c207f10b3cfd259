"""For tests of the app: a store of their own, and an open page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.own_store import own_store
from tests.support.pages import new_session

__all__ = ["own_store"]


@pytest.fixture
def app() -> AppTest:
    """A session in which the example is open."""
    return new_session().run().button(key="open-quickstart").click().run()
