"use strict";
/* What a phone keeps of visits until there is a line: encrypted in the browser's own store under a key that no script can
   take out. On every page and in the guard of a kept list: what is over its 72 hours goes wherever its owner comes first. */
self.visitStore = (() => {
  const HOUR = 3600000, KEPT_HOURS = 72, SOON_HOURS = 12, TOLD_DAYS = 30, WAITS = "bezoeken-wachten";
  const isPage = "document" in self;
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const use = async (name, mode, act) => {
    const opening = self.indexedDB.open("bezoeken", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("keys");
      opening.result.createObjectStore("waiting", { keyPath: "visit" });
    };
    const database = await asked(opening);
    try {
      const transaction = database.transaction(name, mode);
      /* kept is what was written: of a full phone that is told at the end */
      const written = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return (await Promise.all([asked(act(transaction.objectStore(name))), written]))[0];
    } finally {
      database.close();
    }
  };
  const put = (record) => use("waiting", "readwrite", (waiting) => waiting.put(record));
  const erase = (visit) => use("waiting", "readwrite", (waiting) => waiting.delete(visit));
  const key = async () => {
    const kept = await use("keys", "readonly", (keys) => keys.get("key"));
    if (kept) return kept;
    const fresh = await self.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await use("keys", "readwrite", (keys) => keys.put(fresh, "key"));
    return fresh;
  };
  const sealing = (visit, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(visit) });
  /* Nobody throws the key away between its making and the first record under it. */
  const alone = (act) => (self.navigator.locks ? self.navigator.locks.request("bezoeken", act) : act());
  /* `visit`: of a note the visit, of a photo the visit with a name of its own behind a slash. It fails where there is no
     room: then what is on the page is all that there is. */
  const keep = (visit, list, content) => alone(async () => {
    if (isPage) self.navigator.storage?.persist?.().catch(() => { /* the browser may clear it when it needs room */ });
    const iv = self.crypto.getRandomValues(new Uint8Array(12)), saved = Date.now();
    const plain = new TextEncoder().encode(JSON.stringify(content));
    const data = await self.crypto.subtle.encrypt(sealing(visit, iv), await key(), plain);
    const record = { visit, list, iv, data, saved, until: saved + KEPT_HOURS * HOUR, state: "waiting" };
    await put(record);
  });
  const read = async (record) => JSON.parse(new TextDecoder().decode(
    await self.crypto.subtle.decrypt(sealing(record.visit, record.iv), await key(), record.data),
  ));
  const mark = (record, state) => put({ ...record, state });
  const isSoon = (record) => record.state !== "lost" && record.until - Date.now() < SOON_HOURS * HOUR;
  /* What waits, and of what is over its time that it was lost. A clock that was put back gives no more hours. */
  const all = () => alone(async () => {
    const now = Date.now(), records = [];
    for (const record of await use("waiting", "readonly", (waiting) => waiting.getAll())) {
      const isOver = now < record.saved || now >= record.until;
      if (isOver && record.state === "lost") await erase(record.visit);
      else if (isOver) {
        const { visit, list } = record;
        const lost = { visit, list, saved: now, until: now + TOLD_DAYS * 24 * HOUR, state: "lost" };
        await put(lost);
        records.push(lost);
      } else records.push(record);
    }
    const left = records.filter((record) => record.state !== "lost").length;
    if (!left) await use("keys", "readwrite", (keys) => keys.delete("key"));
    if (isPage && left) self.localStorage.setItem(WAITS, String(left));
    else if (isPage) self.localStorage.removeItem(WAITS);
    return records;
  });

  const look = async () => {
    /* a browser in which nobody kept anything gets no store */
    if (isPage && !self.localStorage.getItem(WAITS)) return;
    const records = await all(), soon = isPage && document.getElementById("v-soon");
    if (soon) soon.hidden = !records.some(isSoon);
    if (isPage) document.documentElement.setAttribute("data-visits", "looked");
  };
  const tryToLook = () => look().catch(() => { /* no store, so nothing is kept in it */ });
  tryToLook();
  if (isPage) self.setInterval(tryToLook, 60000);
  return { all, erase, isSoon, keep, mark, read };
})();
