"""The vectors of docs/FORMAT-KEY-COPY.md, from its text alone."""
import hashlib
import os
import struct
import uuid

here = os.path.dirname(os.path.abspath(__file__))
lines = open(os.path.join(here, '../resources/vectors/wrapped-key-v1.txt'), encoding='utf-8').read().splitlines()
wrapped = [bytes.fromhex(line.split('|')[6]) for line in lines if not line.startswith('#')]
kid = uuid.UUID('7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10')
lp = lambda b: struct.pack('>H', len(b)) + b
STATES = {2: 'ACTIVE', 3: 'INACTIVE', 4: 'REKEYING', 5: 'DEPRECATED'}
T = 1795737600000


def body(magic=b'TDEKEYR', form=1, confirmed=T + 9, version=3, check=0xcafe0001, bits=256, state=2, created=T,
         start=T + 1, changed=T + 2, master=b'system_key', space=b'cycling', wraps=((T + 5, 1), (T + 4, 0)), count=None, more=b''):
    out = magic + struct.pack('>BQ16sIIHBQQQ', form, confirmed, kid.bytes, version, check, bits, state, created, start, changed)
    out += lp(master) + lp(space) + struct.pack('>H', len(wraps) if count is None else count)
    for at, which in wraps:
        out += struct.pack('>Q', at) + lp(which if isinstance(which, bytes) else wrapped[which])
    return out + more


def good(name, **a):
    d = dict(confirmed=T + 9, version=3, check=0xcafe0001, bits=256, state=2, created=T, start=T + 1, changed=T + 2,
             master=b'system_key', space=b'cycling', wraps=((T + 5, 1), (T + 4, 0)))
    d.update(a)
    b = body(**a)
    says = [d['confirmed'], kid, d['version'], '%08x' % d['check'], d['bits'], STATES[d['state']], d['created'], d['start'],
            d['changed'], d['master'].decode(), d['space'].decode(), len(d['wraps'])]
    print('|'.join([name, ','.join(map(str, says)), (b + hashlib.sha256(b).digest()).hex()]))


def bad(name, content=None, **a):
    b = body(**a)
    print('|'.join([name, 'UNUSABLE', (b + hashlib.sha256(b).digest() if content is None else content).hex()]))


print('# docs/FORMAT-KEY-COPY.md, by a script written from it alone (keycache/src/test/python/make_key_copies.py). Wraps: those of')
print('# wrapped-key-v1.txt. name|UNUSABLE, or confirmed,key id,version,check value,bits,state,created,active from,changed,master,namespace,wraps|file')
good('two wraps')
good('no namespace', space=b'', bits=128, state=3, version=1, wraps=((T, 1),))
good('token', state=4, space='r\u00f6d'.encode(), bits=192, wraps=((T, 3),))
good('deprecated, 64 wraps', state=5, wraps=tuple((T + i, 0) for i in range(64)))
good('longest names', master=b'm' * 1024, space=b'n' * 1024)
whole = body() + hashlib.sha256(body()).digest()
bad('empty', content=b'')
bad('cut', content=whole[:-1])
bad('checksum', content=whole[:-1] + bytes([whole[-1] ^ 1]))
bad('no checksum', content=body())
bad('magic', magic=b'TDEKEYC')
bad('version of the form', form=2)
bad('version 0', version=0)
bad('negative version', version=0xffffffff)
bad('bits', bits=100)
for s in (0, 1, 6, 7, 255):
    bad('state %d' % s, state=s)
bad('time', created=1 << 63)
bad('no master key', master=b'')
bad('long master', master=b'm' * 1025)
bad('long namespace', space=b'n' * 1025)
bad('no UTF-8', space=b'\xff')
bad('no wrap', wraps=())
bad('65 wraps', wraps=tuple((T, 0) for i in range(65)))
bad('more wraps stated', count=3)
bad('fewer wraps stated', count=1)
bad('a byte more', more=b'\0')
bad('wrap of no form', wraps=((T, wrapped[0][:-1]),))
bad('empty wrap', wraps=((T, b''),))
