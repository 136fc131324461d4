"""System calls, commands, options and flags that no submission gets, and why. Trusted side.

What no honest notebook needs and what the other layers leave open. A deny list, because an allow
list would have to follow every release of libc and NumPy; calls newer than the list are refused as
"not implemented", and libraries then fall back on older ones. Of ioctl alone, a door to every
driver and file system, it is an allow list.
"""

from __future__ import annotations

import termios

NEWEST_KNOWN = 469
"""file_setattr, of Linux 6.17. From 424 on, numbers are the same on every architecture."""

DENIED: tuple[str | int, ...] = (
    *("execve", "execveat", "fork", "vfork"),
    *("socket", "connect", "bind", "listen", "accept", "accept4", "sendmsg", "sendmmsg"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo"),
    *("rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal"),
    *("ptrace", "process_vm_readv", "process_vm_writev"),
    *("process_madvise", "process_mrelease", "kcmp"),
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot"),
    *("open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr"),
    *("bpf", "perf_event_open", "userfaultfd"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("keyctl", "add_key", "request_key"),
    *("memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "msgget"),
    *("msgsnd", "msgrcv", "msgctl", "semget", "semop", "semtimedop", "semctl"),
    *("mq_open", "mq_unlink"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("utime", "utimes", "futimesat", "utimensat", "truncate"),
    *("sched_setaffinity", "sched_setscheduler", "sched_setparam"),
    *("sched_setattr", "setpriority", "ioprio_set", "setrlimit"),
    *("personality", "syslog", "quotactl", "quotactl_fd", "acct", "swapon", "swapoff", "reboot"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname"),
    *("open_by_handle_at", "name_to_handle_at", "inotify_init"),
    *("inotify_init1", "fanotify_init", "fanotify_mark"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load"),
    *("iopl", "ioperm", "modify_ldt", "lookup_dcookie", "vhangup", "nfsservctl"),
    *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"),
    *("mknod", "mknodat", "symlink", "symlinkat", "sync", "syncfs"),
    *("io_setup", "migrate_pages", "move_pages", "mbind"),
    *("mincore", "preadv2", "fadvise64", "sysinfo"),
    *("vmsplice", "splice", "tee", "sendfile", "sendfile64"),
    *(451, 452, 457, 458, 463),  # cachestat, fchmodat2, statmount, listmount, setxattrat: some
    *(466, 467, 469),  # libseccomp lack these, removexattrat, open_tree_attr and file_setattr, too
)
"""`sendmsg` sends descriptors. The kernel counts those that nobody has received yet for all of the
user's processes together, and beyond a limit none of them can send any: then no child is forked.

`mincore` and the next two tell which pages of a library's file are in memory, or put them out. Each
page would hold a bit for the next submission, for days: room for any solution that was lent to this
one. `sysinfo` tells how much memory the whole machine has left, which is anybody's to take.

`mbind` says where in the machine's memory a page shall lie. Of a file in memory, as a submission's
are in the `bwrap` tier, the kernel keeps that for each page, written or not, until the file goes.

`vmsplice` and the rest lend whole pages to a pipe or a socket, and one byte of each keeps two MiB
that are unmapped by then: memory that no limit counts. Whoever copies files does without."""

NOT_IMPLEMENTED = ("clone3", "openat2")
"""Their flags are behind a pointer, which a filter cannot read; libc falls back on older calls."""

NOT_SUPPORTED = (
    *("fallocate", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr"),
    *(464, 465),  # getxattrat, listxattrat
)
"""`fallocate` fills a disk in no time; libc writes zeros instead, which takes the time that notices
it. The others read what is written on any file, whatever Landlock says of its content."""

BY_NAME: tuple[str | int, ...] = (
    *("open", "openat", "creat", "stat", "lstat", "newfstatat", "fstatat64", "statx", "access"),
    *("faccessat", "faccessat2", "readlink", "readlinkat", "statfs", "chdir", "getdents"),
    *("getdents64", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "link", "linkat"),
    *("rename", "renameat", "renameat2", "uselib", 468),  # file_getattr
)
"""Every call that looks a file up. Whether it had to come from the disk, the next one can tell."""

BY_MEETING: tuple[str | int, ...] = (
    *("clone", "set_robust_list", "set_tid_address"),
    *("pipe", "pipe2", "socketpair", "getsockopt", "epoll_create", "epoll_create1"),
    *(449, 454, 455, 456),  # futex_waitv, futex_wake, futex_wait, futex_requeue
)
"""Every call, beside what a filter can tell by the arguments, with which a process meets another or
takes of what the kernel counts for all.

The kernel itself wakes who waits at an address, of a page that both see too, when a thread ends
that named it as its own; and threads use up the numbers of processes, pipes those of files, sockets
their own. What epoll watches is counted for all of the user's processes together."""

WORDS = ("set_robust_list", "set_tid_address")
"""The calls with which a process names a word of its memory, where the kernel wakes whoever waits
when it ends. libc has named some before the seal, and which page lies there is the process's to
change."""

CLONE_FILES, CLONE_THREAD = 0x400, 0x10000
CLOSE_RANGE, CLOSE_RANGE_UNSHARE = 436, 2
"""A thread with descriptors of its own would have as many of them again as a process may."""
ACCESS_AND_TRUNCATE, TRUNCATE_ONLY = 0o1003, 0o1000
ANOTHERS_CLOCK = 1 << 31
"""The bit of a clock's number that makes it a process's: the judge's time tells what it thinks."""

# --- of ioctl, fcntl and prctl

IOCTLS = (
    *(termios.TCGETS, termios.TIOCGWINSZ, termios.FIONREAD, termios.FIONBIO),
    *(termios.FIOCLEX, termios.FIONCLEX),
)
"""All that Python and its libraries ask for. Others change the attributes of any file of the user's
that can be read, seal it for ever, or have signals sent."""

F_SETOWN, F_SETSIG, F_SETOWN_EX = 8, 10, 15
"""They have the kernel send any signal, SIGKILL too, to any process of the user when a file is
ready; Landlock stops that from ABI 6 on."""
F_SETLEASE, F_NOTIFY = 1024, 1026
"""A lease on a library's file makes everybody else who opens that file wait, up to 45 seconds."""
F_SET_RW_HINT, F_SET_FILE_RW_HINT = 1036, 1038
"""How long what is written will be kept: one of six, kept with the file for all who open it."""
F_SETPIPE_SZ = 1031
"""The kernel counts the room in pipes for all of the user's processes together."""
SEE_LOCKS, TAKE_LOCKS = (5, 36), (6, 7, 37, 38)
"""F_GETLK and F_SETLK with their kin. A lock on a library's file is seen by all who read it, slows
each of them when it closes the file, and of the newer kind stays, in memory that no limit counts,
with a file that is mapped. A submission is the only process that has its folder, so whatever lock
it takes there is granted; it is so everywhere, and the kernel not asked: databases work."""
COMMANDS = (
    *(F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY),
    *(F_SET_RW_HINT, F_SET_FILE_RW_HINT, F_SETPIPE_SZ, *SEE_LOCKS),
)
F_FIRST_UNKNOWN = 1039
"""From here on commands are newer than this list; F_SETDELEG, 1040, of Linux 6.19, is a lease."""

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_SCHED_CORE = 62
"""Leaves the other half of a core idle while this process runs: whoever else is graded waits."""
PR_SET_MEMORY_MERGE, MADV_MERGEABLE = 67, 12
"""A page that was merged with another process's equal one takes longer to write to."""
OPTIONS = (
    *(PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP),
    *(PR_SCHED_CORE, PR_SET_MEMORY_MERGE),
)
PR_FIRST_UNKNOWN = 78
"""From here on options are newer than this list; PR_FUTEX_HASH, 78, of Linux 6.16, has the kernel
make a table of any size, a GiB of memory that no limit counts."""

# --- of memory

MADV_COLD, MADV_PAGEOUT = 20, 21
"""They put a library's pages out of memory, too."""
MADV_HUGEPAGE, MADV_COLLAPSE = 14, 25
"""They join pages of a library's file, for all who map it and for as long as it is in memory. NumPy
asks for the first of its own arrays, and does as well without."""
ADVICE = (MADV_COLD, MADV_PAGEOUT, MADV_MERGEABLE, MADV_COLLAPSE)
MAP_HUGETLB = 0x40000
"""Pages out of a store that the whole machine shares."""
MAP_SHARED_ANONYMOUS = 0x21
"""What was written there stays until the last page of the mapping goes, and only what is mapped
counts: a process could unmap all but one page, and do it again, until the machine has no memory."""
MPOL_F_ADDR = 2
"""In which part of the machine's memory a page lies, a bit that stays with a library's file."""
FUTEX_PRIVATE = 128

# --- of sockets

AF_UNIX = 1
SOCK_TYPE, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET = 0xF, 2, 3, 5
"""A pair of datagram sockets would do: each can send to any named socket of the machine."""
MSG_OOB = 1
"""A byte out of band: nothing on a pair of local sockets needs it, and for years kernels went wrong
over it (CVE-2025-38236), which a browser's sandbox did not survive."""
