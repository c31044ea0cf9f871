"""The vectors of docs/FORMAT-WRAPPED-KEY.md, from its text alone. Needs Debian's python3-cryptography."""
import hashlib
import hmac
import struct
import uuid

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers import Cipher,algorithms,modes
lp=lambda b: struct.pack('>H',len(b))+b
def hk(k,salt,info,n=32):
    prk=hmac.new(salt,k,hashlib.sha256).digest()
    return hmac.new(prk,info+b'\x01',hashlib.sha256).digest()[:n]
def tag(provider,group):
    return hashlib.sha256(lp(b'cassandra-tde/1 group')+lp(provider)+lp(group)).digest()[:4]
def binding(name,ns,bits,kid,ver):
    return lp(b'cassandra-tde/1 replicated-key')+lp(name)+lp(ns)+lp(b'AES')+struct.pack('>H',bits)+kid.bytes+struct.pack('>I',ver)
master=bytes([1])*32
kid=uuid.UUID('7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10')
out=[]
hkz=lambda k,info,n: hk(k,b'\0'*32,info,n)
check=hkz(master,lp(b'cassandra-tde/1 check-value')+lp(b''),32)[:4]
lid=bytearray(hkz(master,lp(b'cassandra-tde/1 local-key-id')+lp(b''),16))
lid[6]=(lid[6]&0x0f)|0x80; lid[8]=(lid[8]&0x3f)|0x80
mid=str(uuid.UUID(bytes=bytes(lid))).encode()
for i,(bits,name,ns,ver) in enumerate([(256,b'prod',b'cycling',3),(128,b'l',b'',1)]):
    data=bytes(range(bits//8)); salt=bytes(range(16+i,32+i))
    head=b'\x01\x01'+tag(b'local',b'local')+check+lp(mid)+salt
    b=binding(name,ns,bits,kid,ver)
    w=AESGCM(hk(master,salt,lp(b'cassandra-tde/1 key-wrap')+lp(b''))).encrypt(b'\0'*12,data,head+b)
    out.append(('hkdf',name.decode(),ns.decode(),bits,ver,data.hex(),(head+w).hex()))
b0=hashlib.sha256(b'cassandra-tde/1 token-key-id').digest()[:16]
e=Cipher(algorithms.AES(master),modes.ECB()).encryptor(); im=e.update(b0)+e.finalize()
tid=im[:8].hex().encode(); tchk=im[8:12]
for i,(bits,name,ns,ver) in enumerate([(256,b'prod',b'cycling',3),(192,b'bl\xc3\xa5',b'r\xc3\xb6d',2)]):
    data=bytes(range(bits//8)); nonce=bytes(range(32+i,44+i))
    head=b'\x01\x02'+tag(b'pkcs11',b'hsm')+tchk+lp(tid)+nonce
    w=AESGCM(master).encrypt(nonce,data,head+binding(name,ns,bits,kid,ver))
    out.append(('token',name.decode(),ns.decode(),bits,ver,data.hex(),(head+w).hex()))
label=b'cassandra-tde/1 server-key-check'
n0=hashlib.sha256(label).digest()[:12]
e=Cipher(algorithms.AES(master),modes.ECB()).encryptor(); im=e.update(n0+b'\0\0\0\2')+e.finalize()
schk=hashlib.sha256(label+im).digest()[:4]
for i,(bits,name,ns,ver,n) in enumerate([(256,b'prod',b'cycling',3,12),(192,b'bl\xc3\xa5',b'r\xc3\xb6d',2,16)]):
    data=bytes(range(bits//8)); nonce=bytes(range(48+i,48+i+n))
    stem=b'\x01\x03'+tag(b'kmip',b'vault')+schk+lp(b'7')
    w=AESGCM(master).encrypt(nonce,data,stem+binding(name,ns,bits,kid,ver))
    out.append(('server',name.decode(),ns.decode(),bits,ver,data.hex(),(stem+bytes([n])+nonce+w).hex()))
print('# docs/FORMAT-WRAPPED-KEY.md, by a script written from it alone (Python, cryptography). Master key: 32 bytes of 01; of a key file,')
print('# of a token called hsm, or key 7 of a KMIP group called vault. Key id 7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10. method|master|namespace|bits|version|key|wrapped')
for o in out: print('|'.join(map(str,o)))
