"""Looks for known vulnerabilities of what a lock file names: ``audit.py PIP_AUDIT LOCK``.

Exit codes: 0 none known, 1 some are known, 2 could not be found out. pip-audit alone says "no known
vulnerabilities" of packages that its service has never heard of; so that service is first asked for
a package of which it must know some.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

#: Has had advisories since 2014; the hash is asked for and not used.
KNOWN = "jinja2==2.4.1 --hash=sha256:" + "0" * 64 + "\n"
_NO_SERVICE = (
    "Nothing was audited: PyPI's advisories do not answer from here ({}). Run `make audit` where "
    "https://pypi.org/pypi/NAME/VERSION/json can be reached; a mirror of the packages has none."
)


def audited(pip_audit: str, lock: Path) -> list[dict[str, Any]]:
    """What pip-audit found of each package of a lock.

    Raises
    ------
    RuntimeError
        If it found out nothing.
    """
    command = [pip_audit, "--format", "json", "--requirement", str(lock)]
    command += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError) as error:
        said = done.stderr.strip().splitlines() or ["no answer"]
        raise RuntimeError(said[-1][:200]) from error
    return packages


def main(pip_audit: str, lock: Path) -> int:
    """Audit a lock, and tell what is known of it."""
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(KNOWN)
            file.flush()
            known = audited(pip_audit, Path(file.name))
        if not any(package.get("vulns") for package in known):
            raise RuntimeError(known[0].get("skip_reason", "it knows none where there are some"))
        packages = audited(pip_audit, lock)
    except RuntimeError as error:
        print(_NO_SERVICE.format(error), file=sys.stderr)
        return 2
    skipped = [package for package in packages if "skip_reason" in package]
    bad = [package for package in packages if package.get("vulns")]
    for package in bad:
        for found in package["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, mended in {mended}")
    for package in skipped:
        print(f"{package['name']}: not audited ({package['skip_reason']})")
    print(f"{len(packages)} packages of {lock}: {len(bad)} vulnerable, {len(skipped)} not audited.")
    return 1 if bad else 2 if skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
