"""Reads messages of a reader, in hex, with llrpkit and with sllurp. Prints what both understand, or both where they differ.

Without arguments it writes reports itself, in hex, for others to read.
"""

import sys

from llrpkit.protocol import BitStr, decode_message, messages, params
from sllurp.llrp import LLRPMessage


def tag(epc, antenna=None, rssi=None, first=None, times=None, words=None) -> str:
    return f"{epc} {antenna} {rssi} {first} {times} {words}"


def by_llrpkit(message) -> str:
    def value(one, name):
        return None if one is None else getattr(one, name)

    tags = []
    for one in getattr(message, "tag_report_datas", []):
        epc = one.epc_parameter.epc
        epc = epc.data if isinstance(epc, BitStr) else bytes(epc)
        words = [f"{word:04x}" for read in one.access_command_op_spec_results for word in read.read_data]
        tags.append(
            tag(
                epc.hex(),
                value(one.antenna_id, "antenna_id"),
                value(one.peak_rssi, "peak_rssi"),
                value(one.first_seen_timestamp_utc, "microseconds"),
                value(one.tag_seen_count, "tag_count"),
                "".join(words) or None,
            )
        )
    return " | ".join([type(message).__name__, *tags])


def by_sllurp(message) -> str:
    name = message.getName()
    tags = []
    for one in message.msgdict[name].get("TagReportData", []):
        words = one.get("C1G2ReadOpSpecResult", {}).get("ReadData", b"").hex() or None
        fields = ("AntennaID", "PeakRSSI", "FirstSeenTimestampUTC", "TagSeenCount")
        tags.append(tag(one["EPC"].decode(), *(one.get(field) for field in fields), words))
    return " | ".join([name, *tags])


def written() -> list[bytes]:
    def seen(epc, rssi):
        return params.TagReportData(
            epc_parameter=epc,
            antenna_id=params.AntennaID(antenna_id=4),
            peak_rssi=params.PeakRSSI(peak_rssi=rssi),
            channel_index=params.ChannelIndex(channel_index=7),
            first_seen_timestamp_utc=params.FirstSeenTimestampUTC(microseconds=1_779_361_200_123_456),
            last_seen_timestamp_utc=params.LastSeenTimestampUTC(microseconds=1_779_361_201_000_000),
            tag_seen_count=params.TagSeenCount(tag_count=3),
        )

    short, usual = bytes.fromhex("e2001234"), bytes.fromhex("e20000170000000000000009")
    read = seen(params.EPC_96(epc=usual), -71)
    read.access_command_op_spec_results.append(params.C1G2ReadOpSpecResult(result=0, op_spec_id=1, read_data=[0xC040]))
    return [
        messages.RO_ACCESS_REPORT(tag_report_datas=[read, seen(params.EPCData(epc=BitStr.from_bytes(short)), -128)]).to_bytes(message_id=5),
        messages.RO_ACCESS_REPORT().to_bytes(message_id=6),
    ]


if len(sys.argv) == 1:
    print("\n".join(report.hex() for report in written()))
for text in sys.argv[1:]:
    theirs = [by_llrpkit(decode_message(bytes.fromhex(text))), by_sllurp(LLRPMessage(msgbytes=bytes.fromhex(text)))]
    print(theirs[0] if theirs[0] == theirs[1] else f"llrpkit: {theirs[0]}\nsllurp: {theirs[1]}")
