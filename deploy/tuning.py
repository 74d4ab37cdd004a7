"""PostgreSQL's settings: kept data is safe first, throw-away data is fast first."""

import os
from pathlib import Path

from deploy.places import Places

MB = 2**20
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (asked for its size only)


def durable(places: Places) -> dict[str, str]:
    """For data that is kept, sized to this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MB
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(places.sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(max(memory // 16, 64), 512)}MB",
        "random_page_cost": "1.1",
        "max_wal_size": "1GB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(places.logs),
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "dynamic_shared_memory_type": _shared_memory(),
    }


def throw_away(places: Places) -> dict[str, str]:
    """For tests and benches: nothing outlives the folder, so nothing waits for the disk."""
    return durable(places) | {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        "shared_buffers": "512MB",
        "max_connections": "200",
        "max_locks_per_transaction": "256",
    }


def _shared_memory() -> str:
    """Containers often give 64 MB of /dev/shm or less: parallel queries then need files."""
    if not SHARED_MEMORY.is_dir():
        return "mmap"
    found = os.statvfs(SHARED_MEMORY)
    return "posix" if found.f_bavail * found.f_frsize > 64 * MB else "mmap"
