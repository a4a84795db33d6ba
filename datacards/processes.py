"""Children that end with their parent, also when the parent is killed with `kill -9`."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
# Opened here, once: between a fork and an exec nothing may be loaded.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def die_with_parent(number: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Let the kernel send this process signal `number` when the thread that forked it ends (Linux; elsewhere nothing).

    Call it in the child, after the fork: a `preexec_fn`, or the first line of a pool's initializer. `parent` is the
    pid of the process that forked; when it has died before this call, the signal is sent at once. The kernel binds
    the promise to the forking *thread* (prctl(2), PR_SET_PDEATHSIG): fork from one that lives as long as the process.
    """
    if _LIBC is None:
        return
    if _LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)
