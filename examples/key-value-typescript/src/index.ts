// POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there.

import { openDefault } from "@spinframework/spin-kv";

async function handle(request: Request): Promise<Response> {
  const store = openDefault();
  const key = new URL(request.url).pathname;

  switch (request.method) {
    case "POST":
      store.set(key, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { status: 200 });
    case "GET": {
      const value = store.get(key);
      return value === null ? new Response(null, { status: 404 }) : new Response(value, { status: 200 });
    }
    case "DELETE":
      store.delete(key);
      return new Response(null, { status: 200 });
    case "HEAD":
      return new Response(null, { status: store.exists(key) ? 200 : 404 });
    default:
      return new Response(null, { status: 405 });
  }
}

addEventListener("fetch", (event: FetchEvent) => event.respondWith(handle(event.request)));
