"""An indicator of another make that sends reversed text over a pseudo-terminal. What it sends is copied to the output."""

import os
import pty
import subprocess
import sys
import tempfile
import tty
from pathlib import Path

master, slave = pty.openpty()
tty.setraw(slave)
with tempfile.NamedTemporaryFile("w", suffix=".txt") as data:
    data.write("12.34\n40000\n-20\n")
    data.flush()
    simulator = subprocess.Popen(
        [Path(sys.executable).with_name("wb-simulator"), "-p", os.ttyname(slave), "-d", data.name, "-l", "2", "-i", "0.05"],
        stdout=subprocess.DEVNULL,
    )
    while simulator.poll() is None:
        os.set_blocking(master, False)
        try:
            os.write(1, os.read(master, 4096))
        except BlockingIOError:
            pass
