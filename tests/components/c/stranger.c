// A component that imports an interface which the runtime does not have, and calls it when the path is `/call`.
#include "http.h"
IMPORT("fermyon:spin/sqlite@2.0.0", "[static]connection.open") void sqlite_open(const char *label, size_t len, void *ret);

EXPORT("wasi:http/incoming-handler@0.2.0#handle") void handle(int request, int out) {
    struct bytes path = path_of(request);
    u32 ret[4];
    if (path.len == 5 && path.ptr[1] == 'c') sqlite_open("default", 7, ret);
    answer(out, 200, (struct bytes){(const u8 *)"fine", 4});
}
