"use strict";
/* What was found at a stop, and its photos, kept on the phone while there is no line (visits-store.js); sent when there is
   one; erased then, at signing out (the server's Clear-Site-Data), and after 72 hours, with a warning before. Without this
   script the form is a form. */
(() => {
  const { all, erase, isSoon, keep, mark, read } = self.visitStore;
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
    if (!visit.includes("/") && (state === "conflict" || state === "refused")) {
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
  /* The photos of a stop that wait, each with a way to let it go. */
  const drawPhotos = (photos) => {
    for (const place of document.querySelectorAll("[data-v-photos]")) {
      const own = photos.filter((record) => record.visit.split("/")[0] === place.dataset.vPhotos);
      place.replaceChildren(...own.map((record, number) => {
        const line = document.createElement("li"), state = document.createElement("p"), drop = document.createElement("button");
        state.className = "v-state";
        state.dataset.vState = record.visit;
        state.setAttribute("role", "status");
        drop.type = "button";
        drop.className = "utrecht-button utrecht-button--secondary-action";
        drop.textContent = `${texts.dataset.dropPhoto} (${number + 1})`;
        drop.addEventListener("click", async () => {
          await erase(record.visit);
          await show();
        });
        line.append(state, drop);
        return line;
      }));
    }
  };
  const show = async () => {
    const kept = await all(), records = kept.filter((record) => record.state !== "lost");
    drawPhotos(kept.filter((record) => record.visit.includes("/")));
    for (const record of kept) say(record.visit, record.state === "waiting" && isSoon(record) ? "soon" : record.state, record.until);
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
        link.href = `/bezoeken/${record.list}/halte/${record.visit.split("/")[0]}`;
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
    const { owner, fields, photo } = await read(record);
    if (owner !== now.owner) return say(record.visit, "other");
    const body = photo ? new FormData() : new URLSearchParams();
    for (const [name, value] of [...fields, ["csrf_token", now.token]]) body.append(name, value);
    if (photo) body.append("foto", new Blob([Uint8Array.from(atob(photo), (sign) => sign.charCodeAt(0))]), "foto.jpg");
    const answer = await window.fetch(`/bezoeken/${record.list}/halte/${record.visit.split("/")[0]}/${photo ? "foto" : "telefoon"}`, {
      method: "POST", body, redirect: "error",
    });
    if (answer.status === 204) {
      await erase(record.visit);
      return say(photo ? `${record.visit.split("/")[0]}/sent` : record.visit, "sent");
    }
    if (answer.status === 403) return say(record.visit, "signedOut", record.until);
    /* of the inside, and not yet recorded that its maker was let in */
    if (answer.status === 409 && photo) return say(record.visit, "later", record.until);
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
      const states = waiting.map((record) => document.querySelector(`[data-v-state="${record.visit}"]`)?.dataset.vIs);
      if (!states.some((state) => ["signedOut", "other", "later"].includes(state))) await show();
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
    try {
      await keep(box.dataset.vVisit, box.dataset.vOf, { owner: texts.dataset.vOwner, fields });
    } catch {
      return say(box.dataset.vVisit, "full");
    }
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

  document.addEventListener("v-photo", () => show().then(send));

  const begin = async () => {
    /* the form of a stop was taken when the page after it says so */
    const sent = window.sessionStorage.getItem("bezoek-verstuurd");
    window.sessionStorage.removeItem("bezoek-verstuurd");
    if (sent && "recorded" in texts.dataset) await erase(sent);
    const records = await show();
    for (const kept of records) {
      const form = formOf(kept.visit);
      if (!form || kept.state === "lost") continue;
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
