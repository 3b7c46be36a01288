"""Asks a Modbus station of ours, as pymodbus does. Arguments: the port, socket or rtu (RTU frames over TCP). Prints what it is told."""

import sys

from pymodbus import FramerType, ModbusException
from pymodbus.client import ModbusTcpClient

port, wire = int(sys.argv[1]), sys.argv[2]
framer = FramerType.RTU if wire == "rtu" else FramerType.SOCKET
client = ModbusTcpClient("127.0.0.1", port=port, framer=framer, timeout=1, retries=0)
client.connect()


def told(read, first: int, count: int, unit: int) -> str:
    try:
        answer = read(first, count=count, device_id=unit)
    except ModbusException as silence:
        # A station that is not there says nothing: the next question needs a new line.
        client.close()
        client.connect()
        return type(silence).__name__
    return f"refused {answer.exception_code}" if answer.isError() else str(answer.registers)


print("holding", told(client.read_holding_registers, 7, 3, 3))
print("input", told(client.read_input_registers, 0, 1, 3))
print("most", len(eval(told(client.read_holding_registers, 0, 125, 3))))
print("beyond the last", told(client.read_holding_registers, 990, 20, 3))
print("another unit", told(client.read_holding_registers, 7, 3, 4))
print("coils", told(client.read_coils, 0, 8, 3))
print("again", told(client.read_holding_registers, 8, 1, 3))
client.close()
