// `wasi:keyvalue@0.2.0-draft2`, its stores, batches and atomics: what each call returns, as digits in the body.
#include "http.h"
#define STORE "wasi:keyvalue/store@0.2.0-draft2"
#define ATOMICS "wasi:keyvalue/atomics@0.2.0-draft2"
#define BATCH "wasi:keyvalue/batch@0.2.0-draft2"

struct result { u8 is_err; u32 a, b, c, d, e; };
struct number { u8 is_err; long long value, more; };
struct key { const char *ptr; size_t len; };
IMPORT(STORE, "open") void kv_open(const char *name, size_t len, struct result *ret);
IMPORT(STORE, "[method]bucket.get") void kv_get(int bucket, const char *key, size_t len, struct result *ret);
IMPORT(STORE, "[method]bucket.set") void kv_set(int bucket, const char *key, size_t key_len, const char *val, size_t len, struct result *ret);
IMPORT(STORE, "[method]bucket.list-keys") void kv_keys(int bucket, int has_cursor, const char *cursor, size_t len, struct result *ret);
IMPORT(ATOMICS, "increment") void kv_increment(int bucket, const char *key, size_t len, long long delta, struct number *ret);
IMPORT(ATOMICS, "[static]cas.new") void cas_new(int bucket, const char *key, size_t len, struct result *ret);
IMPORT(ATOMICS, "[method]cas.current") void cas_current(int cas, struct result *ret);
IMPORT(ATOMICS, "swap") void cas_swap(int cas, const char *val, size_t len, struct result *ret);
IMPORT(BATCH, "get-many") void kv_get_many(int bucket, const struct key *keys, size_t len, struct result *ret);

EXPORT("wasi:http/incoming-handler@0.2.0#handle") void handle(int request, int out) {
    static u8 told[32];
    struct result bucket, cas, ret;
    struct number number;
    size_t n = 0;
    path_of(request);
    kv_open("other", 5, &ret);
    told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // an error: access-denied is number 1
    kv_open("default", 7, &bucket);
    told[n++] = '0' + bucket.is_err;
    if (!bucket.is_err) {
        kv_increment(bucket.a, "n", 1, 5, &number);
        kv_increment(bucket.a, "n", 1, -2, &number);
        told[n++] = '0' + number.is_err, told[n++] = '0' + (u8)number.value; // 3
        cas_new(bucket.a, "c", 1, &cas);
        cas_current(cas.a, &ret);
        told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // nothing is there
        cas_swap(cas.a, "one", 3, &ret);
        told[n++] = '0' + ret.is_err;
        cas_new(bucket.a, "c", 1, &cas);
        cas_current(cas.a, &ret);
        kv_set(bucket.a, "c", 1, "two", 3, &ret);
        cas_swap(cas.a, "three", 5, &ret);
        told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // an error: cas-failed is number 1, with another cas
        cas_current(ret.b, &ret);
        told[n++] = '0' + (u8)ret.a; // something is there
        struct key keys[] = {{"n", 1}, {"x", 1}, {"c", 1}, {"c", 1}};
        kv_get_many(bucket.a, keys, 4, &ret);
        told[n++] = '0' + ret.b; // 2: what is there, once
        kv_keys(bucket.a, 0, 0, 0, &ret);
        told[n++] = '0' + ret.b; // 2
        kv_keys(bucket.a, 1, "c", 1, &ret);
        told[n++] = '0' + ret.is_err; // an error: no cursors
        kv_get(bucket.a, "x", 1, &ret);
        told[n++] = '0' + ret.is_err, told[n++] = '0' + (u8)ret.a; // nothing is there
    }
    answer(out, 200, (struct bytes){told, n});
}
