"""Shuts an ext4 file system down at once, as a power cut would: what was not forced is gone. power_cut.py MOUNTPOINT"""

import fcntl
import os
import struct
import sys

EXT4_IOC_SHUTDOWN = 0x8004587D
WITHOUT_FLUSHING_THE_JOURNAL = 2

folder = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING_THE_JOURNAL))
