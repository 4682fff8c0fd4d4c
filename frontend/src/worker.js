// The worker of /road/: the empty shell of the phone's page and the built files it loads, and nothing else, ever. What it keeps is
// named by the server in front of this file (KEPT, MARK); records, tokens and every other page pass by it untouched.
const NAME = `road-${MARK}`;
const HOME = "/road/";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME)
    .then((cache) => cache.addAll(KEPT.map((url) => new Request(url, { cache: "no-cache" }))))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("road-") && name !== NAME).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === HOME) event.respondWith(fetch(request).catch(() => kept(HOME)));
  else if (url.pathname !== HOME && KEPT.includes(url.pathname)) event.respondWith(kept(url.pathname).then((found) => found ?? fetch(request)));
});

const kept = async (path) => (await caches.open(NAME)).match(path);
