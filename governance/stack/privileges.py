"""How root runs PostgreSQL, which refuses to run as root."""

import ctypes
import errno
import os
import struct
import sys
from pathlib import Path

from governance.stack.errors import StackError

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def leave_root(data: Path, *others: Path) -> None:
    """Go on as somebody who is not root, and yet may write these folders; does nothing for ordinary users.

    1. A user namespace in which root is called `nobody` (user_namespaces(7)): files stay root's, nothing is opened up.
    2. Where namespaces are refused (most containers): the user `nobody`, who owns the folders from then on and keeps
       root's right to pass through others (an ambient capability, capabilities(7)).
    """
    if os.geteuid() != 0:
        return
    owner = _owner(data)
    if owner not in (None, 0, NOBODY):
        raise StackError(f"The data folder {data} belongs to user {owner}: run as that user, not as root.")
    if owner == NOBODY or not _enter_user_namespace():
        _become_nobody([data, *others])


def _owner(data: Path) -> int | None:
    return data.stat().st_uid if data.exists() else None


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _enter_user_namespace() -> bool:
    """Map this process's user and group to 65534; False where the kernel or a container refuses."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWUSER) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("gid_map", f"{NOBODY} {group} 1"), ("uid_map", f"{NOBODY} {user} 1")):
        Path("/proc/self", name).write_text(text)
    return True


def _become_nobody(folders: list[Path]) -> None:
    """Hand the folders to nobody and become nobody, with the right to pass root's folders where that may be kept."""
    try:
        for folder in folders:
            _hand_over(folder)
        libc = _libc()
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EINVAL):
            raise
        raise StackError(
            "PostgreSQL does not run as root, and this machine lets root neither make a user namespace nor become "
            "another user: run Consentry as an ordinary user, or set DATABASE_URL."
        ) from None
    _keep_file_access(libc)


def _hand_over(top: Path) -> None:
    top.mkdir(mode=0o700, exist_ok=True)
    for folder, _, names in os.walk(top):
        os.chown(folder, NOBODY, NOBODY)
        for name in names:
            os.chown(os.path.join(folder, name), NOBODY, NOBODY, follow_symlinks=False)


def _keep_file_access(libc: ctypes.CDLL) -> None:
    """Keep CAP_DAC_OVERRIDE, alone and across exec; without it the folders' own rights must do."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    data = struct.pack("=6I", bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; then the upper 32 bits
    if libc.capset(header, data) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
