"""Outputs and attachments of many megabytes, some no base64, some a picture as large as a town.

base: solved
tier: any
says: 84.0
hides: QUJD
"""

import base64
import json
import struct
import zlib


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def file(notebook):
    header = struct.pack("!IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    town = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**7))) + chunk(b"IEND", b"")
    for cell, data in zip(notebook["cells"], ("QUJD" * (1 << 20), "%%%", base64.b64encode(town).decode()), strict=False):
        cell["attachments"] = {"mallory.png": {"image/png": data}}
        cell["outputs"] = [{"output_type": "display_data", "data": {"image/png": data, "text/html": data}, "metadata": {}}]
    return json.dumps(notebook).encode()
