#!/usr/bin/python3
"""killed-login.py EVENT STEP PROGRAM...: kills a login while it opens or closes a session.

eve starts the program, which opens and closes a session of bob through PAM. During EVENT, which is
open_session or close_session, berth-pam and berth-cgroup are stopped at a system call, the program
is killed, and they continue if they still exist. A process of eve becomes their parent, and waits
for them by process ID. This is repeated for every system call from the first ptrace(2) on, which
prepares the move, and for one in STEP of those before.

Prints a line for each error. The last line has the number of system calls, and for how many of them
the kernel killed the process with its parent."""
import ctypes
import os
import re
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
EVE = 2000
TRACE = "/run/test/trace"
BERTH = "/run/test/bin/berth-pam /run/test/bin/berth-cgroup pam"
event, step, program = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
libc = ctypes.CDLL(None)


def configure(*injection):
    """Makes PAM run berth-pam under strace(1) at the event. At the other event, it runs without
    strace, so that the session is moved into a cgroup."""
    tracer = " ".join(["/usr/bin/strace", "-D", "-qq", "-o", TRACE, *injection])
    other = "close_session" if event == "open_session" else "open_session"
    for service in ("su", "sudo"):
        with open(f"/etc/pam.d/{service}", "w") as file:
            file.write(
                "auth sufficient pam_permit.so\naccount sufficient pam_permit.so\n"
                f"session optional pam_exec.so type={event} seteuid quiet {tracer} {BERTH}\n"
                f"session optional pam_exec.so type={other} seteuid quiet {BERTH}\n")


def trace():
    try:
        with open(TRACE) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def become_eve():
    os.setgroups([])
    os.setresgid(EVE, EVE, EVE)
    os.setresuid(EVE, EVE, EVE)


def start_program():
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    os.execvp(program[0], program)


def cgroup(process="self"):
    with open(f"/proc/{process}/cgroup") as file:
        return re.search("^0::(.*)", file.read(), re.M).group(1)


def adopt(orders, answers):
    """As eve, starts the program, and waits for it and for the child that it leaves."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    become_eve()
    session = os.fork()
    if session == 0:
        start_program()
    os.write(answers, b"%d\n" % session)
    child = int(os.read(orders, 20))
    for process in (session, child):
        try:
            os.waitpid(process, 0)
        except ChildProcessError:
            pass
    try:
        while True:
            os.wait()
    except ChildProcessError:
        os._exit(0)


def has_ended(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def dies_with_parent(lines):
    """Whether, after these system calls, the kernel kills the process when its parent ends."""
    armed = False
    for line in lines:
        if re.match(r"prctl\(PR_SET_PDEATHSIG, SIGKILL\) += 0", line):
            armed = True
        elif re.match(r"setfs[ug]id\((?!-1|4294967295)", line):
            armed = False
    return armed


def children(process):
    with open(f"/proc/{process}/task/{process}/children") as file:
        return [int(word) for word in file.read().split()]


def attack(name, number):
    where = f"{name} {number}"
    if os.path.exists(TRACE):
        os.unlink(TRACE)
    configure("-e", f"inject={name}:signal=STOP:when={number}")
    orders, answers = os.pipe(), os.pipe()
    eve = os.fork()
    if eve == 0:
        adopt(orders[0], answers[1])
    before = cgroup(eve)
    session = int(os.read(answers[0], 20))
    if not until(lambda: "stopped by SIGSTOP" in trace(), 20):
        print(f"{where}: not reached: {trace()[-200:]}")
    child = children(session)[0]
    killer = os.fork()
    if killer == 0:
        # The real user of su(1) is eve. That of sudo(8) is root, so here root kills sudo, as the
        # OOM killer would.
        if program[0] == "su":
            become_eve()
        os.kill(session, signal.SIGKILL)
        os._exit(0)
    os.waitpid(killer, 0)
    until(lambda: has_ended(session), 20)
    is_killed = dies_with_parent(trace().splitlines())
    if is_killed and not until(lambda: has_ended(child), 20):
        print(f"{where}: does not end with its parent")
    os.write(orders[1], b"%d\n" % child)
    try:
        os.kill(child, signal.SIGCONT)
    except ProcessLookupError:
        pass
    until(lambda: has_ended(child), 20)
    if cgroup(eve) != before:
        print(f"{where}: eve's process was moved to {cgroup(eve)}")
    os.waitpid(eve, 0)
    for end in orders + answers:
        os.close(end)
    return is_killed


configure()
shown = subprocess.run(program, preexec_fn=become_eve, stdin=subprocess.DEVNULL)
if shown.returncode != 0:
    sys.exit(f"{program} fails")
times = {}
calls = []
# strace(1) does not count the first execve, by which it starts the program.
for line in trace().splitlines()[1:]:
    match = re.match(r"(\w+)\(", line)
    if match and match.group(1) != "exit_group":
        times[match.group(1)] = times.get(match.group(1), 0) + 1
        calls.append((match.group(1), times[match.group(1)]))
first = next(place for place, call in enumerate(calls) if call[0] == "ptrace")
calls = calls[:first:step] + calls[first:]
print(len(calls), sum(attack(name, number) for name, number in calls))
