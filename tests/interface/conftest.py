"""For tests of every interface: a store of their own, an open page, folders that go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.interface.pages import new_session


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """File of the store; it is made when it is first used."""
    monkeypatch.delenv("PLANNER_FOLDER", raising=False)
    file = tmp_path_factory.mktemp("store") / "plans.db"
    monkeypatch.setenv("PLANNER_DB", f"sqlite:///{file}")
    return file


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with one fault in each of two files."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,many\n")
    campaigns = "campaign_id,kind,attempt_seconds,answer_rate\nNews,broadcast,30,1.5\n"
    (tmp_path / "campaigns.csv").write_text(campaigns)
    return tmp_path


@pytest.fixture
def impossible(tmp_path: Path) -> Path:
    """A campaign that needs three dialers where there are two."""
    (tmp_path / "dialers.csv").write_text("dialer_id,ports\nD1,100\nD2,100\n")
    (tmp_path / "campaigns.csv").write_text(
        "campaign_id,agent_lines,attempt_seconds,answer_rate,transfer_rate,talk_seconds,min_dialers\n"
        "Solar,10,25,0.1,0.1,180,3\n"
    )
    return tmp_path


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches come to disk two problems at a time."""
    monkeypatch.setattr("planner.studies.batch.run.CHUNK_SIZE", 2)


@pytest.fixture
def app() -> AppTest:
    """A session in which the example is open."""
    return new_session().run().button(key="open-quickstart").click().run()
