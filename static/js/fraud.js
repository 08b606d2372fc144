"use strict";
// Keys of the queue and of a case, sliders of a rule. Every key presses a button or goes to a control that is on the page anyway; walking the
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

  // Why the movements are held, or go again: Ctrl and Enter in the field send it.
  const hold = () => {
    tickHere();
    $("[data-triage] [name=why], [data-holds] [name=why]")?.focus();
  };

  const keys = {
    c: clear,
    h: hold,
    r: () => $("[data-held] button")?.focus(),
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
  // A form with a button for each step: Ctrl and Enter in a reason (in the one that is typed, Enter alone) take the step
  // of that reason; from elsewhere nothing is sent.
  const meant = { reason: "clear", why: "hold" };
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-triage], [data-holds]");
    const sends = event.ctrlKey || event.metaKey || event.target.name === "why";
    if (!form || event.key !== "Enter" || !sends) return;
    event.preventDefault();
    event.stopPropagation();
    if ("holds" in form.dataset) $("button", form).click();
    else if (event.target.name in meant) $(`button[value=${meant[event.target.name]}]`, form).click();
  }, true);

  // A slider and its number say the same; the number is what is sent.
  document.addEventListener("input", ({ target }) => {
    const number = target.dataset?.twin && document.getElementById(target.dataset.twin);
    if (number) number.value = target.value;
    const slider = target.type === "number" && $(`[data-twin="${target.id}"]`);
    if (slider) slider.value = target.value;
  });

  // The queue is fetched again while one works in it: what is ticked and chosen, and where one stands, stays.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.id !== "results") return;
    const at = target.contains(document.activeElement) ? document.activeElement : null;
    kept = {
      ticks: ticked().map((box) => box.value),
      typed: $$("select[name], input[name=why]", target).map((field) => [field.name, field.value]),
      row: at && here()?.id,
      control: at && (at.name ? `[name="${at.name}"][value="${CSS.escape(at.value)}"], select[name="${at.name}"], input[name="${at.name}"]:not([type=checkbox])` : "a"),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const results = kept && $("#results");
    if (!results) return;
    kept.ticks.forEach((value) => {
      const box = $(`input[name=case][value="${value}"]`, results);
      if (box) box.checked = true;
    });
    kept.typed.forEach(([name, value]) => {
      const field = $(`[name=${name}]`, results);
      if (field && value) field.value = value;
    });
    if (kept.control) $(kept.control, (kept.row && document.getElementById(kept.row)) || results)?.focus();
    kept = null;
  });
})();
