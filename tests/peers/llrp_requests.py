"""Compares requests of our own, in hex, with what llrpkit reads and writes back and with what sllurp writes when it asks for the same.

Prints the name of each, and how it differs if it does. sllurp reads what readers send and writes what clients send, and neither the other way.
"""

import sys

from llrpkit.protocol import decode_message
from sllurp.llrp import LLRPMessage

CONTENT = ("AntennaID", "ChannelIndex", "PeakRSSI", "FirstSeenTimestamp", "LastSeenTimestamp", "TagSeenCount", "AccessSpecID")
ROSPEC = {
    "ROSpecID": 1,
    "Priority": 0,
    "CurrentState": "Disabled",
    "ROBoundarySpec": {
        "ROSpecStartTrigger": {"ROSpecStartTriggerType": "Null"},
        "ROSpecStopTrigger": {"ROSpecStopTriggerType": "Null", "DurationTriggerValue": 0},
    },
    "AISpec": [
        {
            "AntennaID": [0],
            "AISpecStopTrigger": {"AISpecStopTriggerType": "Null"},
            "InventoryParameterSpec": [{"InventoryParameterSpecID": 1, "ProtocolID": 1, "AntennaConfiguration": []}],
        }
    ],
    "ROReportSpec": {
        "ROReportTrigger": "Upon_N_Tags_Or_End_Of_ROSpec",
        "N": 1,
        "TagReportContentSelector": {f"Enable{one}": True for one in CONTENT} | {"C1G2EPCMemorySelector": {}},
    },
}
# Of every tag, word 32 of the EPC bank.
ACCESSSPEC = {
    "AccessSpecID": 1,
    "AntennaID": 0,
    "ProtocolID": 1,
    "CurrentState": False,
    "ROSpecID": 1,
    "AccessSpecStopTrigger": {"AccessSpecStopTriggerType": 0, "OperationCountValue": 0},
    "AccessCommand": {
        "TagSpecParameter": {"C1G2TagSpec": {"C1G2TargetTag": [{"MB": 1, "M": True, "Pointer": 0, "TagMask": "", "TagData": ""}]}},
        "OpSpecParameter": [{"C1G2Read": {"OpSpecID": 1, "AccessPassword": 0, "MB": 1, "WordPtr": 32, "WordCount": 1}}],
    },
    "AccessReportSpec": {"AccessReportTrigger": 0},
}
EVENTS = {"EventNotificationState": {"ReaderExceptionEvent": True, "AntennaEvent": True}}
# In the order in which a session asks.
OURS = [
    ("GET_READER_CAPABILITIES", {"RequestedData": 0}),
    ("SET_READER_CONFIG", {"KeepaliveSpec": {"KeepaliveTriggerType": 1, "TimeInterval": 2000}}),
    ("SET_READER_CONFIG", {"ReaderEventNotificationSpec": EVENTS}),
    ("DELETE_ROSPEC", {"ROSpecID": 0}),
    ("DELETE_ACCESSSPEC", {"AccessSpecID": 0}),
    ("ADD_ROSPEC", {"ROSpec": ROSPEC}),
    ("ADD_ACCESSSPEC", {"AccessSpec": ACCESSSPEC}),
    ("ENABLE_ACCESSSPEC", {"AccessSpecID": 1}),
    ("ENABLE_ROSPEC", {"ROSpecID": 1}),
    ("START_ROSPEC", {"ROSpecID": 1}),
    ("ENABLE_EVENTS_AND_REPORTS", {}),
    ("KEEPALIVE_ACK", {}),
    ("CLOSE_CONNECTION", {}),
]

for number, text in enumerate(sys.argv[1:]):
    request = bytes.fromhex(text)
    read = decode_message(request)
    name, words = OURS[number] if number < len(OURS) else ("nothing", {})
    said = [type(read).__name__]
    for who, written in (
        ("llrpkit", read.to_bytes(message_id=read.message_id)),
        ("sllurp", LLRPMessage({name: words | {"Ver": 1, "ID": read.message_id}}).msgbytes),
    ):
        if written != request:
            said.append(f"{who} writes {written.hex()}, we {text}")
    print("; ".join(said))
