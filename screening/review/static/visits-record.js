"use strict";
/* What was found at a stop, kept on the phone while there is no line. Encrypted in the browser's own store under a key
   that no script can take out; sent when there is a line; erased then, at signing out (the server's Clear-Site-Data), and
   after 72 hours, with a warning before. Without this script the form is a form. */
(() => {
  const KEPT_HOURS = 72, SOON_HOURS = 12, HOUR = 3600000, TOLD = "bezoeken-wachten", LOST = "bezoeken-gewist";
  const texts = document.getElementById("v-texts");
  if (!texts) return;
  const boxes = [...document.querySelectorAll("[data-v-visit]")];
  const formOf = (visit) => boxes.find((box) => box.dataset.vVisit === visit)?.closest("form");
  const isAway = document.body.classList.contains("v-away");

  /* What is inside cannot be recorded by who was not let in. */
  const follow = (form) => {
    const situation = form.elements.situatie.value;
    for (const field of form.querySelectorAll("[data-v-inside]"))
      field.disabled = situation !== "" && situation !== "toegang_verleend";
  };
  for (const box of boxes) {
    const form = box.closest("form");
    form.addEventListener("change", () => follow(form));
    follow(form);
  }

  const canKeep = "indexedDB" in window && window.crypto && window.crypto.subtle;
  const say = (visit, state, until) => {
    const place = document.querySelector(`[data-v-state="${visit}"]`);
    if (!place) return;
    const when = until ? new Date(until).toLocaleString(document.documentElement.lang, {
      weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
    }) : "";
    place.textContent = (texts.dataset[state] || "").replace("{until}", when);
    place.dataset.vIs = state;
    place.hidden = false;
    if (state === "conflict" || state === "refused") {
      const form = formOf(visit), link = document.createElement("a");
      link.href = form ? form.getAttribute("action") : "/bezoeken";
      link.textContent = texts.dataset.look;
      place.append(" ", link);
    }
  };
  if (!canKeep) {
    for (const box of boxes) if (isAway) say(box.dataset.vVisit, "none");
    return;
  }

  /* the store */
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const use = async (name, mode, act) => {
    const opening = window.indexedDB.open("bezoeken", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("keys");
      opening.result.createObjectStore("waiting", { keyPath: "visit" });
    };
    const database = await asked(opening);
    try {
      return await asked(act(database.transaction(name, mode).objectStore(name)));
    } finally {
      database.close();
    }
  };
  const key = async () => {
    const kept = await use("keys", "readonly", (keys) => keys.get("key"));
    if (kept) return kept;
    const made = await window.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await use("keys", "readwrite", (keys) => keys.put(made, "key"));
    return made;
  };
  const sealing = (visit, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(visit) });
  const keep = async (visit, list, fields) => {
    const iv = window.crypto.getRandomValues(new Uint8Array(12)), saved = Date.now();
    const content = new TextEncoder().encode(JSON.stringify({ owner: texts.dataset.vOwner, fields }));
    const data = await window.crypto.subtle.encrypt(sealing(visit, iv), await key(), content);
    const record = { visit, list, iv, data, saved, until: saved + KEPT_HOURS * HOUR, state: "waiting" };
    await use("waiting", "readwrite", (waiting) => waiting.put(record));
    return record;
  };
  const read = async (record) => JSON.parse(new TextDecoder().decode(
    await window.crypto.subtle.decrypt(sealing(record.visit, record.iv), await key(), record.data),
  ));
  const erase = (visit) => use("waiting", "readwrite", (waiting) => waiting.delete(visit));
  const mark = (record, state) => use("waiting", "readwrite", (waiting) => waiting.put({ ...record, state }));
  /* What waits, after what is over its time went. A clock that was put back gives no more hours. */
  const all = async () => {
    const records = await use("waiting", "readonly", (waiting) => waiting.getAll()), now = Date.now();
    const over = records.filter((record) => now < record.saved || now >= record.until);
    for (const record of over) await erase(record.visit);
    if (over.length) {
      const lost = JSON.parse(window.localStorage.getItem(LOST) || "[]");
      window.localStorage.setItem(LOST, JSON.stringify([...lost, ...over.map((record) => record.visit)]));
    }
    const left = records.filter((record) => !over.includes(record));
    if (left.length) window.localStorage.setItem(TOLD, String(left.length));
    else {
      window.localStorage.removeItem(TOLD);
      await use("keys", "readwrite", (keys) => keys.delete("key"));
    }
    return left;
  };

  /* the page */
  const fill = (form, fields) => {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden") continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else field.value = values[0] || "";
    }
    follow(form);
  };
  const show = async () => {
    const records = await all();
    for (const record of records) {
      const isSoon = record.state === "waiting" && record.until - Date.now() < SOON_HOURS * HOUR;
      say(record.visit, isSoon ? "soon" : record.state, record.until);
    }
    for (const visit of JSON.parse(window.localStorage.getItem(LOST) || "[]"))
      if (!records.some((record) => record.visit === visit)) say(visit, "lost");
    const unsent = document.getElementById("v-unsent");
    if (unsent) {
      unsent.hidden = !records.length;
      const until = Math.min(...records.map((record) => record.until));
      const when = records.length ? new Date(until).toLocaleString(document.documentElement.lang, {
        weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit",
      }) : "";
      document.getElementById("v-unsent-text").textContent =
        texts.dataset.unsent.replace("{count}", String(records.length)).replace("{until}", when);
      const links = records.filter((record) => record.state !== "waiting").map((record) => {
        const line = document.createElement("li"), link = document.createElement("a");
        link.href = `/bezoeken/${record.list}/halte/${record.visit}`;
        link.textContent = texts.dataset.look;
        line.append(link);
        return line;
      });
      document.getElementById("v-unsent-list").replaceChildren(...links);
    }
    document.documentElement.setAttribute("data-unsent", String(records.length));
    return records;
  };

  /* sending */
  let isSending = false;
  const session = async () => {
    const answer = await window.fetch("/bezoeken", { cache: "no-store", redirect: "manual" });
    if (!answer.ok) return {};
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return {
      token: page.querySelector('meta[name="csrf-token"]')?.content,
      owner: page.getElementById("v-texts")?.dataset.vOwner,
    };
  };
  const sendOne = async (record, now) => {
    const { owner, fields } = await read(record);
    if (owner !== now.owner) return say(record.visit, "other");
    const body = new URLSearchParams([...fields, ["csrf_token", now.token]]);
    const answer = await window.fetch(`/bezoeken/${record.list}/halte/${record.visit}/telefoon`, {
      method: "POST", body, redirect: "error",
    });
    if (answer.status === 204) {
      await erase(record.visit);
      return say(record.visit, "sent");
    }
    if (answer.status === 403) return say(record.visit, "signedOut", record.until);
    if (answer.status === 409) return mark(record, "conflict");
    if (answer.status === 404 || answer.status === 422) return mark(record, "refused");
    return undefined;
  };
  const send = async () => {
    if (isSending || !navigator.onLine) return;
    isSending = true;
    try {
      const waiting = (await all()).filter((record) => record.state === "waiting");
      if (!waiting.length) return;
      const now = await session();
      for (const record of waiting) {
        if (now.token && now.owner) await sendOne(record, now);
        else say(record.visit, "signedOut", record.until);
      }
      const told = waiting.map((record) => document.querySelector(`[data-v-state="${record.visit}"]`)?.dataset.vIs);
      if (!told.includes("signedOut") && !told.includes("other")) await show();
    } catch {
      /* the line went: the next time */
    } finally {
      isSending = false;
    }
  };

  const record = async (form, box) => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
    const isFound = fields.some(([name, value]) => value && !["situatie", "notitie", "dag", "vervangt"].includes(name));
    if (form.elements.situatie.value === "toegang_verleend" && !isFound) return say(box.dataset.vVisit, "needFinding");
    const kept = await keep(box.dataset.vVisit, box.dataset.vOf, fields);
    const lost = JSON.parse(window.localStorage.getItem(LOST) || "[]").filter((visit) => visit !== kept.visit);
    window.localStorage.setItem(LOST, JSON.stringify(lost));
    const details = form.closest("details");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    }
    await show();
    return send();
  };
  for (const box of boxes) {
    const form = box.closest("form");
    form.addEventListener("submit", (event) => {
      if (!isAway && navigator.onLine) {
        window.sessionStorage.setItem("bezoek-verstuurd", box.dataset.vVisit);
        return;
      }
      event.preventDefault();
      record(form, box);
    });
  }

  const begin = async () => {
    /* the form of a stop was taken when its list comes after it */
    const sent = window.sessionStorage.getItem("bezoek-verstuurd");
    window.sessionStorage.removeItem("bezoek-verstuurd");
    if (sent && !boxes.length) await erase(sent);
    const records = await show();
    for (const kept of records) {
      const form = formOf(kept.visit);
      if (!form) continue;
      const { owner, fields } = await read(kept);
      if (owner !== texts.dataset.vOwner) continue;
      /* after a faulty form the fields are the newer ones */
      if (!document.querySelector("[aria-invalid], .bs-errors")) fill(form, fields);
      const told = document.getElementById("v-from-phone");
      if (told) {
        told.hidden = false;
        document.getElementById("v-drop").addEventListener("click", async () => {
          await erase(kept.visit);
          window.location.reload();
        });
      }
    }
    document.documentElement.setAttribute("data-record", "yes");
    await send();
  };
  begin();
  window.addEventListener("online", send);
  window.setInterval(() => { show().then(send); }, 30000);
})();
