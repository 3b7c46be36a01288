"""An edge node of pysparkplug with a scale and a camera. Arguments: the port of the broker, how the node is called.

Prints what it hears; does what it is told on its standard input: `plate TEXT`, `weigh`, `skip` (a message is lost), `die`, `leave`.
"""

import os
import sys
import time

from pysparkplug import DData, Client, DataType, Device, EdgeNode, Message, MessageType, Metric, QoS, Topic, get_current_timestamp

port, name = int(sys.argv[1]), sys.argv[2]


def commanded(_node: EdgeNode, message: Message) -> None:
    for metric in message.payload.metrics:
        print("NCMD", metric.name, metric.value, flush=True)


def stated(_node: EdgeNode, message: Message) -> None:
    print("STATE", "online" if message.payload.online else "offline", flush=True)


def metric(name: str | None, alias: int, datatype: DataType, value) -> Metric:
    return Metric(timestamp=get_current_timestamp(), name=name, datatype=datatype, value=value, alias=alias)


node = EdgeNode("KZ", name, [], Client(client_id=name), commanded)
scale = [metric("Weight/Gross", 1, DataType.DOUBLE, 0.0), metric("Weight/Stable", 2, DataType.BOOLEAN, True)]
node.register(Device("SCALE", scale))
node.register(Device("CAMERA", [metric("Plate", 3, DataType.STRING, "OF THE BIRTH")]))
node.subscribe(Topic(message_type=MessageType.STATE, sparkplug_host_id="beket"), QoS.AT_LEAST_ONCE, stated)
node.connect("127.0.0.1", port=port)


def data(device: str, said: Metric) -> None:
    """Data that names its metric by the alias alone: what `update_device` sends has the names."""
    topic = Topic(message_type=MessageType.DDATA, group_id="KZ", edge_node_id=name, device_id=device)
    payload = DData(timestamp=get_current_timestamp(), seq=node._seq, metrics=(said,))
    # It writes the type as well: without it, it does not know how to write the value.
    node._client.publish(Message(topic=topic, payload=payload, qos=QoS.AT_MOST_ONCE, retain=False), include_dtypes=True)


for line in sys.stdin:
    match line.split():
        case ["plate", text]:
            data("CAMERA", metric(None, 3, DataType.STRING, text))
        case ["weigh"]:
            for _ in range(15):
                data("SCALE", metric(None, 1, DataType.DOUBLE, 38_400.0))
                time.sleep(0.15)
        case ["skip"]:
            _ = node._seq
        case ["die"]:
            os._exit(1)
        case ["leave"]:
            node.disconnect()
            sys.exit()
