// Every function of `fermyon:spin/key-value`, Spin 1's own: what each returns, as digits in the body.
#include "http.h"
#define KV "fermyon:spin/key-value"

struct result { u8 is_err; u32 a, b, c; }; // of an error, `a` is its number
IMPORT(KV, "open") void kv_open(const char *name, size_t len, struct result *ret);
IMPORT(KV, "get") void kv_get(u32 store, const char *key, size_t len, struct result *ret);
IMPORT(KV, "set") void kv_set(u32 store, const char *key, size_t key_len, const char *val, size_t len, struct result *ret);
IMPORT(KV, "delete") void kv_delete(u32 store, const char *key, size_t len, struct result *ret);
IMPORT(KV, "exists") void kv_exists(u32 store, const char *key, size_t len, struct result *ret);
IMPORT(KV, "get-keys") void kv_keys(u32 store, struct result *ret);
IMPORT(KV, "close") void kv_close(u32 store);

EXPORT("wasi:http/incoming-handler@0.2.0#handle") void handle(int request, int out) {
    static u8 told[16];
    struct result store, ret;
    size_t n = 0;
    path_of(request);
    kv_open("other", 5, &ret);
    told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // an error: access-denied is number 2
    kv_open("default", 7, &store);
    told[n++] = '0' + store.is_err;
    if (!store.is_err) {
        kv_get(store.a, "k", 1, &ret);
        told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // an error: no-such-key is number 4
        kv_set(store.a, "k", 1, "value", 5, &ret);
        told[n++] = '0' + ret.is_err;
        kv_get(store.a, "k", 1, &ret);
        told[n++] = '0' + ret.is_err, told[n++] = '0' + ret.b; // its length: 5
        kv_exists(store.a, "k", 1, &ret);
        told[n++] = '0' + (u8)ret.a; // yes
        kv_keys(store.a, &ret);
        told[n++] = '0' + ret.b; // 1
        kv_delete(store.a, "k", 1, &ret);
        kv_exists(store.a, "k", 1, &ret);
        told[n++] = '0' + (u8)ret.a; // no
        kv_close(store.a);
    }
    answer(out, 200, (struct bytes){told, n});
}
