#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# TCP from SERVER, where `iperf3 -s` runs, to this guest.
#   SERVER=10.0.0.1 sh tcp-in.sh
# Read "receiver" bits per second: how fast the backend gives packets to the
# guest.
exec iperf3 -J -c "$SERVER" -t 20 -O 2 -R -P "${STREAMS:-1}"
