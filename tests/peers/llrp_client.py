"""Runs a reader of ours as llrpkit does: is served, adds an AccessSpec and a ROSpec, hears tags, is kept alive, leaves. Argument: the port.

Prints each tag with what its word for the loop says, and what else was told.
"""

import asyncio
import sys

from llrpkit.client import LLRPClient, check_status
from llrpkit.exceptions import LLRPConnectionError
from llrpkit.inventory import build_rospec
from llrpkit.protocol import BitStr, enums, messages, params
from llrpkit.reader import Reader

PORT = int(sys.argv[1])
SPEC = 1


def access() -> params.AccessSpec:
    """Of every tag, word 32 of the EPC bank, where these chips remember their loop."""
    every = params.C1G2TargetTag(mb=1, match=True, pointer=0, tag_mask=BitStr.from_bytes(b""), tag_data=BitStr.from_bytes(b""))
    read = params.C1G2Read(op_spec_id=1, access_password=0, mb=1, word_pointer=32, word_count=1)
    return params.AccessSpec(
        access_spec_id=SPEC,
        antenna_id=0,
        protocol_id=enums.AirProtocols.EPCGlobalClass1Gen2,
        current_state=enums.AccessSpecState.Disabled,
        ro_spec_id=0,
        access_spec_stop_trigger=params.AccessSpecStopTrigger(
            access_spec_stop_trigger=enums.AccessSpecStopTriggerType.Null, operation_count_value=0
        ),
        access_command=params.AccessCommand(
            air_protocol_tag_spec=params.C1G2TagSpec(c1_g2_target_tags=[every]), access_command_op_specs=[read]
        ),
    )


async def main() -> None:
    async with Reader("127.0.0.1", PORT) as reader:
        print("served")
        try:
            await LLRPClient("127.0.0.1", PORT).connect()
        except LLRPConnectionError as refused:
            print("a second client:", refused)
        ask = reader.client.transact
        keepalive = params.KeepaliveSpec(keepalive_trigger_type=enums.KeepaliveTriggerType.Periodic, periodic_trigger_value=200)
        check_status(await ask(messages.SET_READER_CONFIG(keepalive_spec=keepalive)))
        check_status(await ask(messages.DELETE_ACCESSSPEC(access_spec_id=0)))
        check_status(await ask(messages.ADD_ACCESSSPEC(access_spec=access())))
        check_status(await ask(messages.ENABLE_ACCESSSPEC(access_spec_id=SPEC)))
        tags = {}
        # Longer than three keepalives: without its answers the reader would have left.
        async for tag in reader.inventory(ro_spec_id=SPEC, duration=1.5):
            words = [f"{word:04x}" for result in tag.raw.access_command_op_spec_results for word in result.read_data]
            tags[tag.epc_hex] = f"{tag.epc_hex} antenna {tag.antenna} {tag.rssi_dbm} dBm word {' '.join(words)}"
        print("\n".join(tags[epc] for epc in sorted(tags)))
        # Once more by hand, for the answers to be seen: what is stopped says nothing more.
        spec = build_rospec(ro_spec_id=SPEC)
        check_status(await ask(messages.ADD_ROSPEC(ro_spec=spec)))
        for order in (messages.ENABLE_ROSPEC, messages.START_ROSPEC):
            check_status(await ask(order(ro_spec_id=SPEC)))
        await reader.client.reports.get()
        check_status(await ask(messages.STOP_ROSPEC(ro_spec_id=SPEC)))
        while not reader.client.reports.empty():
            reader.client.reports.get_nowait()
        await asyncio.sleep(0.6)
        print("reports after it was stopped:", reader.client.reports.qsize())
        while not reader.client.events.empty():
            print("told", type(reader.client.events.get_nowait()).__name__)
    print("left")


asyncio.run(main())
