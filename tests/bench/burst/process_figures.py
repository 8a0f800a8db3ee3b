"""What the kernel says about a running process."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """CPU time since the process began, user and system, of all its threads."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text.rpartition(")")[2].split()  # the name may hold anything, so count from its end
    user_ticks, system_ticks = int(fields[11]), int(fields[12])
    return (user_ticks + system_ticks) / _TICKS_PER_SECOND


@dataclass(frozen=True)
class Memory:
    """Resident memory in MiB."""

    resident: float
    of_files: float  # programs and shared libraries: given back when memory is short
    highest: float  # resident memory's peak since the process began


def memory(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = {key: int(rest.split()[0]) for key, _, rest in (line.partition(":") for line in lines)
           if rest.endswith(" kB")}
    return Memory(kib["VmRSS"] / 1024, kib["RssFile"] / 1024, kib["VmHWM"] / 1024)
