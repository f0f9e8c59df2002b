"use strict";
/* The walking list on a phone: kept for 24 hours on request, and forgotten. Without this script the page is a page. */
(() => {
  const PLACE = "/bezoeken/onderweg/";
  const UNTIL = "x-bewaard-tot", SINCE = "x-bewaard-op";
  const store = (list) => `bezoek-${list}`;
  const isFresh = (kept) => {
    const now = Date.now();
    /* a clock that was put back gives no second day */
    return now >= Number(kept.headers.get(SINCE)) && now < Number(kept.headers.get(UNTIL));
  };
  const forget = async (list) => {
    await window.caches.delete(store(list));
    const guards = await navigator.serviceWorker.getRegistrations();
    await Promise.all(guards.filter((one) => one.scope.endsWith(PLACE + list)).map((one) => one.unregister()));
  };
  if (!("caches" in window) || !("serviceWorker" in navigator)) return;

  /* On the overview: what has expired, and what is done with, goes. */
  const done = document.querySelector("[data-v-done]");
  if (done) {
    const isDone = done.dataset.vDone.split(" ").filter(Boolean);
    window.caches.keys().then((names) => names.filter((one) => one.startsWith("bezoek-")).forEach(async (name) => {
      const list = name.slice("bezoek-".length);
      const kept = await (await window.caches.open(name)).match(PLACE + list);
      if (isDone.includes(list) || !kept || !isFresh(kept)) await forget(list);
    }));
  }

  const list = document.body.dataset.vList;
  if (!list) return;
  const keep = document.getElementById("v-keep"), drop = document.getElementById("v-forget");
  const status = document.getElementById("v-status"), content = document.getElementById("v-content");
  const say = (text) => { status.textContent = text; };
  const mark = (state) => document.documentElement.setAttribute("data-kept", state);

  const look = async () => {
    const kept = await (await window.caches.open(store(list))).match(PLACE + list);
    if (!kept) {
      await window.caches.delete(store(list));
      drop.hidden = true;
      keep.hidden = false;
      mark("no");
    } else if (isFresh(kept)) {
      drop.hidden = false;
      keep.hidden = true;
      mark("yes");
    } else {
      await forget(list);
      content.remove();
      keep.hidden = drop.hidden = true;
      document.getElementById("v-gone").hidden = false;
      mark("expired");
    }
  };

  keep.addEventListener("click", async () => {
    keep.disabled = true;
    say(keep.dataset.busy);
    try {
      await navigator.serviceWorker.register(document.body.dataset.vGuard, { scope: PLACE + list });
      const answer = await window.fetch(`${PLACE}${list}?bewaar=ja`, { redirect: "error", cache: "no-store" });
      const seconds = Number(answer.headers.get("x-bewaard-seconden"));
      if (!answer.ok || !seconds) throw new Error("not given");
      const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
      for (const name of ["Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "Referrer-Policy"])
        if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
      headers.set(SINCE, String(Date.now()));
      headers.set(UNTIL, String(Date.now() + seconds * 1000));
      const shelf = await window.caches.open(store(list));
      const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
      await shelf.addAll(files);
      await shelf.put(PLACE + list, new Response(await answer.text(), { headers }));
      say(keep.dataset.done);
    } catch {
      await forget(list);
      say(keep.dataset.failed);
    }
    keep.disabled = false;
    await look();
  });
  drop.addEventListener("click", async () => {
    await forget(list);
    say(drop.dataset.done);
    await look();
  });
  look();
  window.setInterval(look, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
