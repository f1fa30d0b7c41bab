"""POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there."""

from urllib.parse import urlparse

from spin_sdk import http, key_value
from spin_sdk.http import Request, Response


class HttpHandler(http.Handler):
    async def handle_request(self, request: Request) -> Response:
        key = urlparse(request.uri).path
        with await key_value.open_default() as store:
            match request.method:
                case "POST":
                    await store.set(key, request.body or b"")
                    return Response(200, {}, None)
                case "GET":
                    value = await store.get(key)
                    return Response(404, {}, None) if value is None else Response(200, {}, value)
                case "DELETE":
                    await store.delete(key)
                    return Response(200, {}, None)
                case "HEAD":
                    return Response(200 if await store.exists(key) else 404, {}, None)
                case _:
                    return Response(405, {}, None)
