"use strict";
// Keys of the queue and of a case. Every key presses a button or follows a link that is on the page anyway.
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));

  function move(step) {
    const all = rows();
    const next = all[Math.min(Math.max(here() + step, 0), all.length - 1)];
    next?.querySelector("a")?.focus();
  }

  function tick() {
    const box = rows()[here()]?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  }

  // A step without a tick is about the row one stands on.
  function press(key) {
    const row = rows()[here()];
    const ticked = document.querySelector("[data-triage] input:checked");
    if (row && !ticked) tick();
    document.querySelector(`[data-key="${key}"]`)?.click();
  }

  function clear() {
    const choice = document.querySelector("[data-case] input[name=outcome][value=cleared]");
    if (!choice) {
      const row = rows()[here()];
      if (row && !document.querySelector("[data-triage] input:checked")) tick();
      document.querySelector("[data-triage] select[name=reason]")?.focus();
      return;
    }
    choice.checked = true;
    document.querySelector("[data-case] select[name=reason]")?.focus();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: tick,
    c: clear,
    h: () => document.querySelector("[data-held] button")?.focus(),
    a: () => press("a"),
    e: () => press("e"),
    s: () => press("s"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
    if (document.documentElement.dataset.keys === "off") return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
