"""For tests of every room: folders that go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

#: Rooms with files that take long, and rooms with short ones; the others come in between. Two
#: workers take file after file: at the end none should wait for the other's long one.
LONG = ("browser", "studies", "optimize", "projection", "cli", "app", "vicidial", "traffic")
SHORT = ("report", "tables", "contracts")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the rooms of long files first, those of short ones last."""
    places = {room: place - len(LONG) for place, room in enumerate(LONG)}
    places |= {room: place + 1 for place, room in enumerate(SHORT)}
    here = Path(__file__).parent
    items.sort(key=lambda item: places.get(item.path.relative_to(here).parts[0], 0))


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
