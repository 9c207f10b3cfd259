"""VICIdial databases to test with: made row by row, as its admin pages would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pymysql

from tests.vicidial.mariadb import Server
from tests.vicidial.schema import statements

IP = "10.0.0.{}"


class Site:
    """A database, and short words for what stands in it."""

    def __init__(self, server: Server, name: str, **options: bool) -> None:
        self.name, self.server = name, server
        self.dsn = server.dsn(name)
        root = server.connect()
        with root.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
            cursor.execute(f"CREATE DATABASE `{name}`")
        root.close()
        self.connection = server.connect(name)
        with self.connection.cursor() as cursor:
            for statement in statements(**options):
                cursor.execute(statement)

    def close(self) -> None:
        self.connection.close()

    def run(self, statement: str, *values: Any) -> int:
        with self.connection.cursor() as cursor:
            return int(cursor.execute(statement, values or None))

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with self.connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def add(self, table: str, **values: Any) -> None:
        names = ", ".join(f"`{name}`" for name in values)
        marks = ", ".join(["%s"] * len(values))
        self.run(f"INSERT INTO `{table}` ({names}) VALUES ({marks})", *values.values())

    def add_all(self, table: str, rows: list[dict[str, Any]]) -> None:
        names = ", ".join(f"`{name}`" for name in rows[0])
        marks = ", ".join(["%s"] * len(rows[0]))
        with self.connection.cursor() as cursor:
            statement = f"INSERT INTO `{table}` ({names}) VALUES ({marks})"
            cursor.executemany(statement, [tuple(row.values()) for row in rows])

    def dump(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables but some, sorted."""
        tables = (row[0] for row in self.tuples("SHOW TABLES"))
        return self.dump_of(*(table for table in tables if table not in without))

    def dump_of(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of some tables, sorted."""
        return {
            table: sorted(self.tuples(f"SELECT * FROM `{table}`"), key=repr) for table in tables
        }

    def tuples(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    # What an administrator does.

    def system(self, **values: Any) -> None:
        self.add(
            "system_settings",
            **{
                "outbound_autodial_active": "1",
                "disable_auto_dial": "0",
                "db_schema_version": 1728,
                "auto_dial_limit": "1000",
                "agent_search_method": "1",
                "default_local_gmt": "-5.00",
            }
            | values,
        )

    def dialer(self, number: int, **values: Any) -> str:
        ip = IP.format(number)
        self.add(
            "servers",
            **{
                "server_id": f"D{number}",
                "server_ip": ip,
                "active": "Y",
                "active_asterisk_server": "Y",
                "max_vicidial_trunks": 100,
                "outbound_calls_per_second": 20,
                "local_gmt": "-5.00",
            }
            | values,
        )
        self.heard(ip)
        return ip

    def heard(self, ip: str, seconds_ago: int = 0) -> None:
        self.run("DELETE FROM server_updater WHERE server_ip = %s", ip)
        self.run(
            "INSERT INTO server_updater VALUES (%s, NOW(), NOW() - INTERVAL %s SECOND)",
            ip,
            seconds_ago,
        )

    def campaign(self, name: str, **values: Any) -> str:
        self.add(
            "vicidial_campaigns",
            **{
                "campaign_id": name,
                "campaign_name": f"Campaign {name}",
                "active": "Y",
                "dial_method": "RATIO",
                "auto_dial_level": "200",
                "available_only_ratio_tally": "Y",
                "campaign_vdad_exten": "8366",
                "survey_method": "AGENT_XFER",
                "survey_no_response_action": "DROP",
                "agent_search_method": "SO",
                "drop_call_seconds": 5,
                "dial_timeout": 30,
                "local_call_time": "9am-9pm",
            }
            | values,
        )
        return name

    def calling_times(self, name: str = "9am-9pm", **values: Any) -> None:
        given = {"call_time_id": name, "call_time_name": name} | values
        self.add("vicidial_call_times", **given)

    def trunks(
        self, campaign: str, ip: str, lines: int, restriction: str = "MAXIMUM_LIMIT"
    ) -> None:
        self.add(
            "vicidial_server_trunks",
            server_ip=ip,
            campaign_id=campaign,
            dedicated_trunks=lines,
            trunk_restriction=restriction,
        )

    def remote(self, campaign: str, ip: str, user: int, lines: int, **values: Any) -> None:
        self.add(
            "vicidial_remote_agents",
            **{
                "user_start": str(user),
                "number_of_lines": lines,
                "server_ip": ip,
                "conf_exten": "8300",
                "status": "ACTIVE",
                "campaign_id": campaign,
            }
            | values,
        )

    def agent(self, campaign: str, ip: str, user: str, status: str, **values: Any) -> None:
        self.add(
            "vicidial_live_agents",
            **{
                "user": user,
                "server_ip": ip,
                "campaign_id": campaign,
                "extension": f"R/{user}",
                "status": status,
                "lead_id": 0,
                "outbound_autodial": "Y",
            }
            | values,
        )

    def call(self, campaign: str, ip: str, code: str, status: str, **values: Any) -> None:
        self.add(
            "vicidial_auto_calls",
            **{
                "server_ip": ip,
                "campaign_id": campaign,
                "status": status,
                "lead_id": 1,
                "callerid": code,
                "call_type": "OUT",
            }
            | values,
        )

    def stats(self, campaign: str, **values: Any) -> None:
        self.add("vicidial_campaign_stats", **{"campaign_id": campaign} | values)


def two_servers(site: Site, **campaign: Any) -> Mapping[str, str]:
    """Two servers of 100 trunks, campaigns C1 (95 + 5, 60 + 4 lines) and C2 (0 + 0, 30 + 3)."""
    site.system()
    ips = {name: site.dialer(number) for number, name in ((1, "D1"), (2, "D2"))}
    site.calling_times()
    for number, name in enumerate(("C1", "C2")):
        site.campaign(name, **campaign)
        for place, ip in enumerate(ips.values()):
            lines, agents = ((95, 5), (60, 4), (0, 1), (30, 3))[2 * number + place]
            site.trunks(name, ip, lines)
            site.remote(name, ip, 1000 * (number + 1) + 100 * place, agents)
    return ips


@contextmanager
def site_of(server: Server, name: str = "asterisk", **options: bool) -> Iterator[Site]:
    """A database for a while."""
    site = Site(server, name, **options)
    try:
        yield site
    finally:
        site.run(f"DROP DATABASE `{name}`")
        site.close()
