"use strict";
/* The guard of one kept walking list (a service worker whose scope is that page): gives it out without a network until
   its 24 hours are over, then deletes it and itself. It keeps nothing by itself, and touches no other page. */
const UNTIL = "x-bewaard-tot", SINCE = "x-bewaard-op";
const page = new URL(self.registration.scope).pathname;
const name = `bezoek-${page.split("/").pop()}`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const gone = async () => {
  await self.caches.delete(name);
  await self.registration.unregister();
};

const answer = async (request) => {
  const url = new URL(request.url);
  const shelf = await self.caches.open(name);
  const kept = await shelf.match(page);
  if (!kept) return self.fetch(request); /* being kept just now, or removed */
  const now = Date.now();
  const isFresh = now >= Number(kept.headers.get(SINCE)) && now < Number(kept.headers.get(UNTIL));
  if (!isFresh) {
    await gone();
    return self.fetch(request);
  }
  if (url.pathname === page && !url.search) return kept;
  return (await shelf.match(request)) || self.fetch(request);
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === page ? !url.search : url.pathname.startsWith("/static/")) event.respondWith(answer(event.request));
});
