// An HTTP component in C without libc or generated bindings: the canonical ABI by hand. What kv.c, kv1.c and the others share.
typedef __SIZE_TYPE__ size_t;
typedef unsigned char u8;
typedef unsigned int u32;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name))) extern
#define EXPORT(name) __attribute__((export_name(name)))
#define HTTP "wasi:http/types@0.2.0"
#define IO "wasi:io/streams@0.2.0"

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
