"""Reads one N42 document with the library SpecUtils, prints what it makes of it, and writes it down again, by the editions of 2006 and of 2012.

Arguments: the document, a folder. For each measurement of a detector: when, whose, occupied or not, live time in ms, counts of gamma and of neutron.
"""

import contextlib
import os
import sys

from SpecUtils import OccupancyStatus, ParserType, SaveSpectrumAsType, SpecFile

path, folder = sys.argv[1:]
read = SpecFile()
with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
    read.loadFile(path, ParserType.N42_2012)
for one in read.measurements():
    print(
        one.startTime().strftime("%H:%M:%S.%f")[:-3],
        one.detectorName(),
        "in" if one.occupied() == OccupancyStatus.Occupied else "out",
        round(one.liveTime() * 1000),
        round(one.gammaCountSum()) if one.numGammaChannels() else "-",
        round(one.neutronCountsSum()) if one.containedNeutron() else "-",
    )
for name, edition in (("2006.n42", SaveSpectrumAsType.N42_2006), ("2012.n42", SaveSpectrumAsType.N42_2012)):
    read.writeToFile(os.path.join(folder, name), read.sampleNumbers(), read.detectorNames(), edition)
