#!/usr/bin/env python3
"""Tries, confined as the daemon is, what the daemon may not do; prints what was not refused."""
import ctypes
import os
import socket
import subprocess
import sys

libc = ctypes.CDLL(None, use_errno=True)
allowed = []


def refused(name):
    """Runs the decorated attempt at once; it is refused when it raises OSError."""

    def attempt(function):
        try:
            function()
        except OSError:
            return
        allowed.append(name)

    return attempt


def system(status):
    if status == -1 or status == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "")


@refused("write to /etc")
def _():
    open("/etc/clinicd/probe", "w")


@refused("write to /usr")
def _():
    open("/usr/lib/clinicd/probe", "w")


@refused("read the credentials of root")
def _():
    open("/etc/clinicd/credentials/secret_key")


@refused("look into /root")
def _():
    os.listdir("/root")


@refused("see processes of others")
def _():
    os.stat("/proc/1")


@refused("see anything but processes in /proc")
def _():
    os.stat("/proc/meminfo")


@refused("use a device")
def _():
    open("/dev/kmsg", "wb")


@refused("a raw socket")
def _():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@refused("a netlink socket")
def _():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@refused("reach an address that is not allowed")
def _():
    connection = socket.socket()
    connection.settimeout(2)
    connection.connect(("192.0.2.1", 9))


@refused("a namespace")
def _():
    system(libc.unshare(0x10000000))  # CLONE_NEWUSER


@refused("mount")
def _():
    system(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))


@refused("memory that is writable and executable")
def _():
    libc.mmap.restype = ctypes.c_void_p
    system(libc.mmap(None, 4096, 7, 0x22, -1, 0))


@refused("a program that becomes its owner")
def _():
    path = os.environ["STATE_DIRECTORY"] + "/probe"
    open(path, "w").close()
    try:
        os.chmod(path, 0o4755)
    finally:
        os.unlink(path)


@refused("another priority")
def _():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


@refused("another clock")
def _():
    class Time(ctypes.Structure):
        _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]

    system(libc.clock_settime(0, ctypes.byref(Time(1, 0))))


@refused("another name for the host")
def _():
    socket.sethostname("probe")


@refused("the privileges of another program")
def _():
    if int(next(l for l in open("/proc/self/status") if l.startswith("CapBnd:")).split()[1], 16) == 0:
        raise PermissionError


@refused("new privileges")
def _():
    if "NoNewPrivs:\t1" in open("/proc/self/status").read():
        raise PermissionError


# What it needs is there.
for name in ("secret_key", "database_url"):
    if not open(os.environ["CREDENTIALS_DIRECTORY"] + "/" + name).read():
        allowed.append(f"credential {name} is empty")
with open(os.environ["STATE_DIRECTORY"] + "/probe", "w"):
    os.unlink(os.environ["STATE_DIRECTORY"] + "/probe")
if subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout != "clinicd\n":
    allowed.append("another user")

print("\n".join(allowed))
sys.exit(bool(allowed))
