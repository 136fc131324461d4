"""Attacks on the machine for the ablation: each succeeds when no layer is there, and does no harm.

A source is an expression that the attacker's process evaluates; it fails by raising or by being
ended. `effect` names what the grader's side looks at afterwards instead of taking the attacker's
word. The names in capitals are set by `Machine.names` and `ablation.NAMES`.
"""

from __future__ import annotations

from typing import NamedTuple


class Attack(NamedTuple):
    """One attempt; `slow` ones take seconds where they are not stopped."""

    name: str
    source: str
    effect: str = ""
    slow: bool = False
    root: bool = False


PROGRAM = """
import ctypes, fcntl, mmap, os, resource, signal, socket, struct, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), 'refused')
    return result
F_SETSIG = 10
def must(true):
    if not true:
        raise OSError('nothing came of it')
def memory_by_file():
    with open(f'/proc/{GRADER}/mem', 'rb', 0) as file:
        must(os.pread(file.fileno(), 6, ADDRESS) == b'SECRET')
def memory_by_call():
    found = ctypes.create_string_buffer(6)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(found), 6)
    remote = (ctypes.c_size_t * 2)(ADDRESS, 6)
    vector = [ctypes.c_void_p, ctypes.c_ulong]
    libc.process_vm_readv.argtypes = [ctypes.c_int, *vector, *vector, ctypes.c_ulong]
    checked(libc.process_vm_readv(GRADER, local, 1, remote, 1, 0))
    must(found.raw == b'SECRET')
def fork(act):
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
def daemon():
    def escape():
        os.setsid()
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
    fork(escape)
def signal_by_file():
    mine, other = socket.socketpair()
    fcntl.fcntl(mine, fcntl.F_SETOWN, VICTIM)
    fcntl.fcntl(mine, F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(mine, fcntl.F_SETFL, os.O_ASYNC)
    other.send(b'x')
def trace():
    checked(libc.ptrace(16, VICTIM, 0, 0))
    os.waitpid(VICTIM, 0)
    checked(libc.ptrace(17, VICTIM, 0, 0))
def send(kind, address, family=socket.AF_INET):
    with socket.socket(family, kind) as end:
        end.settimeout(1)
        end.connect(address)
        end.send(b'knock') if kind == socket.SOCK_DGRAM else None
def fill():
    for number in range(8):
        with open(f'part{number}', 'wb', 0) as file:
            must(file.write(bytes(FILE - 1)) == FILE - 1)
def make_files():
    for number in range(2 * FILES):
        os.close(os.open(f'file{number}', os.O_CREAT | os.O_WRONLY))
def write_large():
    with open('f', 'wb', 0) as file:
        must(file.write(bytes(FILE)) == FILE)
def open_many():
    kept = [open('/dev/null') for _ in range(NUMBER + 10)]
def threads():
    stack = ctypes.create_string_buffer(1 << 16)  # of all of them: none ever returns from `pause`
    top = ctypes.c_void_p(ctypes.addressof(stack) + (1 << 15) & ~15)
    for _ in range(2000):
        checked(libc.clone(libc.pause, top, 0x50F00, None))
    time.sleep(0.5)
def timers():
    event, made = (ctypes.c_int * 16)(0, 0, signal.SIGALRM), ctypes.c_void_p()
    for _ in range(1000):
        checked(libc.timer_create(1, event, ctypes.byref(made)))
def deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
def spin():
    end = time.process_time() + SPIN
    while time.process_time() < end:
        pass
def wait():
    time.sleep(WAIT)
def raise_limits():
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    mmap.mmap(-1, MEMORY)
def attempt(source):
    deaf()  # on a loaded machine, too, it is the judge who decides about time
    try:
        eval(source)
    except BaseException as error:
        return f'{type(error).__name__}: {error}'
    return 'allowed'
"""

ATTACKS = (
    Attack("read a hidden check", "must(open(CANARY).read() == 'SECRET')"),
    Attack("list a folder of the course", "os.listdir(os.path.dirname(CANARY))"),
    Attack("see that a file exists", "os.stat(CANARY)"),
    Attack("read another user's private file", "must(open(PRIVATE).read() == 'SECRET')", root=True),
    Attack("read what another submission wrote", "must(open(SIBLING).read() == 'SECRET')"),
    Attack("read the environment of the grader", "open(f'/proc/{GRADER}/environ').read()"),
    Attack("read the memory of the grader by /proc", "memory_by_file()"),
    Attack("read the memory of the grader by a call", "memory_by_call()"),
    Attack("open the memory of the warm process", "open(f'/proc/{os.getppid()}/mem', 'rb')"),
    Attack("write into a hidden check", "open(CANARY, 'w').write('x')", "changed"),
    Attack("empty a file by truncate", "os.truncate(CANARY, 0)", "changed"),
    Attack("empty a file while opening it", "os.open(CANARY, os.O_RDONLY | os.O_TRUNC)", "changed"),
    Attack("make a file beside it", "open(CANARY + 'x', 'w')", "changed"),
    Attack("remove a file", "os.unlink(CANARY)", "changed"),
    Attack("rename a file", "os.rename(CANARY, CANARY + 'x')", "changed"),
    Attack("link a file", "os.link(CANARY, CANARY + 'x')", "changed"),
    Attack("change a file's mode", "os.chmod(CANARY, 0o777)", "changed"),
    Attack("change a file's date", "os.utime(CANARY, (0, 0))", "changed"),
    Attack("leave a file in /dev/shm", "open(SHARED, 'w').write('x')", "shared"),
    Attack("leave System V memory", "checked(libc.shmget(KEY, 4096, 0o1600))", "segment"),
    Attack("make a memory file", "os.memfd_create('mallory')"),
    Attack("connect by TCP", "send(socket.SOCK_STREAM, ('127.0.0.1', PORT))", "knock"),
    Attack("send by UDP", "send(socket.SOCK_DGRAM, ('127.0.0.1', PORT))", "knock"),
    Attack(
        "connect to a unix socket by path",
        "send(socket.SOCK_STREAM, SOCKET, socket.AF_UNIX)",
        "knock",
    ),
    Attack(
        "connect to an abstract unix socket",
        "send(socket.SOCK_STREAM, ABSTRACT, socket.AF_UNIX)",
        "knock",
    ),
    Attack("fork", "fork(int)"),
    Attack("run a program", "must(subprocess.call(['true']) == 0)"),
    Attack("leave a daemon", "daemon()", "daemon"),
    Attack("kill a process of the grader's user", "os.kill(VICTIM, 9)", "killed"),
    Attack("have a file's signal kill it", "signal_by_file()", "killed"),
    Attack("trace a process of the grader's user", "trace()"),
    Attack("change another process's limits", "resource.prlimit(VICTIM, 4, (0, 0))"),
    Attack("change another process's priority", "os.setpriority(os.PRIO_PROCESS, VICTIM, 19)"),
    Attack("become another user of the machine", "os.setuid(65534)", root=True),
    Attack("wake the machine when it sleeps", "checked(libc.timerfd_create(8, 0))", root=True),
    Attack("make a user namespace", "checked(libc.unshare(0x10000000))"),
    Attack("make machine code", "mmap.mmap(-1, 1, prot=mmap.PROT_EXEC)"),
    Attack("take more memory than allowed", "mmap.mmap(-1, MEMORY)"),
    Attack("raise its own limits, then the same", "raise_limits()", root=True),
    Attack("write a larger file than allowed", "write_large()"),
    Attack("open more files than allowed", "open_many()"),
    Attack("start 2000 threads", "threads()"),
    Attack("make 1000 timers", "timers()"),
    Attack("fill the disk", "fill()", slow=True),
    Attack("make more files than allowed", "make_files()", slow=True),
    Attack("compute for ever, deaf to signals", "spin()", slow=True),
    Attack("wait for ever, deaf to signals", "wait()", slow=True),
)
