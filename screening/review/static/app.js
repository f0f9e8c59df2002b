"use strict";
/* What makes the pages quicker. Nothing here is needed: every form and link works without it. */
(() => {
  const token = document.querySelector('meta[name="csrf-token"]');
  document.addEventListener("htmx:config:request", (event) => {
    if (token) event.detail.ctx.request.headers["X-CSRF-Token"] = token.content;
  });
  /* After an error or a change the words that tell of it get the focus, so that a screen reader reads them. */
  const told = document.querySelector("main [role=alert][tabindex], main .bs-flash"); /* the first of them: to stop comes before all */
  if (told && told.hasAttribute("tabindex")) told.focus();
  /* What a phone has not sent yet goes at signing out: the page of visits says so first. */
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/afmelden" || event.target.id === "v-sign-out") return;
    let waits = null;
    try { waits = window.localStorage.getItem("bezoeken-wachten"); } catch { /* no store, so nothing waits in it */ }
    if (!waits || !document.querySelector('a[href="/bezoeken"]')) return;
    event.preventDefault();
    window.location.assign("/bezoeken?afmelden=ja");
  });
  /* One click sends a form once. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("pageshow", (event) => {
    /* Back from the memory of the browser: the person may have signed out meanwhile. */
    if (event.persisted) window.location.reload();
  });
  /* A session that nobody uses ends. Two minutes before, somebody who is reading or writing can keep it (WCAG 2.2.1). */
  const idle = document.getElementById("idle");
  if (idle && token) {
    const [soon, over] = [...idle.querySelectorAll("[data-said]")], button = idle.querySelector("button");
    const lasts = Number(idle.dataset.seconds) * 1000;
    let timer = 0;
    const wait = () => {
      window.clearTimeout(timer);
      idle.hidden = true;
      timer = window.setTimeout(() => { idle.hidden = false; }, Math.max(lasts - 120000, lasts / 2));
    };
    const end = () => { soon.hidden = button.hidden = true; over.hidden = false; };
    button.addEventListener("click", () => {
      const body = new URLSearchParams({ csrf_token: token.content });
      fetch("/nog-hier", { method: "POST", body, redirect: "error" }).then((answer) => (answer.ok ? wait() : end()), end);
    });
    document.addEventListener("htmx:after:request", (event) => {
      const answer = event.detail.ctx.response; /* one that was refused keeps no session */
      if (answer && answer.status < 300 && !(answer.raw && answer.raw.redirected)) wait();
    });
    wait();
  }
  document.documentElement.setAttribute("data-ready", "yes");
})();
