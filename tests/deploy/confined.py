"""Start a programme under what the units promise: no new rights, no code written in memory, these system calls alone.

    python confined.py '["read", …]' PROGRAMME ARGUMENT…

A script of its own, since all of it holds for the process that it becomes.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
SCMP_ACT_ALLOW, SCMP_ACT_ERRNO_EPERM = 0x7FFF0000, 0x00050001
EINVAL = 22


def main() -> None:
    libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no new privileges")
    # Kernels before 6.3 do not know it; systemd has another way there.
    if libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) and ctypes.get_errno() != EINVAL:
        raise OSError(ctypes.get_errno(), "memory that is written and run")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(SCMP_ACT_ERRNO_EPERM))
    for name in json.loads(sys.argv[1]):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # known on this machine
            seccomp.seccomp_rule_add(rules, SCMP_ACT_ALLOW, number, 0)
    if seccomp.seccomp_load(rules):
        raise OSError("the filter of system calls was not taken")
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
