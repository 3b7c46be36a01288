"""How long pymodbus takes for one answer, in nanoseconds: its frame found, its check sum compared, its registers read."""

import time

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

answer = bytes.fromhex("01030800009c40ffffff38c982")
framer = FramerRTU(DecodePDU(False))
rounds = 20_000
best = None
for _ in range(5):
    began = time.perf_counter_ns()
    for _ in range(rounds):
        _, pdu = framer.handleFrame(answer, 1, 0)
    each = (time.perf_counter_ns() - began) / rounds
    best = each if best is None else min(best, each)
assert pdu.registers == [0, 0x9C40, 0xFFFF, 0xFF38], pdu
print(best)
