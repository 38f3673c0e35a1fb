#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# TCP from this guest to SERVER, where `iperf3 -s` runs.
#   SERVER=10.0.0.1 sh tcp-out.sh
# Read "receiver" bits per second: how fast the backend takes packets from the
# guest. With SERVER in dom0, dom0's share includes iperf3 and TCP; with SERVER
# in another guest it is the backend's alone, both directions at once.
exec iperf3 -J -c "$SERVER" -t 20 -O 2 -P "${STREAMS:-1}"
