"""How long programs of others take to read one frame, in nanoseconds. Arguments: a dialect or format and a frame of it in hex, and so on.

Prints dialect, program, time.
"""

import contextlib
import os
import sys
import tempfile
import time

import lxml.etree
from llrpkit.protocol import decode_message
from mrz.checker.td3 import TD3CodeChecker
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pysparkplug import Metric
from pysparkplug._protobuf import Payload
from sllurp.llrp import LLRPMessage
from SpecUtils import ParserType, SpecFile

framer = FramerRTU(DecodePDU(False))
COUNTS = "{http://physics.nist.gov/N42/2011/N42}CountData"


def spec_utils(document: bytes):
    """It reads files; where they lie in memory, reading the file takes a hundredth of it."""
    with tempfile.NamedTemporaryFile(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as file:
        file.write(document)
        file.flush()
        read = SpecFile()
        read.loadFile(file.name, ParserType.N42_2012)
        return read.measurements()


# Each finds its frame and reads what is in it.
READERS = {
    "modbus-rtu": [("pymodbus", lambda frame: framer.handleFrame(frame, 1, 0)[1].registers)],
    "llrp": [
        ("llrpkit", lambda frame: decode_message(frame).tag_report_datas),
        ("sllurp", lambda frame: LLRPMessage(msgbytes=frame).msgdict["RO_ACCESS_REPORT"]["TagReportData"]),
    ],
    "mrz": [("mrz", lambda frame: TD3CodeChecker(frame.decode().strip().replace("\r", "\n")))],
    "sparkplug": [("pysparkplug", lambda frame: [Metric.from_pb(one).value for one in Payload.FromString(frame).metrics])],
    "n42": [
        ("lxml", lambda frame: [one.text for one in lxml.etree.fromstring(frame).iter(COUNTS)]),
        ("SpecUtils", spec_utils),
    ],
}
# A round is as long as it can be told from the clock.
ROUND_NS = 20_000_000

for dialect, text in zip(sys.argv[1::2], sys.argv[2::2]):
    frame = bytes.fromhex(text)
    for program, read in READERS[dialect]:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            began = time.perf_counter_ns()
            assert read(frame), f"{program} reads no {dialect}"
            rounds = max(3, ROUND_NS // (time.perf_counter_ns() - began))
        best = None
        for _ in range(5):
            began = time.perf_counter_ns()
            for _ in range(rounds):
                read(frame)
            each = (time.perf_counter_ns() - began) / rounds
            best = each if best is None else min(best, each)
        print(dialect, program, round(best))
