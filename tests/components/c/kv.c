// A Spin HTTP component in C without libc or generated bindings: the canonical ABI by hand.
// It answers a GET with the value that is stored under the request's path and query.
// Compile with one of
//   -DVARIANT=A   the store "default"
//   -DVARIANT=B   the store "cache"
//   -DVARIANT=D   the store that the request's query names (the label is not in the code)
//   -DVARIANT=E   the stores "cache" and "default"
typedef __SIZE_TYPE__ size_t;
typedef unsigned char u8;
typedef unsigned int u32;

#define A 1
#define B 2
#define D 3
#define E 4

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name))) extern
#define EXPORT(name) __attribute__((export_name(name)))
#define KV "fermyon:spin/key-value@2.0.0"
#define HTTP "wasi:http/types@0.2.0"
#define IO "wasi:io/streams@0.2.0"

IMPORT(KV, "[static]store.open") void store_open(const char *label, size_t len, void *ret);
IMPORT(KV, "[method]store.get") void store_get(int store, const u8 *key, size_t len, void *ret);
IMPORT(KV, "[method]store.set") void store_set(int store, const u8 *key, size_t key_len, const u8 *val, size_t len, void *ret);
IMPORT(KV, "[resource-drop]store") void store_drop(int store);
IMPORT(HTTP, "[method]incoming-request.path-with-query") void request_path(int request, void *ret);
IMPORT(HTTP, "[resource-drop]incoming-request") void request_drop(int request);
IMPORT(HTTP, "[constructor]fields") int fields_new(void);
IMPORT(HTTP, "[constructor]outgoing-response") int response_new(int headers);
IMPORT(HTTP, "[method]outgoing-response.set-status-code") int response_status(int response, int status);
IMPORT(HTTP, "[method]outgoing-response.body") void response_body(int response, void *ret);
IMPORT(HTTP, "[static]response-outparam.set") void outparam_set(int out, int is_err, int response, int, long long, int, int, int, int);
IMPORT(HTTP, "[method]outgoing-body.write") void body_write(int body, void *ret);
IMPORT(HTTP, "[static]outgoing-body.finish") void body_finish(int body, int has_trailers, int trailers, void *ret);
IMPORT(IO, "[method]output-stream.blocking-write-and-flush") void stream_write(int stream, const u8 *data, size_t len, void *ret);
IMPORT(IO, "[resource-drop]output-stream") void stream_drop(int stream);

struct bytes { const u8 *ptr; size_t len; };
struct opened { u8 is_err; int store; u32 other[2]; };                      // result<store, error>
struct got { u8 is_err; struct { u8 is_some; struct bytes value; } ok; };   // result<option<list<u8>>, error>
struct handle { u8 is_err; int handle; };                                   // result<outgoing-body>, result<output-stream>

// The host's results are put here; Spin makes a new instance for every request, so nothing is ever freed.
EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_len, size_t align, size_t len) {
    extern u8 __heap_base;
    static size_t top;
    if (!top) top = (size_t)&__heap_base;
    size_t at = (top + align - 1) & -align;
    top = at + len;
    size_t pages = __builtin_wasm_memory_size(0), need = (top + 0xffff) >> 16;
    if (need > pages && __builtin_wasm_memory_grow(0, need - pages) == (size_t)-1) __builtin_trap();
    for (size_t i = 0; i < old_len && i < len; i++) ((u8 *)at)[i] = ((u8 *)old)[i];
    return (void *)at;
}

static void answer(int out, int status, struct bytes body) {
    struct handle b, s;
    u8 ret[64] __attribute__((aligned(8)));
    int response = response_new(fields_new());
    response_status(response, status);
    response_body(response, &b);
    outparam_set(out, 0, response, 0, 0, 0, 0, 0, 0);
    body_write(b.handle, &s);
    size_t n = body.len < 4096 ? body.len : 4096;                   // the most that one call takes
    if (n) stream_write(s.handle, body.ptr, n, ret);
    stream_drop(s.handle);
    body_finish(b.handle, 0, 0, ret);
}

static struct bytes path_of(int request) {
    struct { u8 is_some; struct bytes path; } ret;
    request_path(request, &ret);
    request_drop(request);
    return ret.is_some ? ret.path : (struct bytes){(const u8 *)"/", 1};
}

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
