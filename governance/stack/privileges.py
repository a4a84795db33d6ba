"""How root runs PostgreSQL, which refuses to run as root; and how somebody does whom the system has no name for."""

import ctypes
import os
import pwd
import struct
import sys
from contextlib import suppress
from pathlib import Path

from governance.stack.errors import StackError

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def become_ordinary(data: Path, *others: Path) -> None:
    """Go on as a named user who is not root, and yet may write these folders; does nothing where that is so already.

    1. A user namespace in which this user is called `nobody` (user_namespaces(7)): files keep their owner, nothing
       is opened up.
    2. For root where namespaces are refused (most containers): the user `nobody`, who owns the folders from then on
       and keeps root's right to pass through others (an ambient capability, capabilities(7)).
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return
    nobody = _nobody()
    owner = data.stat().st_uid if data.exists() else os.geteuid()
    if owner not in (os.geteuid(), nobody):
        raise StackError(f"The data folder {data} belongs to user {owner}: run as that user.")
    if owner == os.geteuid() and _namespaces_work(nobody):
        _enter_namespace(nobody)
    elif os.geteuid() == 0:
        _become(nobody, [data, *others])
    else:
        raise StackError(
            f"PostgreSQL needs a named user, and the system has no name for user {os.geteuid()}: add it to "
            "/etc/passwd, or set DATABASE_URL."
        )


def _has_name(user: int) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwuid(user))
    return False


def _nobody() -> int:
    """A user id that is not root's and has a name."""
    with suppress(KeyError):
        return pwd.getpwnam("nobody").pw_uid
    named = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not named:
        raise StackError("PostgreSQL does not run as root, and this system knows no other user: set DATABASE_URL.")
    return named[-1]


def _namespaces_work(nobody: int) -> bool:
    """Try in a child: a namespace that may be made but not filled would leave this process without a user."""
    if not sys.platform.startswith("linux"):
        return False
    child = os.fork()
    if child == 0:
        with suppress(OSError):
            _enter_namespace(nobody)
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _enter_namespace(nobody: int) -> None:
    """Map this process's user and group, and nobody else's, to `nobody`."""
    user, group = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    for name, text in (("setgroups", "deny"), ("gid_map", f"{nobody} {group} 1"), ("uid_map", f"{nobody} {user} 1")):
        Path("/proc/self", name).write_text(text)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _become(user: int, folders: list[Path]) -> None:
    """Hand the folders to a user and become that user, with the right to pass root's folders if it may be kept."""
    libc = _libc()
    try:
        for folder in folders:
            _hand_over(folder, user)
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    except PermissionError:
        raise StackError(
            "PostgreSQL does not run as root, and this machine lets root neither make a user namespace nor become "
            "another user: run Consentry as an ordinary user, or set DATABASE_URL."
        ) from None
    _keep_file_access(libc)


def _hand_over(top: Path, user: int) -> None:
    top.mkdir(mode=0o700, exist_ok=True)
    for folder, _, names in os.walk(top):
        os.chown(folder, user, user)
        for name in names:
            os.chown(os.path.join(folder, name), user, user, follow_symlinks=False)


def _keep_file_access(libc: ctypes.CDLL) -> None:
    """Keep CAP_DAC_OVERRIDE, alone and across exec; without it the folders' own rights must do."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    data = struct.pack("=6I", bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable; then the upper 32 bits
    if libc.capset(header, data) == 0:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
