"""How long programs of others take to read one frame, in nanoseconds. Arguments: a dialect and a frame of it in hex, and so on. Prints dialect, program, time."""

import sys
import time

from llrpkit.protocol import decode_message
from mrz.checker.td3 import TD3CodeChecker
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from sllurp.llrp import LLRPMessage

framer = FramerRTU(DecodePDU(False))
# Each finds its frame and reads what is in it.
READERS = {
    "modbus-rtu": [("pymodbus", lambda frame: framer.handleFrame(frame, 1, 0)[1].registers)],
    "llrp": [
        ("llrpkit", lambda frame: decode_message(frame).tag_report_datas),
        ("sllurp", lambda frame: LLRPMessage(msgbytes=frame).msgdict["RO_ACCESS_REPORT"]["TagReportData"]),
    ],
    "mrz": [("mrz", lambda frame: TD3CodeChecker(frame.decode().strip().replace("\r", "\n")))],
}
ROUNDS = 2_000

for dialect, text in zip(sys.argv[1::2], sys.argv[2::2]):
    frame = bytes.fromhex(text)
    for program, read in READERS[dialect]:
        assert read(frame), f"{program} reads no {dialect}"
        best = None
        for _ in range(5):
            began = time.perf_counter_ns()
            for _ in range(ROUNDS):
                read(frame)
            each = (time.perf_counter_ns() - began) / ROUNDS
            best = each if best is None else min(best, each)
        print(dialect, program, round(best))
