"""For tests of every room: folders that go wrong."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

# No test asserts a time: a busy machine, or a first compilation, is no fault.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

#: Rooms with files that take long, and rooms with short ones; the others come in between. Workers
#: take file after file: at the end none should wait for another's long one.
LONG = ("studies", "optimize", "projection", "cli", "app", "vicidial", "traffic")
SHORT = ("report", "tables", "contracts")
#: Browser tests wait for pages half of their time, and have processes of their own: a file of them
#: comes with so many others, so that not all workers drive a browser at once.
WAITING, OTHERS = "browser", 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the rooms of long files first, those of short ones last; browsers beside the others."""
    places = {room: place - len(LONG) for place, room in enumerate(LONG)}
    places |= {room: place + 1 for place, room in enumerate(SHORT)}
    here = Path(__file__).parent

    def room(file: Path) -> str:
        return file.relative_to(here).parts[0]

    by_file: dict[Path, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(item.path, []).append(item)
    waiting = [file for file in by_file if room(file) == WAITING]
    others = [file for file in by_file if room(file) != WAITING]
    others.sort(key=lambda file: places.get(room(file), 0))
    files: list[Path] = []
    while waiting or others:
        files += waiting[:1] + others[:OTHERS]
        waiting, others = waiting[1:], others[OTHERS:]
    items[:] = [item for file in files for item in by_file[file]]


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
