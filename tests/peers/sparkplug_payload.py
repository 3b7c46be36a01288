"""Reads births, in hex, as pysparkplug does. Prints each metric with its value, or how it fails."""

import sys

from pysparkplug import Metric
from pysparkplug._protobuf import Payload

for text in sys.argv[1:]:
    payload = Payload.FromString(bytes.fromhex(text))
    print("seq", payload.seq)
    for metric in payload.metrics:
        try:
            value = Metric.from_pb(metric).value
        except Exception as error:
            value = type(error).__name__
        print(metric.alias or "-", metric.name, value)
