# SPDX-License-Identifier: GPL-2.0
"""What xen-backends shows of the devices that this domain serves."""
VERSION = "0.1.0"
