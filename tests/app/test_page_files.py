"""The files of Streamlit's page from memory, and the parts that are named with it."""

from __future__ import annotations

import asyncio
import gzip
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from planner.app.page_files import PageFiles
from planner.app.server import _BOARD_SCRIPTS

STREAMLIT = Path(st.__file__).with_name("static")


async def behind(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers with a page."""
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"x-from", b"app")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"<html>"})


def ask(files: PageFiles, path: str, method: str = "GET", **headers: str) -> Any:
    """Headers and body of an answer."""
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    with ThreadPoolExecutor(1) as other:  # no loop runs beside that of a browser
        other.submit(asyncio.run, files(scope, behind, send)).result()  # type: ignore[arg-type]
    return dict(said[0]["headers"]), said[1]["body"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scripts = tmp_path / "static" / "js"
    scripts.mkdir(parents=True)
    (tmp_path / "secret.js").write_text("secret")
    (tmp_path / "index.html").write_text('<script src="./static/js/index.A.js"></script>')
    (scripts / "index.A.js").write_text("index")
    (scripts / "Metric.B.js").write_text(
        'import{a}from"./index.A.js";import"./deep.C.js";import("./late.E.js")'
    )
    (scripts / "deep.C.js").write_text('export{b}from"./deeper.D.js"')
    (scripts / "deeper.D.js").write_text("")
    (scripts / "late.E.js").write_text("")
    return tmp_path


def test_a_file_is_what_lies_on_the_disk_and_is_kept_for_good(folder: Path) -> None:
    files = PageFiles(behind, folder)
    headers, body = ask(files, "/static/js/index.A.js")
    assert body == b"index"
    assert re.fullmatch("(text|application)/javascript", headers[b"content-type"].decode())
    assert headers[b"content-length"] == b"5"
    assert b"immutable" in headers[b"cache-control"]
    (folder / "static" / "js" / "index.A.js").unlink()
    assert ask(files, "/static/js/index.A.js")[1] == b"index"


def test_scripts_are_packed_for_browsers_that_unpack_them_and_fonts_are_not(folder: Path) -> None:
    files = PageFiles(behind, folder)
    (folder / "static" / "font.woff2").write_bytes(b"font")
    headers, body = ask(files, "/static/js/index.A.js", accept_encoding="gzip, deflate, br")
    assert headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body) == b"index"
    assert headers[b"content-length"] == str(len(body)).encode()
    plain, body = ask(files, "/static/js/index.A.js")
    assert b"content-encoding" not in plain
    assert body == b"index"
    files = PageFiles(behind, folder)
    headers, body = ask(files, "/static/font.woff2", accept_encoding="gzip")
    assert b"content-encoding" not in headers
    assert body == b"font"


@pytest.mark.parametrize(
    "path",
    ["/static/../secret.js", "/static/js/../../secret.js", "/static/js/none.js", "/secret.js"],
)
def test_nothing_else_is_answered(folder: Path, path: str) -> None:
    assert ask(PageFiles(behind, folder), path)[0][b"x-from"] == b"app"


def test_other_requests_than_for_a_whole_file_are_passed_on(folder: Path) -> None:
    files, path = PageFiles(behind, folder), "/static/js/index.A.js"
    assert ask(files, path, "HEAD")[0][b"x-from"] == b"app"
    assert ask(files, path, range="bytes=0-1")[0][b"x-from"] == b"app"
    assert ask(files, path, if_none_match="x")[0][b"x-from"] == b"app"


def test_the_page_names_its_parts_and_what_these_import_at_once(folder: Path) -> None:
    files = PageFiles(behind, folder, ["/board.js"], ["/board.css"])
    link = ask(files, "/")[0][b"link"].decode()
    named = re.findall("<([^>]+)>; rel=modulepreload", link)
    assert sorted(named) == [
        "/board.js",
        "/static/js/Metric.B.js",
        "/static/js/deep.C.js",
        "/static/js/deeper.D.js",
    ]
    assert re.findall("<([^>]+)>; rel=preload; as=style", link) == ["/board.css"]


def test_the_parts_of_streamlits_own_page_are_found() -> None:
    link = ask(PageFiles(behind, STREAMLIT, _BOARD_SCRIPTS), "/")[0][b"link"].decode()
    for part in ("BidiComponent", "Metric", "ButtonGroup", "Slider"):
        assert f"/static/js/{part}." in link, part
    assert "index." not in re.findall(r"/static/js/(index\.\w+\.js)", link)
    assert len(link) < 8000, "headers of an answer must be short enough for what lies in between"
