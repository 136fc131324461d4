"""What a submission may ask of the kernel: system calls, and what some of them may be asked for.

Trusted side. An allow list: whatever is neither here nor refused by name is "not implemented", also
what future kernels bring, and libraries then fall back on older calls, as they do on older kernels.
Listed is what Python's own library, libc, NumPy and Matplotlib use within one process.
"""

from __future__ import annotations

import termios

ALLOWED = (
    # files, by name and by descriptor
    *("open", "openat", "creat", "close", "close_range", "read", "write", "readv", "writev"),
    *("pread64", "pwrite64", "preadv", "pwritev", "lseek", "dup", "dup2", "dup3", "fcntl"),
    *("ioctl", "ftruncate", "fsync", "fdatasync", "umask", "stat", "fstat", "lstat", "statx"),
    *("newfstatat", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "readlink"),
    *("readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "mkdir", "mkdirat"),
    *("rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
    # waiting, and talking to oneself
    *("select", "pselect6", "poll", "ppoll", "epoll_create", "epoll_create1", "epoll_ctl"),
    *("epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe", "pipe2", "socketpair"),
    *("sendto", "recvfrom", "recvmsg", "shutdown", "getsockname", "getpeername", "getsockopt"),
    *("timerfd_create", "timerfd_settime", "timerfd_gettime"),
    # memory
    *("brk", "mmap", "munmap", "mremap", "mprotect", "msync", "madvise", "map_shadow_stack"),
    # threads, signals to oneself, and the end
    *("clone", "exit", "exit_group", "futex", "set_robust_list", "set_tid_address", "rseq"),
    *("gettid", "prctl", "wait4", "waitid", "restart_syscall"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait"),
    *("rt_sigsuspend", "sigaltstack", "pause", "alarm", "getitimer", "setitimer"),
    *("timer_create", "timer_settime", "timer_gettime", "timer_getoverrun", "timer_delete"),
    # time, chance, and who one is
    *("time", "gettimeofday", "clock_gettime", "clock_getres", "nanosleep", "clock_nanosleep"),
    *("times", "getrusage", "getrlimit", "prlimit64", "getrandom", "uname", "getcpu", "getpid"),
    *("getppid", "getpgrp", "getuid", "geteuid", "getgid", "getegid", "getgroups", "getresuid"),
    *("getresgid", "getpgid", "getsid", "getpriority", "sched_getaffinity"),
    *("get_robust_list", "sched_get_priority_max", "sched_get_priority_min"),
)

REFUSED = (
    *("execve", "execveat", "fork", "vfork", "setsid", "setpgid", "setuid", "setgid"),
    *("socket", "connect", "bind", "listen", "accept", "accept4", "sendmsg", "sendmmsg"),
    *("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    *("pidfd_open", "pidfd_getfd", "pidfd_send_signal", "ptrace", "unshare", "setns"),
    *("process_vm_readv", "process_vm_writev", "memfd_create", "mount", "umount2", "chroot"),
    *("chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
    *("utime", "utimes", "futimesat", "utimensat", "truncate", "mknod", "mknodat"),
    *("link", "linkat", "symlink", "symlinkat", "sync"),
    *("sched_setaffinity", "sched_setscheduler", "sched_setparam"),
    *("setpriority", "setrlimit", "setsockopt", "copy_file_range", "sendfile", "splice"),
    *("fadvise64", "preadv2", "clock_settime", "inotify_init1"),
)
"""What Python has a function for: "not permitted" is what it then says.

Some of these look harmless. `sendmsg` sends descriptors, and the kernel counts those that nobody
has received yet for all of the user's processes together: beyond a limit, no child can be forked.
`link` to a file of another user's is refused before Landlock is asked, with a record for the
kernel's audit each time (`fs.protected_hardlinks`), a hundred thousand a second. `fadvise64` and
`preadv2` put pages of a library's file out of memory or tell which are there: each holds a bit for
the next submission, for days. `splice` and `sendfile` lend whole pages to a pipe or a socket, and
one byte of each keeps two MiB that are unmapped by then: memory that no limit counts.
"""

NOT_SUPPORTED = (
    *("fallocate", "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr"),
)
"""`fallocate` fills a disk in no time; libc writes zeros instead, which takes the time that notices
it. The others read what is written on any file, whatever Landlock says of its content."""

GRANTED = ("flock", "sched_yield")
"""Done, without asking the kernel. Of locks see `TAKE_LOCKS`. Beside another process that computes,
whoever does nothing but give way gets a thousandth of a processor, and waits for one all the other
time, which counts neither as computing nor as waiting."""

THREAD = "clone"
ASKED = (THREAD, "creat", "mkdir", "mkdirat")
"""What makes a thread or a file, beside what opens one that is not there."""

BY_NAME = (
    *("open", "openat", "creat", "stat", "lstat", "newfstatat", "statx", "access"),
    *("faccessat", "faccessat2", "readlink", "readlinkat", "statfs", "chdir", "getdents"),
    *("getdents64", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat"),
    *("rename", "renameat", "renameat2"),
)
"""Every call that looks a file up. Whether it had to come from the disk, the next one can tell."""

BY_MEETING = (
    *("clone", "set_robust_list", "set_tid_address"),
    *("pipe", "pipe2", "socketpair", "getsockopt", "epoll_create", "epoll_create1"),
    *("eventfd2", "timerfd_create", "timer_create"),
    *("dup", "dup2", "dup3", "close", "close_range"),
)
"""Every call, beside what a filter can tell by the arguments, with which a process meets another or
changes what the kernel counts for all to see.

The kernel itself wakes who waits at an address, of a page that both see too, when a thread ends
that named it as its own; and threads use up the numbers of processes, pipes those of files, sockets
their own. What epoll watches is counted for all of the user's processes together. And how many
descriptors a process has is the size of a folder in `/proc`, which Landlock hides from nobody."""

WORDS = ("set_robust_list", "set_tid_address")
"""The calls with which a process names a word of its memory, where the kernel wakes whoever waits
when it ends. libc has named some before the seal, and which page lies there is the process's to
change."""

BY_MAPPINGS = ("mremap", "mprotect", "madvise")
"""Every call with which a process comes back to pages of a library's file, of all of which it has a
copy: by making a mapping longer, by reading the gaps between two, or by giving a copy away. The
allocator does without."""

# --- what may be asked for by a number among the arguments, where not everything may

IOCTLS = (
    *(termios.TCGETS, termios.TIOCGWINSZ, termios.FIONREAD, termios.FIONBIO),
    *(termios.FIOCLEX, termios.FIONCLEX),
)
"""Others change the attributes of any file of the user's that can be read, seal it for ever, or
have signals sent."""
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL = range(5)
F_DUPFD_CLOEXEC, F_GETPIPE_SZ = 1030, 1032
DUPLICATES = (F_DUPFD, F_DUPFD_CLOEXEC)
SEE_LOCKS = (5, 36)
COMMANDS = (*DUPLICATES, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETPIPE_SZ, *SEE_LOCKS)
"""Of fcntl. Others have the kernel send any signal to any process of the user, make everybody wait
who opens a library's file (a lease), leave a hint with it, or take of the room in all of the user's
pipes together."""
TAKE_LOCKS = (6, 7, 37, 38)
"""F_SETLK and its kin. A lock on a library's file is seen by all who read it, and slows them when
they close the file; a million pieces of one are made in a second, in memory that no limit
counts. A submission is the only process that has its folder, so whatever lock it takes there is
granted; it is so everywhere, and the kernel not asked: databases work."""
PR_SET_NAME, PR_GET_NAME = 15, 16
OPTIONS = (PR_GET_NAME,)
"""Of prctl. Others have this process outlive the judge or be read by its like, leave the other half
of a core idle, share pages that are equal with whoever has them, or take tables of the kernel's. To
set a name is granted, and the kernel not asked, which writes names into the machine's log."""
ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17)
"""Of madvise: how it will be read, not needed, free; huge pages, which NumPy asks for; no dump.
Others put a library's pages out of memory, or join them for all who map it."""
SOCKET_OPTIONS = (3, 4, 7, 8, 30, 38, 39)
"""Of getsockopt: what kind of socket it is, its error and its room. Another gives a descriptor of
whoever made it, which is the judge."""
FUTEX_WAITS = (0, 1, 3, 4, 9, 10)
"""To wait and to wake, and from one word to another. Others lend a priority, and one that no libc
asks for any more (FUTEX_WAKE_OP) has the kernel log whoever asks it for nonsense."""
FUTEX_COMMAND, FUTEX_PRIVATE = 127, 128

# --- what must not be among the arguments

CLONE_FILES, CLONE_PIDFD, CLONE_VFORK, CLONE_THREAD = 0x400, 0x1000, 0x4000, 0x10000
"""A thread that waits for another one in the kernel stands still only when that one has ended. The
number of a thread's descriptor (Linux 6.9) counts all of the machine's processes, those that
bubblewrap hides, too."""
CLOSE_RANGE_UNSHARE = 2
"""A thread with descriptors of its own would have as many of them again as a process may."""
OPENS = (("open", 1), ("openat", 2))
"""And the place of their flags."""
CREATE, CREATE_WITHOUT_NAME = 0o100, 0o20000000
ACCESS_AND_TRUNCATE, TRUNCATE_ONLY = 0o1003, 0o1000
NEITHER_READ_NOR_WRITE = 3
"""The fourth way to open a file: for neither, which Landlock lets through for every file that there
is. A device does what it does when it is opened, and of any file it tells who has a lock on it."""
RENAME_WHITEOUT = 4
"""It leaves a device where the other file was, without a word to the judge or to Landlock."""
ANOTHERS_CLOCK = 1 << 31
"""The bit of a clock's number that makes it a process's: the judge's time tells what it thinks."""
MAP_HUGETLB = 0x40000
"""Pages out of a store that the whole machine shares."""
MAP_SHARED_ANONYMOUS = 0x21
"""What was written there stays until the last page of the mapping goes, and only what is mapped
counts: a process could unmap all but one page, and do it again, until the machine has no memory."""
PROT_EXEC = 4
PROTECTS = (("mmap", 2), ("mprotect", 2))
"""Memory that is machine code, of a library's file too: those are loaded before (`compiled`).
Machine code empties the caches of what others run, and an honest call then takes many times as
long."""
OF_A_PROCESS = (
    *(("getpgid", 0), ("getsid", 0), ("getpriority", 1), ("sched_getaffinity", 0)),
    ("get_robust_list", 0),
)
"""The place of a process's number among the arguments; 0 is who asks. Others' are none of its
business: who is there could be told from what is known of them."""
AF_UNIX = 1
SOCK_TYPE, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET = 0xF, 2, 3, 5
"""A pair of datagram sockets would do: each can send to any named socket of the machine."""
MSG_OOB = 1
"""A byte out of band: nothing on a pair of local sockets needs it, and for years kernels went wrong
over it (CVE-2025-38236), which a browser's sandbox did not survive."""
