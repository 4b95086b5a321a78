#!/usr/bin/python3
"""terminal.py COMMAND...: runs the command on a new terminal of 80 columns and 24 lines.

Resizes the terminal to 40 by 10, types Ctrl-Z, continues the command, scrolls, and types q. Prints
what the command did with the terminal."""
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
import time


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read_until(is_enough):
    """Reads the output until it is sufficient and no more is available, for at most a minute."""
    end, text = time.monotonic() + 60, b""
    os.set_blocking(terminal, False)
    while time.monotonic() < end:
        try:
            text += os.read(terminal, 65536)
        except BlockingIOError:
            if is_enough(text.decode(errors="replace")):
                break
            time.sleep(0.02)
        except OSError:
            break
    return text.decode()


def state():
    with open(f"/proc/{child}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def frames(text):
    """Returns the contents of the screen after each time that it was redrawn."""
    drawn = text.split("\x1b[H")[1:]
    return [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", frame).split("\n") for frame in drawn]


left = "\x1b[?25h\x1b[?1049l"
child, terminal = pty.fork()
settings = child and termios.tcgetattr(terminal)
if child == 0:
    while os.get_terminal_size(0).columns != 80:
        time.sleep(0.02)
    os.execvp(sys.argv[1], sys.argv[1:])
resize(24, 80)
large = read_until(lambda text: len(frames(text)) > 3)
resize(10, 40)
# The last frame before the resize does not fit the smaller screen.
read_until(lambda text: frames(text) and len(frames(text)[-1]) <= 10)
small = read_until(lambda text: len(frames(text)) > 2)
os.write(terminal, b"\x1a")
stopping = read_until(lambda text: text.endswith(left))
end = time.monotonic() + 60
while state() != "T" and time.monotonic() < end:
    time.sleep(0.02)
stopped = state() == "T"
os.kill(child, signal.SIGCONT)
again = read_until(lambda text: frames(text))
os.write(terminal, b"\x1b[F")
end_of_text = read_until(lambda text: any(f[-1].startswith("end;") for f in frames(text)))
os.write(terminal, b"g")
top = read_until(lambda text: any("more lines" in f[-1] for f in frames(text)))
os.write(terminal, b"q")
rest = read_until(lambda text: text.endswith(left))
_, status = os.waitpid(child, 0)

before, after = frames(large), frames(small)
print("exit status:", os.waitstatus_to_exitcode(status))
print("alternate screen, hidden cursor:", large.startswith("\x1b[?1049h\x1b[?25l"))
print("both restored:", rest.endswith(left))
print("several frames:", len(before) > 2 and len(after) > 1)
print("fits:", all(len(f) <= 24 and max(map(len, f)) <= 80 for f in before))
print("fits after resizing:", all(len(f) <= 10 and max(map(len, f)) <= 40 for f in after))
print("hidden lines are counted:", all("more lines" in f[-1] for f in after))
print("stops on Ctrl-Z:", stopped and stopping.endswith(left))
print("continues on SIGCONT:", again.startswith("\x1b[?1049h\x1b[?25l") and len(frames(again)) > 0)
print("scrolls to the end:", any(f[-1].startswith("end;") for f in frames(end_of_text)))
print("and back to the top:", frames(top)[-1][1] == frames(again)[-1][1])
print("the terminal's settings are restored:", termios.tcgetattr(terminal) == settings)
print("colored:", "\x1b[32m" in large)
print("first frame has networks:", any("Networks" in line for line in before[0]))
