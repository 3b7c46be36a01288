"""A scale of another make that speaks MT-SICS, with 250 kg on it (its capacity is 300). Prints its port."""

import json
import os
import socket
import sys
import time
import urllib.request
from pathlib import Path


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


port, control = free(), free()
if os.fork() > 0:
    # The scale takes the place of this process, so that it ends with it.
    os.dup2(2, 1)
    scale = Path(sys.executable).with_name("mtsics-tcp")
    os.execv(scale, [scale, "--host", "127.0.0.1", "--port", str(port), "--control-port", str(control), "--profile", "mt-ind570"])
body = json.dumps({"value": 250, "snap": True}).encode()
for _ in range(100):
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{control}/weight", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request).read()
        break
    except OSError:
        time.sleep(0.1)
print(port, flush=True)
