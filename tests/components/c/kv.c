// A Spin HTTP component in C without libc or generated bindings: the canonical ABI by hand.
// It answers a GET with the value that is stored under the request's path and query.
// Compile with one of
//   -DVARIANT=A   the store "default"
//   -DVARIANT=B   the store "cache"
//   -DVARIANT=D   the store that the request's query names (the label is not in the code)
//   -DVARIANT=E   the stores "cache" and "default"
#include "http.h"

#define A 1
#define B 2
#define D 3
#define E 4

#define KV "fermyon:spin/key-value@2.0.0"

IMPORT(KV, "[static]store.open") void store_open(const char *label, size_t len, void *ret);
IMPORT(KV, "[method]store.get") void store_get(int store, const u8 *key, size_t len, void *ret);
IMPORT(KV, "[method]store.set") void store_set(int store, const u8 *key, size_t key_len, const u8 *val, size_t len, void *ret);
IMPORT(KV, "[resource-drop]store") void store_drop(int store);

struct opened { u8 is_err; int store; u32 other[2]; };                      // result<store, error>
struct got { u8 is_err; struct { u8 is_some; struct bytes value; } ok; };   // result<option<list<u8>>, error>

// Status 200 and the value; 404: no such key; 500: the store could not be opened, or not read.
static int lookup(const char *label, size_t len, struct bytes key, struct bytes *value) {
    struct opened store;
    struct got got;
    store_open(label, len, &store);
    if (store.is_err) return 500;
    store_get(store.store, key.ptr, key.len, &got);
    store_drop(store.store);
    if (got.is_err) return 500;
    if (!got.ok.is_some) return 404;
    *value = got.ok.value;
    return 200;
}

EXPORT("wasi:http/incoming-handler@0.2.0#handle") void handle(int request, int out) {
    struct bytes key = path_of(request), value = {0, 0};
    int status;
#if VARIANT == A
    status = lookup("default", 7, key, &value);
#elif VARIANT == B
    status = lookup("cache", 5, key, &value);
#elif VARIANT == D
    size_t q = 0;
    while (q < key.len && key.ptr[q] != '?') q++;
    int has_query = q + 1 < key.len;
    status = lookup((const char *)(has_query ? key.ptr + q + 1 : key.ptr), has_query ? key.len - q - 1 : key.len, key, &value);
#elif VARIANT == E
    status = lookup("cache", 5, key, &value);
    if (status == 404 && (status = lookup("default", 7, key, &value)) == 200) {
        struct opened cache;
        u8 ret[16] __attribute__((aligned(4)));
        store_open("cache", 5, &cache);
        if (!cache.is_err) store_set(cache.store, key.ptr, key.len, value.ptr, value.len, ret);
    }
#endif
    answer(out, status, value);
}
