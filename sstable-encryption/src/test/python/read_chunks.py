#!/usr/bin/env python3
"""Opens chunks of the cassandra-tde format, version 1, from docs/FORMAT.md alone.

Usage: read_chunks.py VECTORS                        opens every vector and compares the result with what it states
       read_chunks.py NAME-Data.db KEY_ID=HEXKEY...  writes the plaintext of an SSTable to standard output
"""
import ctypes
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


class Input:
    """Little-endian numbers and pieces, none past the end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def ended(self):
        return self.at == len(self.data)

    def take(self, count):
        piece = self.data[self.at:self.at + count]
        if len(piece) < count:
            raise Rejected("UNFIT")
        self.at += count
        return piece

    def number(self, size):
        return int.from_bytes(self.take(size), "little")


def copy_back(out, offset, length, size):
    """Both LZ4 and Snappy copy byte by byte, so that a copy may reach into itself."""
    if not 0 < offset <= len(out) or len(out) + length > size:
        raise Rejected("UNFIT")
    for _ in range(length):
        out.append(out[-offset])


def unlz4(data, room):
    """Cassandra's framing: plaintext length, four bytes little-endian, then one LZ4 block."""
    source, out = Input(data), bytearray()
    size = source.number(4)
    if size > room:
        raise Rejected("UNFIT")

    def extended(length):
        more = 255 if length == 15 else 0
        while more == 255:
            more = source.number(1)
            length += more
        return length

    while True:
        token = source.number(1)
        out += source.take(extended(token >> 4))
        if source.ended():
            break
        copy_back(out, source.number(2), extended(token & 15) + 4, size)
    if len(out) != size:
        raise Rejected("UNFIT")
    return bytes(out)


def unsnappy(data, room):
    """Plaintext length as a varint, then literals and copies; the two low bits of a tag say which."""
    source, out, size, shift = Input(data), bytearray(), 0, 0
    while True:
        byte = source.number(1)
        size |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    if size > room:
        raise Rejected("UNFIT")
    while not source.ended():
        tag = source.number(1)
        kind, length = tag & 3, tag >> 2
        if kind == 0:
            out += source.take(1 + (source.number(length - 59) if length >= 60 else length))
        elif kind == 1:
            copy_back(out, (tag >> 5) << 8 | source.number(1), 4 + (length & 7), size)
        else:
            copy_back(out, source.number(2 if kind == 2 else 4), 1 + length, size)
    if len(out) != size:
        raise Rejected("UNFIT")
    return bytes(out)


def inflate(data, room):
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, room + 1)
    except zlib.error:
        raise Rejected("UNFIT") from None
    if len(out) > room or not stream.eof or stream.unused_data:
        raise Rejected("UNFIT")
    return out


def unzstd(data, room):
    """By libzstd, which is everywhere (Debian's dpkg needs it); Python has no Zstandard before 3.14."""
    try:
        library = ctypes.CDLL("libzstd.so.1")
    except OSError as e:
        sys.exit(f"Zstandard payloads need libzstd (Debian: apt-get install libzstd1): {e}")
    library.ZSTD_decompress.restype = ctypes.c_size_t
    library.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
    library.ZSTD_isError.argtypes = [ctypes.c_size_t]
    out = ctypes.create_string_buffer(room + 1)
    length = library.ZSTD_decompress(out, room, data, len(data))
    if not data or library.ZSTD_isError(length):
        raise Rejected("UNFIT")
    return out.raw[:length]


NAMES = ["STORED", "LZ4", "SNAPPY", "DEFLATE", "ZSTD"]
DECOMPRESSORS = [None, unlz4, unsnappy, inflate, unzstd]
CLASSES = ["Encryptor", "EncryptingLZ4Compressor", "EncryptingSnappyCompressor", "EncryptingDeflateCompressor", "EncryptingZstdCompressor"]


def decompress(inner, payload, room):
    plain = DECOMPRESSORS[inner](payload, room) if inner else payload
    if len(plain) > room:
        raise Rejected("UNFIT")
    return plain


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


def open_chunk(chunk, own, chunk_length, find_key):
    """(key id, group tag, inner, payload); own is the inner compression of the SSTable's class"""
    if len(chunk) > chunk_length + 1072:
        raise Rejected("UNFIT")
    key_id, tag, check, context, salt, counter, inner, end = parse(chunk)
    if inner not in (0, own):
        raise Rejected("UNFIT")
    data_key = find_key(key_id)
    if hkdf(data_key, b"", "cassandra-tde/1 check-value", b"", 32)[:4] != check:
        raise Rejected("WRONG_KEY")
    subkey = hkdf(data_key, salt, "cassandra-tde/1 chunk", context, len(data_key))
    try:
        payload = AESGCM(subkey).decrypt(bytes(8) + counter, chunk[end:], chunk[:end])
    except InvalidTag:
        raise Rejected("NOT_AUTHENTIC") from None
    return key_id, tag, inner, payload


def compression_info(data):
    """(class, chunk length, limit, data length, offsets)"""
    at = 0

    def number(size):
        nonlocal at
        at += size
        return int.from_bytes(data[at - size:at], "big")

    def text():
        nonlocal at
        length = number(2)
        at += length
        return data[at - length:at].decode()

    name = text()
    for _ in range(number(4)):
        text(), text()
    chunk_length, limit, data_length = number(4), number(4), number(8)
    offsets = [number(8) for _ in range(number(4))]
    assert at == len(data), "CompressionInfo.db is longer or shorter than it says"
    return name, chunk_length, limit, data_length, offsets


def read_sstable(path, keys):
    with open(path, "rb") as file:
        data = file.read()
    with open(path[:-len("Data.db")] + "CompressionInfo.db", "rb") as file:
        name, chunk_length, limit, data_length, offsets = compression_info(file.read())
    position = 0
    for start, end in zip(offsets, offsets[1:] + [len(data)]):
        chunk, crc = data[start:end - 4], data[end - 4:end]
        assert zlib.crc32(chunk) == int.from_bytes(crc, "big"), f"CRC-32 of the chunk at {start}"
        assert len(chunk) < limit, f"the chunk at {start} is plaintext"
        inner, payload = open_chunk(chunk, CLASSES.index(name), chunk_length, lambda key_id: keys[key_id])[2:]
        plain = decompress(inner, payload, chunk_length)
        assert len(plain) == min(chunk_length, data_length - position), f"plaintext of the chunk at {start} has {len(plain)} bytes"
        position += len(plain)
        sys.stdout.buffer.write(plain)
    assert position == data_length, f"{position} bytes of plaintext, where CompressionInfo.db says {data_length}"


def binary(vector, field):
    return bytes.fromhex(vector[field].replace("-", ""))


def check(vector):
    own, chunk_length = NAMES.index(vector["inner"]), int(vector.get("chunk_length", 65536))
    try:
        key_id, tag, inner, payload = open_chunk(binary(vector, "chunk"), own, chunk_length, lambda key_id: binary(vector, "data_key"))
        group = hashlib.sha256(prefixed(b"cassandra-tde/1 group") + prefixed(vector["provider"].encode()) + prefixed(vector["group"].encode()))
        assert key_id == vector["key_id"] and tag == group.digest()[:4]
        assert payload == binary(vector, "payload")
        assert decompress(inner, payload, chunk_length) == binary(vector, "plaintext")
    except Rejected as e:
        return str(e)
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
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1].endswith("-Data.db"):
        read_sstable(sys.argv[1], {key_id: bytes.fromhex(key) for key_id, key in (pair.rsplit("=", 1) for pair in sys.argv[2:])})
    else:
        sys.exit(main(sys.argv[1]))
