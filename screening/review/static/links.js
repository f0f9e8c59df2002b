"use strict";
/* The keys of the page with two mentions: x, n, u answer, z or Backspace takes the last answer back. Each is also a button.
   They can be switched off, for who speaks to the computer or types with a stick (WCAG 2.1.4); that choice stays in this browser. */
(() => {
  const KEPT = "koppelingen-toetsen-uit";
  const toggle = document.getElementById("toetsen");
  let isOn = window.localStorage.getItem(KEPT) !== "ja";
  const tell = () => {
    toggle.setAttribute("aria-pressed", String(isOn));
    toggle.textContent = isOn ? toggle.dataset.on : toggle.dataset.off;
    document.documentElement.setAttribute("data-keys", isOn ? "on" : "off");
  };
  if (toggle) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      isOn = !isOn;
      window.localStorage.setItem(KEPT, isOn ? "nee" : "ja");
      tell();
    });
    tell();
  }
  let isSent = false;
  document.addEventListener("keydown", (event) => {
    if (!isOn || isSent || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const button = [...document.querySelectorAll("button[data-key]")].find((one) => one.dataset.key.split(" ").includes(key));
    if (!button) return;
    event.preventDefault();
    isSent = true;
    button.click();
  });
})();
