#!/usr/bin/env python3
"""Opens chunks of the cassandra-tde format, version 1, from docs/FORMAT.md alone. Usage: read_chunks.py VECTORS"""
import hashlib
import hmac
import struct
import sys
import uuid
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Rejected(Exception):
    pass


def prefixed(data):
    return struct.pack(">H", len(data)) + data


def hkdf(key, salt, label, context, length):
    prk = hmac.new(salt or bytes(32), key, hashlib.sha256).digest()
    info = prefixed(label.encode()) + prefixed(context)
    out, block = b"", b""
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:length]


def unlz4(data):
    """Cassandra's framing: plaintext length, four bytes little-endian, then one LZ4 block."""
    size, i, out = struct.unpack("<I", data[:4])[0], 4, bytearray()
    while i < len(data):
        token, i = data[i], i + 1
        literals = token >> 4
        if literals == 15:
            while True:
                literals, i = literals + data[i], i + 1
                if data[i - 1] != 255:
                    break
        out += data[i:i + literals]
        i += literals
        if i >= len(data):
            break
        offset, i = struct.unpack("<H", data[i:i + 2])[0], i + 2
        match = token & 15
        if match == 15:
            while True:
                match, i = match + data[i], i + 1
                if data[i - 1] != 255:
                    break
        for _ in range(match + 4):
            out.append(out[-offset])
    assert len(out) == size
    return bytes(out)


def parse(chunk):
    """(key id, group tag, check value, context, salt, counter, inner, header length)"""
    if len(chunk) < 12 or chunk[0] != 1:
        raise Rejected("MALFORMED")
    form, inner = chunk[1] >> 4, chunk[1] & 15
    if form > 1 or inner > 4:
        raise Rejected("MALFORMED")
    if form == 0:
        id_end = 26
        key_id = str(uuid.UUID(bytes=chunk[10:26])) if len(chunk) >= 26 else ""
    else:
        length = struct.unpack(">H", chunk[10:12])[0]
        id_end = 12 + length
        if not 1 <= length <= 1024:
            raise Rejected("MALFORMED")
    end = id_end + 20
    if len(chunk) < end + 16:
        raise Rejected("MALFORMED")
    if form == 1:
        try:
            key_id = chunk[12:id_end].decode("utf-8")
        except UnicodeDecodeError:
            raise Rejected("MALFORMED") from None
        try:
            if str(uuid.UUID(key_id)) == key_id:
                raise Rejected("MALFORMED")
        except ValueError:
            pass
    return key_id, chunk[2:6], chunk[6:10], chunk[2:id_end], chunk[id_end:id_end + 16], chunk[id_end + 16:end], inner, end


def open_chunk(chunk, data_key):
    key_id, tag, check, context, salt, counter, inner, end = parse(chunk)
    if hkdf(data_key, b"", "cassandra-tde/1 check-value", b"", 32)[:4] != check:
        raise Rejected("WRONG_KEY")
    subkey = hkdf(data_key, salt, "cassandra-tde/1 chunk", context, len(data_key))
    try:
        payload = AESGCM(subkey).decrypt(bytes(8) + counter, chunk[end:], chunk[:end])
    except InvalidTag:
        raise Rejected("NOT_AUTHENTIC") from None
    return key_id, tag, inner, payload


def check(vector):
    try:
        key_id, tag, inner, payload = open_chunk(bytes.fromhex(vector["chunk"].replace("-", "")), bytes.fromhex(vector["data_key"]))
    except Rejected as e:
        return str(e)
    plain = bytes.fromhex(vector["plaintext"].replace("-", ""))
    group = hashlib.sha256(prefixed(b"cassandra-tde/1 group") + prefixed(vector["provider"].encode()) + prefixed(vector["group"].encode()))
    assert key_id == vector["key_id"] and tag == group.digest()[:4]
    assert payload == bytes.fromhex(vector["payload"].replace("-", ""))
    assert ["STORED", "LZ4", "SNAPPY", "DEFLATE", "ZSTD"][inner] == vector["inner"]
    if inner == 0:
        assert payload == plain
    elif inner == 1:
        assert unlz4(payload) == plain
    elif inner == 3:
        assert zlib.decompress(payload) == plain
    return "OPENS"


def main(path):
    with open(path, encoding="utf-8") as file:
        blocks = [b for b in file.read().split("\n\n") if b.strip()]
    bad = count = 0
    for block in blocks:
        vector = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith("#"))
        count += 1
        result = check(vector)
        if result != vector["result"]:
            bad += 1
            print(f"{vector['vector']}: {result}, stated {vector['result']}")
    if not bad:
        print(f"{count} vectors as stated")
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
