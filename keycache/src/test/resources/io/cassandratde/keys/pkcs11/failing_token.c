/*
 * SoftHSM2 as a token that fails when it is told to: what no software token does by itself.
 *
 * While the file that FAILING_TOKEN names has a line "code scope", calls give that PKCS#11 return code (hexadecimal):
 * of scope "all", whatever opens sessions, logs in, finds and uses keys, after all sessions were closed as by a token that
 * is pulled out; of scope "decrypt", decryption alone. Of scope "nonce", "aad", "short" or "tag" nothing fails, but AES-GCM seals
 * by another nonce, leaves additional data out, has tags of 12 bytes, or compares their first byte alone.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long value;

/* CK_FUNCTION_LIST of PKCS#11 2.40: a version, then functions in an order that the standard fixes. */
enum {
  GET_FUNCTION_LIST = 3, GET_SLOT_INFO = 5, GET_TOKEN_INFO = 6, OPEN_SESSION = 12, CLOSE_ALL_SESSIONS = 14,
  GET_SESSION_INFO = 15, LOGIN = 18, GET_ATTRIBUTE_VALUE = 24, FIND_OBJECTS_INIT = 26, ENCRYPT_INIT = 29, ENCRYPT = 30,
  ENCRYPT_UPDATE = 31, ENCRYPT_FINAL = 32, DECRYPT_INIT = 33, DECRYPT = 34, DECRYPT_UPDATE = 35, DECRYPT_FINAL = 36,
  FUNCTIONS = 68
};
typedef value (*function)(value, value, value, value, value);
struct list { unsigned char version[2]; function of[FUNCTIONS]; };

static struct list *real, failing;
static value slot, away, cut;

static value fault(const char *scope) {
  const char *name = getenv("FAILING_TOKEN");
  FILE *file = name ? fopen(name, "r") : NULL;
  char said[16] = "";
  value code = 0;
  if (file) {
    if (fscanf(file, "%lx %15s", &code, said) != 2 || (strcmp(said, "all") && strcmp(said, scope))) code = 0;
    fclose(file);
  }
  if (code && !away && !strcmp(said, "all")) real->of[CLOSE_ALL_SESSIONS](slot, 0, 0, 0, 0);
  away = code && !strcmp(said, "all");
  return code;
}

/* Decryption that fails ends, as the standard has it. Every function that fails takes five arguments at most, each of the size of a register. */
#define FAILS(number, scope) \
  static value f##number(value a, value b, value c, value d, value e) { \
    value code = fault(scope); \
    value ends = code && !*scope ? 0 : real->of[number](a, b, c, d, e); \
    return code ? code : ends; \
  }
/* CK_MECHANISM, and CK_GCM_PARAMS, which has the length of the nonce in bits or not. */
struct mechanism { value type; value *parameters; value length; };
enum { AES_GCM = 0x1087, NONCE = 0, BITS = 2 };

static value gcm_init(int number, value session, struct mechanism *given, value key) {
  value code = fault(""), as[6];
  unsigned char nonce[16];
  struct mechanism mechanism = *given;
  int aad = given->length == sizeof as ? BITS + 1 : BITS, tag = aad + 2;
  if (code) return code;
  cut = 0;
  if (given->type == AES_GCM && given->length <= sizeof as && given->parameters[NONCE + 1] <= sizeof nonce) {
    memcpy(as, given->parameters, given->length);
    memcpy(nonce, (void *)as[NONCE], as[NONCE + 1]);
    as[NONCE] = (value)nonce;
    mechanism.parameters = as;
    if (number == ENCRYPT_INIT && fault("nonce")) nonce[0] ^= 1;
    if (fault("aad")) as[aad] = as[aad + 1] = 0;
    if (fault("short")) as[tag] = 96;
    if (number == DECRYPT_INIT && fault("tag")) cut = (as[tag] - 8) / 8, as[tag] = 8;
  }
  return real->of[number](session, (value)&mechanism, key, 0, 0);
}
static value encrypt_init(value a, value b, value c, value d, value e) { return gcm_init(ENCRYPT_INIT, a, (struct mechanism *)b, c); }
static value decrypt_init(value a, value b, value c, value d, value e) { return gcm_init(DECRYPT_INIT, a, (struct mechanism *)b, c); }
static value decrypt(value a, value b, value c, value d, value e) {
  unsigned char room[4096];
  value code = fault("decrypt"), length = sizeof room, ends;
  if (code || !cut || c < cut) { /* the JDK ends an operation by data of no length */
    ends = real->of[DECRYPT](a, b, c, d, e);
    return code ? code : ends;
  }
  ends = real->of[DECRYPT](a, b, c - cut, (value)room, (value)&length);
  if (!ends) memcpy((void *)d, room, *(value *)e = length);
  return ends;
}

FAILS(5, "") FAILS(6, "") FAILS(15, "") FAILS(18, "") FAILS(24, "") FAILS(26, "")
FAILS(30, "") FAILS(31, "") FAILS(32, "")
FAILS(35, "decrypt") FAILS(36, "decrypt")

static value open_session(value a, value b, value c, value d, value e) {
  value code = fault("");
  slot = a;
  return code ? code : real->of[OPEN_SESSION](a, b, c, d, e);
}

value C_GetFunctionList(struct list **to) {
  if (!real) {
    void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW);
    value (*get)(struct list **) = library ? (value (*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&real)) return 6; /* CKR_FUNCTION_FAILED */
    failing = *real;
    failing.of[GET_FUNCTION_LIST] = (function)C_GetFunctionList;
    failing.of[OPEN_SESSION] = open_session;
    failing.of[GET_SLOT_INFO] = f5;
    failing.of[GET_TOKEN_INFO] = f6;
    failing.of[GET_SESSION_INFO] = f15;
    failing.of[LOGIN] = f18;
    failing.of[GET_ATTRIBUTE_VALUE] = f24;
    failing.of[FIND_OBJECTS_INIT] = f26;
    failing.of[ENCRYPT_INIT] = encrypt_init;
    failing.of[ENCRYPT] = f30;
    failing.of[ENCRYPT_UPDATE] = f31;
    failing.of[ENCRYPT_FINAL] = f32;
    failing.of[DECRYPT_INIT] = decrypt_init;
    failing.of[DECRYPT] = decrypt;
    failing.of[DECRYPT_UPDATE] = f35;
    failing.of[DECRYPT_FINAL] = f36;
  }
  *to = &failing;
  return 0;
}
