#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# UDP packets of SIZE bytes (64) from this guest to SERVER, as many as it can.
#   SERVER=10.0.0.1 SIZE=64 sh udp-out.sh
# Read packets per second and "lost": small packets cost a backend almost as
# much as large ones, so this is where its price for each packet shows.
exec iperf3 -J -u -b 0 -c "$SERVER" -t 20 -l "${SIZE:-64}"
