"""A network of its own for `benchmarks.crawl`: nothing but loopback, with public and inner addresses on it.

In the namespace that `enter` makes for this process and its children there is no device but `lo`, so nothing can leave
it; and as its addresses look public, the crawl runs there as it does outside, without the flag that tests use.
"""

import ctypes
import fcntl
import os
import socket
import struct
import tempfile
from pathlib import Path

PUBLIC = tuple(f"11.22.33.{number}" for number in range(1, 9))  # anybody's outside, ours in here
INNER = ("10.0.0.1", "192.168.0.1", "169.254.169.254")
_NEWNS, _NEWUSER, _NEWNET = 0x00020000, 0x10000000, 0x40000000
_PRIVATE, _BIND = 0x44000, 0x1000  # MS_REC | MS_PRIVATE; MS_BIND
_SET_ADDRESS, _SET_FLAGS = 0x8916, 0x8914
_UP_RUNNING = 0x41


def enter() -> str:
    """Move this process, which must have one thread yet, into the new network; returns why not, or nothing."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEWNET | _NEWNS | (_NEWUSER if user else 0)) != 0:
        return f"no network of one's own is permitted here ({os.strerror(ctypes.get_errno())})"
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    try:
        _raise_loopback()
        _resolve_here(libc)
    except OSError as error:
        return f"the network could not be set up ({error})"
    return ""


def devices() -> list[str]:
    """The network devices that there are."""
    lines = Path("/proc/net/dev").read_text().splitlines()[2:]
    return [line.partition(":")[0].strip() for line in lines]


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        _up(control, "lo")
        for number, address in enumerate((*PUBLIC, *INNER)):
            told = struct.pack("16sH2s4s8s", b"lo:%d" % number, socket.AF_INET, b"", socket.inet_aton(address), b"")
            fcntl.ioctl(control, _SET_ADDRESS, told)
            _up(control, f"lo:{number}")


def _up(control: socket.socket, name: str) -> None:
    fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14s", name.encode(), _UP_RUNNING, b""))


def _resolve_here(libc: ctypes.CDLL) -> None:
    """Names are asked of this network's own server."""
    handle, path = tempfile.mkstemp(prefix="resolv-")
    os.write(handle, b"nameserver 127.0.0.1\noptions timeout:2 attempts:2\n")
    os.close(handle)
    os.chmod(path, 0o644)
    for source, target, flags in ((None, b"/", _PRIVATE), (path.encode(), b"/etc/resolv.conf", _BIND)):
        if libc.mount(source, target, None, flags, None) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "/etc/resolv.conf")
    os.unlink(path)
