"""A Modbus server of another make: 40 180 kg at register 7, at rest. Prints its port. Argument: socket or rtu (RTU frames over TCP)."""

import asyncio
import socket
import sys

from pymodbus import FramerType
from pymodbus.datastore import ModbusDeviceContext, ModbusSequentialDataBlock, ModbusServerContext
from pymodbus.server import ModbusTcpServer


async def main() -> None:
    registers = [0] * 32
    # Data blocks count from 1 where the wire counts from 0.
    registers[7:10] = [0, 40180, 1]
    block = ModbusSequentialDataBlock(1, registers)
    device = ModbusDeviceContext(hr=block, ir=block)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    framer = FramerType.RTU if sys.argv[1] == "rtu" else FramerType.SOCKET
    context = ModbusServerContext(devices={3: device}, single=False)
    server = ModbusTcpServer(context, framer=framer, address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    print(port, flush=True)
    await asyncio.sleep(3600)


asyncio.run(main())
