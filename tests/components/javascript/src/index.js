// The key-value tutorial in JavaScript.
import { openDefault } from "@spinframework/spin-kv";

const answer = async (request) => {
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
};

addEventListener("fetch", (event) => {
  event.respondWith(answer(event.request).catch((error) => new Response(`${error.payload?.tag ?? error}`, { status: 500 })));
});
