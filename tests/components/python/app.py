"""The key-value tutorial in Python."""
from spin_sdk import http, key_value
from spin_sdk.http import Request, Response


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        with await key_value.open_default() as store:
            key = request.uri
            match request.method:
                case "POST":
                    await store.set(key, request.body or b"")
                    return Response(200, {}, b"")
                case "GET":
                    value = await store.get(key)
                    return Response(404, {}, b"") if value is None else Response(200, {}, value)
                case "DELETE":
                    await store.delete(key)
                    return Response(200, {}, b"")
                case "HEAD":
                    return Response(200 if await store.exists(key) else 404, {}, b"")
                case _:
                    return Response(405, {}, b"")
