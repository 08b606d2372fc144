"use strict";
// Keys of the queue and of a case. Every key presses a button or goes to a control that is on the page anyway; walking the
// rows (j, k) and ticking them (x) is every list's own (portal.js).
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const here = () => $$("[data-row]").find((row) => row.contains(document.activeElement));
  const ticked = () => $$("[data-triage] input[type=checkbox]:checked");

  // A step without a tick is about the row one stands on.
  const tickHere = () => {
    const box = here() && !ticked().length && $("input[type=checkbox]", here());
    if (box) box.checked = true;
  };
  const press = (key) => {
    tickHere();
    $(`[data-key="${key}"]`)?.click();
  };

  // On a case: no fraud, with the first reason that fits unless a fitting one is chosen already.
  const clear = () => {
    const choice = $("[data-case] input[name=outcome][value=cleared]");
    if (!choice) {
      tickHere();
      $("[data-triage] select[name=reason]")?.focus();
      return;
    }
    const reason = $("[data-case] select[name=reason]");
    const fitting = reason.form.dataset.cleared.split(" ");
    choice.checked = true;
    if (!fitting.includes(reason.value)) reason.value = fitting[0];
    reason.focus();
  };

  const keys = {
    c: clear,
    h: () => $("[data-held] button")?.focus(),
    a: () => press("a"),
    e: () => press("e"),
    s: () => press("s"),
  };
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  let going = 0; // after g a letter goes to a page
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea") || $("dialog[open]")) return;
    if (event.key === "g") { going = Date.now(); return; }
    const act = Date.now() - going < 1500 ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  // The queue's form has a button for each step: sent from the reasons it clears, from elsewhere nothing is sent.
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-triage]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.target.name === "reason") $("[value=clear]", form).click();
  }, true);

  // The queue is fetched again while one works in it: what is ticked and chosen, and where one stands, stays.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.id !== "results") return;
    const at = target.contains(document.activeElement) ? document.activeElement : null;
    kept = {
      ticks: ticked().map((box) => box.value),
      reason: $("select[name=reason]", target)?.value,
      row: at && here()?.id,
      control: at && (at.name ? `[name="${at.name}"][value="${at.value}"], select[name="${at.name}"]` : "a"),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const results = kept && $("#results");
    if (!results) return;
    kept.ticks.forEach((value) => {
      const box = $(`input[name=case][value="${value}"]`, results);
      if (box) box.checked = true;
    });
    const reason = $("select[name=reason]", results);
    if (reason && kept.reason) reason.value = kept.reason;
    if (kept.control) $(kept.control, (kept.row && document.getElementById(kept.row)) || results)?.focus();
    kept = null;
  });
})();
