"""Other accounts of the machine reach the ports of a batch, and nothing behind them."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from planner.studies.batch.workers.cluster import local_client


def listening(process: int) -> set[int]:
    """Ports on which a process listens (Linux)."""
    inodes = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.add(int(fields[1].rsplit(":", 1)[1], 16))
    return found


def speaks_without_certificate(port: int) -> bool:
    """Whether a port answers whoever shows no certificate of the run."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
            if b"HTTP" in plain.recv(100):
                return True
    except OSError:
        pass
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=2) as plain,
            context.wrap_socket(plain) as line,
        ):
            line.sendall(b"x" * 100)
            return bool(line.recv(1))  # TLS 1.3 refuses with the first answer
    except OSError:
        return False


def test_a_stranger_is_refused_by_scheduler_and_workers(tmp_path: Path) -> None:
    from distributed.comm import connect
    from distributed.security import Security

    async def reaches(address: str) -> bool:
        try:
            shown = stranger.get_connection_args("client")
            comm = await connect(address, timeout=2, **shown)
        except OSError:
            return False
        await comm.close()
        return True

    stranger = Security.temporary()
    with local_client(1, tmp_path) as (client, _):
        (worker,) = client.run(os.getpid).values()
        scheduler = client.scheduler.address
        addresses = [scheduler, *client.scheduler_info(n_workers=-1)["workers"]]
        assert all(address.startswith("tls://127.0.0.1:") for address in addresses)
        with ThreadPoolExecutor(1) as other:  # a loop may run in this thread already
            tried = [other.submit(asyncio.run, reaches(address)) for address in addresses]
            assert not any(each.result(10) for each in tried)
        ports = listening(os.getpid()) | listening(worker)
        assert {int(address.rsplit(":", 1)[1]) for address in addresses} <= ports
        assert not [port for port in sorted(ports) if speaks_without_certificate(port)]
        assert client.submit(sum, [1, 2]).result(timeout=10) == 3
