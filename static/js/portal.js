/* Quayside: everything here only helps; each page works without it. */
(() => {
  "use strict";
  const doc = document;
  const root = doc.documentElement;
  const $ = (selector, within = doc) => within.querySelector(selector);
  const $$ = (selector, within = doc) => [...within.querySelectorAll(selector)];
  const on = (name, handler, target = doc) => target.addEventListener(name, handler);
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };
  root.classList.add("js");

  /* Theme */
  const showTheme = () => {
    const chosen = root.dataset.theme || "auto";
    $$("[data-themes] button").forEach((button) => button.setAttribute("aria-pressed", String(button.value === chosen)));
  };
  on("submit", (event) => {
    if (!event.target.matches("[data-themes]")) return;
    event.preventDefault();
    const theme = event.submitter.value;
    const secure = location.protocol === "https:" ? ";secure" : "";
    doc.cookie = `theme=${theme};path=/;samesite=lax;max-age=${theme === "auto" ? 0 : 31536000}${secure}`;
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    showTheme();
  });

  /* A part that is rarely opened brings its script when it is */
  doc.addEventListener("toggle", ({ target }) => {
    if (!target.dataset.script) return;
    doc.head.append(Object.assign(doc.createElement("script"), { src: target.dataset.script }));
    delete target.dataset.script;
  }, true);

  /* Double submit */
  const calm = (form, busy) => $$("button:not([type=button]), input[type=submit]", form).forEach((button) => {
    button.disabled = busy;
    if (busy && button === form.pressed && !button.saved) {
      button.saved = [...button.childNodes];
      button.replaceChildren(button.dataset.busy || "Posting…");
    } else if (!busy && button.saved) {
      button.replaceChildren(...button.saved);
      delete button.saved;
    }
  });
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-themes]")) return;
    form.pressed = event.submitter;
    setTimeout(() => calm(form, true)); /* once the button is read */
  });
  on("pageshow", (event) => event.persisted && $$("form").forEach((form) => calm(form, false)), window);

  /* A thin bar after 150 ms */
  const bar = doc.createElement("div");
  bar.id = "busy";
  let waiting = 0;
  let timer;
  const wait = (step) => {
    waiting = Math.max(0, waiting + step);
    clearTimeout(timer);
    if (waiting) timer = setTimeout(() => bar.classList.add("on"), 150);
    else bar.classList.remove("on");
  };

  /* htmx */
  const toast = (text) => {
    const line = doc.createElement("p");
    line.className = "toast-line toast-error";
    line.textContent = text;
    $("#toast")?.replaceChildren(line);
  };
  const focusOn = (part) => {
    const first = $(".error-summary", part) || $("[autofocus]", part) || (part.matches("main, form, dialog, #main, #form") &&
      ($("h1, h2", part) || $$("input, select, textarea", part).find((field) => !field.value && field.type !== "hidden")));
    if (!first) return;
    if (first.matches("h1, h2")) first.tabIndex = -1;
    first.focus();
  };
  const quiet = (part) => part.closest("[data-live], .job");
  /* Asked for by the page itself: keeps no session open */
  on("htmx:configRequest", ({ detail }) => {
    const cause = detail.triggeringEvent?.type;
    if (!cause || cause === "live" || cause === "load") detail.headers["X-Unattended"] = "1";
  });
  on("htmx:beforeRequest", ({ target, detail }) => {
    if (!quiet(target)) { detail.xhr.counted = true; wait(1); }
    const form = target.closest("form");
    if (!form || detail.requestConfig.verb !== "post") return;
    form.pressed = detail.requestConfig.triggeringEvent?.submitter;
    calm(form, true);
  });
  on("htmx:afterRequest", ({ target, detail }) => {
    if (detail.xhr.counted) wait(-1);
    const form = target.closest("form");
    if (form && !detail.xhr.getResponseHeader("HX-Redirect")) calm(form, false);
  });
  on("htmx:afterSwap", ({ detail }) => {
    const part = detail.target;
    const cause = detail.requestConfig?.triggeringEvent?.type;
    if (part.tagName === "DIALOG" && part.children.length && !part.open) part.showModal();
    if (cause === "submit" || cause === "click") focusOn(doc.getElementById(part.id) || part);
  });
  on("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const said = { 403: "You may not do this.", 404: "This is no longer here.", 429: "Too many tries. Wait a minute." };
    toast(said[status] || `We could not do this (${status}). Reload the page to see what is true now.`);
  });
  on("htmx:sendError", () => toast("No connection. What you typed is still here: try again when you are back on line."));

  /* Live parts */
  let stream;
  const channels = () => [...new Set($$("[data-live]").flatMap((part) => part.dataset.live.split(/[\s,]+/)))].sort().join(",");
  let subscribed = "";
  const subscribe = () => {
    const wanted = channels();
    if (wanted === subscribed) return;
    stream?.close();
    subscribed = wanted;
    if (!wanted || !window.EventSource) return;
    stream = new EventSource(`/events/?channels=${encodeURIComponent(wanted)}`);
    const heard = (event) => {
      let channel = "";
      try { channel = JSON.parse(event.data).channel || ""; } catch { /* no channel */ }
      $$("[data-live]").filter((part) => !channel || part.dataset.live.split(/[\s,]+/).includes(channel))
        .forEach((part) => window.htmx?.trigger(part, "live"));
    };
    stream.onmessage = heard;
  };

  /* Notes */
  const pieces = (field) => (/^\d{1,7}$/.test(field.value.trim()) ? BigInt(field.value.trim()) : 0n);
  const sayMinor = (minor, digits) => {
    const text = String(minor).padStart(digits + 1, "0");
    const whole = (digits ? text.slice(0, -digits) : text).replace(/\B(?=(\d{3})+$)/g, ",");
    return digits ? `${whole}.${text.slice(-digits)}` : whole;
  };
  on("input", (event) => {
    const sheet = event.target.closest("[data-count]");
    if (!sheet) return;
    const digits = Number(sheet.dataset.digits || 2);
    let total = 0n;
    $$("[data-minor]", sheet).forEach((field) => {
      const line = BigInt(field.dataset.minor) * pieces(field);
      const cell = $("[data-line]", field.closest("tr, li, div"));
      if (cell) cell.textContent = sayMinor(line, digits);
      total += line;
    });
    const sum = $("[data-total]", sheet);
    if (sum) sum.textContent = sayMinor(total, digits);
  });

  /* Small helps */
  const copy = (part) => navigator.clipboard?.writeText(part.dataset.copy).then(() => {
    const before = part.textContent;
    part.textContent = "Copied";
    setTimeout(() => { part.textContent = before; }, 900);
  });
  on("click", (event) => {
    const target = event.target;
    const part = target.closest("[data-copy], [data-open], [data-print]");
    if (part?.dataset.copy) copy(part);
    if (part?.dataset.open) doc.getElementById(part.dataset.open)?.showModal();
    if (part && "print" in part.dataset) window.print();
    $$("details[data-menu][open]").filter((menu) => !menu.contains(target)).forEach((menu) => { menu.open = false; });
    const link = target.closest(".error-summary a");
    if (link) {
      event.preventDefault();
      doc.getElementById(link.hash.slice(1))?.focus();
    }
  });

  /* Keys */
  const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const letters = () => {
    const seen = new Map();
    $$(".side a[href], .nav-list a[href]").forEach((link) => {
      const label = link.textContent.trim();
      if ([...seen.values()].some((other) => other.href === link.href)) return;
      const letter = [...label.toLowerCase()].find((sign) => /[a-z]/.test(sign) && !seen.has(sign));
      if (letter) seen.set(letter, link);
    });
    return seen;
  };
  const showKeys = () => {
    const list = $("[data-go-list]");
    if (!list) return;
    list.replaceChildren(...[...letters()].map(([letter, link]) => {
      const line = doc.createElement("div");
      const key = doc.createElement("dt");
      const name = doc.createElement("dd");
      ["g", letter].forEach((sign) => {
        const cap = doc.createElement("kbd");
        cap.textContent = sign;
        key.append(cap, " ");
      });
      name.textContent = link.textContent.trim();
      line.append(key, name);
      return line;
    }));
    const off = $("[data-keys-off]");
    off.checked = store.get("keys") === "off";
    $("#keys").showModal();
  };
  /* Find anything */
  const find = (event) => {
    const link = $("[data-palette]");
    if (!link || !window.htmx || $("dialog[open]")) return;
    event.preventDefault();
    window.htmx.ajax("GET", link.getAttribute("href"), { target: "#modal", swap: "innerHTML settle:0s" })
      .then(() => { const sheet = $("#modal"); if (!sheet.open) sheet.showModal(); $("input[type=search]", sheet)?.focus(); });
  };
  on("click", (event) => event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey && find(event));

  /* Lists by keys */
  const rows = () => $$("main tbody tr, main .rows > li").filter((row) => $("a[href], input[type=checkbox]", row));
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((one) => one.contains(doc.activeElement));
    const row = all[Math.min(Math.max(here + by, 0), all.length - 1)];
    ($("a[href]", row) || $("input[type=checkbox]", row)).focus();
  };
  const press = (what) => {
    const row = rows().find((one) => one.contains(doc.activeElement));
    if (row) $(what, row)?.click();
  };
  let going = 0;
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => press("input[type=checkbox]"),
    l: () => press("[data-look]"),
    "/": () => $("[data-search], [type=search]")?.focus(),
    "?": showKeys,
    g: () => { going = Date.now(); },
  };
  on("keydown", (event) => {
    const target = event.target;
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) { find(event); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = target.closest("form") || $("main form[method=post]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.key === "Escape") {
      const menu = $("details[data-menu][open]");
      if (menu) { menu.open = false; $("summary", menu).focus(); }
      else if (typing(target)) target.blur(); /* the first Esc leaves the field */
      else if (!$("dialog[open]")) $("[data-back]")?.click();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(target) || $("dialog[open]") || store.get("keys") === "off") return;
    if (Date.now() - going < 1500 && event.key !== "g") {
      going = 0;
      letters().get(event.key)?.click();
      return;
    }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  on("change", (event) => event.target.matches("[data-keys-off]") && store.set("keys", event.target.checked ? "off" : "on"));
  on("click", (event) => { if (event.target.closest("[data-open=keys]")) showKeys(); });

  const upgrade = () => {
    $$("[data-copy]:not([role])").forEach((part) => {
      part.setAttribute("role", "button");
      part.tabIndex = 0;
      part.setAttribute("aria-label", `Copy ${part.textContent}`);
    });
    subscribe();
  };
  on("keydown", (event) => { if (event.key === "Enter" && event.target.matches("[data-copy]")) copy(event.target); });
  on("htmx:afterSettle", upgrade);
  const start = () => {
    doc.body.append(bar);
    showTheme();
    upgrade();
    $("main .error-summary")?.focus();
  };
  if (doc.readyState === "loading") on("DOMContentLoaded", start); else start();
})();
