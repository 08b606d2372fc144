/* The teller screen by keyboard alone: each step is a plain form or link as well. */
(() => {
  "use strict";
  const doc = document;
  const $ = (selector, within = doc) => within.querySelector(selector);
  const $$ = (selector, within = doc) => [...within.querySelectorAll(selector)];
  const byId = (id) => doc.getElementById(id);
  const on = (name, handler, capture = false) => doc.addEventListener(name, handler, capture);
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };

  /* Amounts */
  const toMinor = (text, digits) => {
    const match = /^(\d[\d, ]*)(?:\.(\d*))?$/.exec(text.trim());
    if (!match || (match[2] || "").length > digits) return null;
    return BigInt(match[1].replace(/[, ]/g, "") + (match[2] || "").padEnd(digits, "0"));
  };
  const sayMinor = (minor, digits) => {
    const text = String(minor).padStart(digits + 1, "0");
    const whole = (digits ? text.slice(0, -digits) : text).replace(/\B(?=(\d{3})+$)/g, ",");
    return digits ? `${whole}.${text.slice(-digits)}` : whole;
  };
  const digitsOf = (form) => Number(form.dataset.digits);
  const amountOf = (form) => toMinor(form.elements.amount.value, digitsOf(form));
  const pieces = (form) => $$("[data-minor]", form);
  const counted = (form) => pieces(form).reduce(
    (sum, field) => sum + BigInt(field.dataset.minor) * (/^\d+$/.test(field.value) ? BigInt(field.value) : 0n), 0n);

  /* The button says what it will do */
  const sayWhat = (form) => {
    const amount = amountOf(form);
    const account = form.elements.account.value;
    const what = amount ? ` ${sayMinor(amount, digitsOf(form))}` : "";
    byId("post").textContent = `${form.dataset.sayBefore}${what} ${form.dataset.sayAfter} …${account.slice(-4)}`;
    const loan = form.dataset.verb === "repayment" && $(`[data-loan="${account}"]`);
    const over = loan && amount ? amount - BigInt(loan.dataset.settles) : 0n;
    byId("over").hidden = over <= 0n;
    $("[data-over]", form).textContent = over > 0n ? sayMinor(over, digitsOf(form)) : "";
  };

  /* Notes to pay with */
  const suggest = (form, amount) => {
    if (!("paying" in form.dataset) || counted(form)) return;
    let rest = amount;
    pieces(form).forEach((field) => {
      const value = BigInt(field.dataset.minor);
      field.value = rest >= value ? String(rest / value) : "";
      rest %= value;
    });
    pieces(form)[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /* Enter goes on */
  const finish = (form) => (form.elements.identity && !form.elements.identity.checked ? form.elements.identity : byId("post")).focus();
  const go = (field) => {
    field.focus();
    field.select?.();
  };
  const afterAmount = (form) => {
    if (!form.elements.amount.value.trim()) {
      byId("post-visit")?.focus(); /* nothing more to put to the visit */
      return true;
    }
    const amount = amountOf(form);
    if (!amount) return false;
    suggest(form, amount);
    const first = pieces(form)[0];
    if (first && counted(form) !== amount && store.get("notes") !== "off") go(first); else finish(form);
    return true;
  };
  const afterPiece = (form, field) => {
    const all = pieces(form);
    const next = all[all.indexOf(field) + 1];
    if (next && counted(form) !== amountOf(form)) go(next); else finish(form);
    return true;
  };
  const options = () => $$("#results [role=option]");
  const chosen = () => $("#results [aria-selected=true]");
  const pick = (option) => {
    byId("who").value = option.dataset.command;
    byId("command").requestSubmit();
  };
  /* Refused beyond a limit: Enter leads to the reason, and from there to the manager */
  const toReason = (form, field) => {
    const reason = $(".beyond [name=reason]", form);
    if (!reason || field.value !== field.defaultValue) return false;
    reason.focus();
    return true;
  };
  const enterBeyond = (field) => {
    const answers = { reason: "[name=do][value=ask]", code: "[name=do][value=spot]:not([data-passkey-beside])" };
    const button = answers[field.name] && field.value.trim() && $(answers[field.name], field.closest(".beyond"));
    if (button) button.click();
    return Boolean(button);
  };
  const enter = (field) => {
    const form = byId("serve");
    if (field.id === "who") {
      if (chosen()) pick(chosen()); else if (field.value.trim()) byId("command").requestSubmit();
      return true;
    }
    if (field.closest(".beyond")) return enterBeyond(field);
    if (byId("reverse")?.contains(field) && field.matches("input")) { $(".button-primary", byId("reverse")).focus(); return true; }
    if (!form?.contains(field)) return false;
    if (field.name === "to") { if (field.value.trim()) go(form.elements.amount); return true; }
    if (field.name === "amount") return toReason(form, field) || afterAmount(form);
    if ("minor" in field.dataset) return afterPiece(form, field);
    if (field.name === "account") { go(form.elements.amount); return true; }
    if (field.name === "memo") return afterAmount(form);
    if (field.name === "identity") { field.checked = true; finish(form); return true; }
    return false;
  };

  /* Keys wait for an answer */
  const FUNCTION_KEYS = ["F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10", "Escape"];
  const KEPT = ["Enter", "Backspace", ...FUNCTION_KEYS];
  let busy = null; /* the request on its way */
  let waiting = [];
  const type = (field, key) => {
    if (!field.matches("input:not([type=checkbox], [type=radio])")) return;
    if (key === "Backspace") field.value = field.value.slice(0, -1);
    else field.setRangeText(key, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const drain = () => {
    while (waiting.length && !busy && !curtain()?.open) {
      const key = waiting.shift();
      const field = doc.activeElement;
      if (key.startsWith("Alt+")) alternates[key.slice(4)]();
      else if (FUNCTION_KEYS.includes(key)) keys[key](field);
      else if (key !== "Enter") type(field, key);
      else if (!enter(field) && field.matches("button, a")) field.click();
    }
  };
  const alternate = (event) => (event.altKey && !event.ctrlKey && event.key.toLowerCase() in alternates ? event.key.toLowerCase() : "");
  const keep = (event) => {
    const other = alternate(event);
    if (!other && (event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && !KEPT.includes(event.key)))) return;
    event.preventDefault();
    event.stopPropagation();
    waiting.push(other ? `Alt+${other}` : event.key);
  };

  /* Paper */
  let wanted = false;
  const print = () => {
    const receipt = $("#paper .receipt") || $(".receipt");
    wanted = !receipt;
    if (!receipt) return;
    if (!receipt.closest("#paper")) receipt.remove(); /* a plain page has it in its text */
    if (receipt.dataset.print) window.htmx.ajax("POST", receipt.dataset.print, { target: "#paper", swap: "outerHTML" });
    else window.print();
  };
  const paperArrived = () => {
    const receipt = $("#paper .receipt");
    if (!receipt) return;
    if ("printing" in receipt.dataset) { delete receipt.dataset.printing; window.print(); }
    else if (wanted || store.get("autoprint") === "on") { wanted = false; print(); }
  };

  const refusedAt = (serving, form) => {
    const reason = $(".beyond [name=reason]", serving);
    const field = $("[aria-invalid=true]", serving) || reason || form?.elements.amount || $(".button-primary", serving);
    field?.focus();
  };
  const arrived = () => {
    const serving = byId("serving");
    const form = byId("serve");
    answered();
    if (!["idle", "serving", "done", "reversing"].includes(serving.dataset.state)) waiting = [];
    if (serving.dataset.state === "refused") refusedAt(serving, form);
    if (form) {
      const amount = amountOf(form);
      if ("ready" in serving.dataset && amount) suggest(form, amount);
      sayWhat(form);
    }
    if (doc.activeElement === byId("who")) byId("who").select(); /* the next one is typed over it */
    drain();
  };
  /* The list under the field: not asked for once Enter is pressed or the counter locked; an answer that leads away, because the
     lock was faster, leads nowhere: the field may be gone by then, so it listens itself */
  const stayHere = (event) => { if (event.detail.xhr.getResponseHeader("HX-Redirect")) event.preventDefault(); };
  on("htmx:configRequest", (event) => {
    if (event.detail.target?.id === "results" && (busy || curtain()?.open)) event.preventDefault();
  });
  on("htmx:beforeRequest", ({ detail }) => {
    if (detail.target?.id === "serving") busy = detail.xhr;
    else if (detail.target?.id === "results") detail.elt.addEventListener("htmx:beforeOnLoad", stayHere);
  });
  on("htmx:afterSettle", (event) => {
    const name = event.detail.target.id;
    if (name === "results") byId("who")?.setAttribute("aria-expanded", String(options().length > 0));
    else if (name === "paper") paperArrived();
    else if (busy && event.detail.xhr === busy) arrived(); /* told once for each part of the answer */
  });
  ["htmx:sendError", "htmx:sendAbort", "htmx:responseError", "htmx:timeout", "htmx:swapError", "htmx:onLoadError"].forEach((name) => on(name, (event) => {
    if (event.detail.xhr === busy) { waiting = []; answered(); }
  }));

  /* Lists */
  const step = (by) => {
    const all = options();
    if (!all.length) return false;
    const at = (all.indexOf(chosen()) + by + all.length + (chosen() || by > 0 ? 0 : 1)) % all.length;
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    byId("who").setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
    return true;
  };
  const stepChoice = (by) => {
    const all = $$("[data-choice]");
    const at = all.indexOf(doc.activeElement);
    if (at < 0) return false;
    all[(at + by + all.length) % all.length].focus();
    return true;
  };
  const clearList = () => {
    byId("results")?.replaceChildren();
    byId("who")?.setAttribute("aria-expanded", "false");
    byId("who")?.removeAttribute("aria-activedescendant");
  };
  const home = () => {
    clearList();
    const field = byId("who");
    if (field) go(field);
    return Boolean(field);
  };
  /* What each function key does */
  const letterOf = (key) => byId("command")?.dataset.legs.split(" ").map((pair) => pair.split(":")).find(([name]) => name === key)?.[1];
  /* Who is typed and not looked up yet: the key is the Enter behind it */
  const typedWho = (field, form) => {
    if (form && (doc.activeElement !== field || field.value === field.defaultValue)) return "";
    return chosen()?.dataset.command || field.value.trim();
  };
  const leg = (key) => {
    const letter = letterOf(key);
    const form = byId("serve");
    const field = byId("who");
    if (!letter || !field) return press(`[data-fkey=${key}]`);
    const typed = typedWho(field, form);
    if (typed.length > 1) {
      field.value = `${letter} ${typed.replace(/^(?:[a-z] |[a-z]+ (?=\d))/i, "")}`;
      byId("command").requestSubmit();
      return true;
    }
    if (form?.elements.visit) return press(`#serve [data-leg=${letter}]`);
    if (form?.dataset.letter === letter) return true;
    field.value = form ? `${letter} ${form.dataset.number} ${form.elements.amount.value}`.trim() : `${letter} `;
    if (form) byId("command").requestSubmit(); else field.focus();
    return true;
  };
  const press = (selector) => {
    const part = $(selector);
    part?.click();
    return Boolean(part);
  };

  /* Five places aside */
  const aside = (slot) => {
    const place = $(`[data-slot="${slot}"]`);
    const form = byId("serve");
    if (!place) return;
    if (place.matches("a")) { place.click(); return; }
    if (!form) return;
    const field = Object.assign(doc.createElement("input"), { type: "hidden", name: "slot", value: String(slot) });
    form.append(field);
    byId("park").click(); /* htmx sends its name */
  };

  /* Locked */
  const curtain = () => byId("lock");
  let owed = false;
  const bolt = async () => {
    const form = $("[data-lock]").form;
    owed = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.type !== "opaqueredirect") throw new Error("not locked");
    } catch {
      form.submit(); /* whatever was typed */
      return;
    }
    byId("unlock").disabled = false;
    byId("unlock").focus();
  };
  const answered = () => {
    busy = null;
    if (owed) bolt();
  };
  const lock = () => {
    if (!$("[data-lock]") || !curtain() || curtain().open) return;
    byId("unlock").disabled = true;
    curtain().showModal();
    if (busy) owed = true; else bolt();
  };
  const unlock = async (form) => {
    if (byId("unlock").disabled) return;
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
    } catch {
      answer = { ok: false };
    }
    form.elements.secret.value = "";
    $$("button", form).forEach((button) => { button.disabled = false; button.textContent = "Unlock"; });
    $("[data-lock-error]", form).hidden = answer.ok;
    if (!answer.ok) { form.elements.secret.focus(); return; }
    curtain().close();
    if (byId("serve")) byId("serve").elements.amount.focus(); else home();
    drain();
  };
  on("cancel", (event) => { if (event.target === curtain()) event.preventDefault(); }, true);
  on("submit", (event) => {
    if (!curtain()?.contains(event.target)) {
      if (event.target.contains($("[data-lock]"))) { event.preventDefault(); lock(); }
      return;
    }
    event.preventDefault();
    unlock(event.target);
  }, true);

  const alternates = {
    p: print,
    r: () => press("[data-reverse]"),
    n: () => press("[data-next]"),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((slot) => [String(slot), () => aside(slot)])),
  };
  const keys = {
    F2: home,
    ...Object.fromEntries(["F3", "F4", "F6", "F7", "F8", "F9", "F10"].map((key) => [key, () => leg(key)])),
    Escape: () => !$("dialog[open], details[data-menu][open]") && home(),
    ArrowDown: (field) => (field.id === "who" ? step(1) : stepChoice(1)),
    ArrowUp: (field) => (field.id === "who" ? step(-1) : stepChoice(-1)),
    Enter: enter,
  };
  const off = (event) => store.get("keys") === "off" && (event.altKey || event.ctrlKey || /^F\d+$/.test(event.key));
  on("keydown", (event) => {
    if (curtain()?.open || off(event)) return;
    if (event.ctrlKey && !event.altKey && event.key.toLowerCase() === "l") {
      event.preventDefault();
      lock();
      return;
    }
    if (busy) { keep(event); return; }
    const other = alternate(event);
    if (other) {
      event.preventDefault();
      alternates[other]();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !byId("serving")) return;
    if (keys[event.key]?.(event.target)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  on("input", (event) => {
    const form = event.target.closest("#serve");
    if (form) sayWhat(form);
    if (event.target.id === "who" && event.target.value.trim().length < 2) clearList();
  });
  on("click", (event) => {
    const option = event.target.closest("#results [role=option]");
    if (option) pick(option);
    if (event.target.closest("[data-reprint]")) print();
  });
  /* The list of keys was opened from nowhere */
  on("close", ({ target }) => {
    const nowhere = [null, doc.body].includes(doc.activeElement) || target.contains(doc.activeElement);
    if (target.id === "keys" && nowhere) home();
  }, true);
  on("change", (event) => {
    const cheque = $("#serve a[data-fkey=F8]");
    if (cheque && event.target.matches("#serve [name=account]")) cheque.search = new URLSearchParams({ account: event.target.value });
    if (event.target.matches("[data-auto-print]")) store.set("autoprint", event.target.checked ? "on" : "off");
    if (event.target.matches("[data-notes]")) store.set("notes", event.target.checked ? "on" : "off");
  });
  const start = () => {
    const box = $("[data-auto-print]");
    if (box) box.checked = store.get("autoprint") === "on";
    const notes = $("[data-notes]");
    if (notes) notes.checked = store.get("notes") !== "off";
    const form = byId("serve");
    if (form) sayWhat(form);
  };
  if (doc.readyState === "loading") on("DOMContentLoaded", start); else start();
})();
