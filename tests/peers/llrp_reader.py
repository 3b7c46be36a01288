"""A reader of another make that speaks LLRP, on which one tag is whole and one was opened. Prints its port; in the end, what it was asked.

Its third antenna is pulled out when the client has answered two keepalives: the tag there is seen no more.
"""

import asyncio

from llrpkit.emulator import EmulatedTag, LLRPEmulator
from llrpkit.protocol import messages

WHOLE = bytes.fromhex("e20000170000000000000001")
OPENED = bytes.fromhex("e20000170000000000000002")
WITHOUT_LOOP = bytes.fromhex("e200001700000003")
TAGS = [EmulatedTag(WHOLE, (1,)), EmulatedTag(OPENED, (2,)), EmulatedTag(WITHOUT_LOOP, (3,))]
# Word 32 of the EPC bank, where the chips of these tags remember their loop.
LOOPS = {WHOLE: b"\x40\x40", OPENED: b"\xc0\x40"}


class Reader(LLRPEmulator):
    def __init__(self) -> None:
        super().__init__(tags=TAGS)
        self.asked: list[str] = []
        self.left = asyncio.Event()

    def _bank_bytes(self, epc: bytes, mb: int) -> bytes:
        bank = super()._bank_bytes(epc, mb)
        return bank.ljust(64, b"\0") + LOOPS[epc] if mb == 1 and epc in LOOPS else bank

    async def _handle_message(self, msg) -> None:
        if not isinstance(msg, messages.KEEPALIVE_ACK):
            self.asked.append(type(msg).__name__)
        await super()._handle_message(msg)
        if isinstance(msg, messages.KEEPALIVE_ACK) and self.keepalive_acks == 2:
            await self.set_antenna_connected(3, False)
        if isinstance(msg, messages.CLOSE_CONNECTION):
            self.left.set()

    async def _send(self, msg, *, message_id: int = 0) -> None:
        status = getattr(msg, "llrp_status", None)
        if status is not None and status.status_code != 0:
            self.asked[-1] += f": {status.error_description}"
        await super()._send(msg, message_id=message_id)


async def main() -> None:
    async with Reader() as reader:
        print(reader.port, flush=True)
        await reader.left.wait()
        print("\n".join(reader.asked))


asyncio.run(main())
