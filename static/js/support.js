/* The desk and chats: drafts kept, canned words put in, keys of the queue, what is being written, 304 when nothing is new. */
"use strict";
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const token = () => $("[name=csrfmiddlewaretoken]")?.value || "";
  const send = (url, fields) => fetch(url, {
    method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": token(), "X-Unattended": "1" },
  });

  /* A draft is kept a moment after the last key. */
  let waiting;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-draft]");
    if (!form || event.target.name !== "text") return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await send(form.dataset.draft, { text: event.target.value }).catch(() => null);
      const place = $("#draft");
      if (answer?.ok && place) place.textContent = "Draft kept";
    }, 1500);
  });

  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-insert]")?.dataset.insert;
    const field = words && $("#form textarea");
    if (!field) return;
    field.value = field.value ? `${field.value}\n${words}` : words;
    field.focus();
  });

  /* Chats: say that one writes, and how far one has read while the page is looked at. */
  const chat = $("[data-chat]");
  let told = 0;
  let seen = 0;
  const read = () => {
    const count = Number($("#lines")?.dataset.count || 0);
    if (document.hidden) {
      document.title = count > seen ? `(${count - seen}) ${document.title.replace(/^\(\d+\) /, "")}` : document.title;
      return;
    }
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (count > seen) { seen = count; send(chat.dataset.chat, { seen: String(count) }); }
  };
  if (chat) {
    chat.addEventListener("input", (event) => {
      if (event.target.name !== "text" || Date.now() - told < 3000) return;
      told = Date.now();
      send(chat.dataset.chat, { typing: "1" });
    });
    chat.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && event.target.name === "text" && !event.ctrlKey) {
        event.preventDefault();
        event.target.form.requestSubmit();
      }
    });
    /* Another state is another page, with other things to do; what somebody has typed stays. */
    const state = () => $("#lines")?.dataset.state;
    const shown = state();
    /* Whoever has just sent a form goes where its answer leads: what they did comes back by the stream before it. */
    let leaving = false;
    document.addEventListener("submit", (event) => { leaving ||= !event.defaultPrevented; });
    window.addEventListener("pageshow", () => { leaving = false; });
    const isOver = () => state() !== shown && (state() === "ended" || !$("#form"));
    document.addEventListener("htmx:afterSettle", (event) => {
      read();
      if (isOver() && !leaving && !$("#form textarea")?.value) location.reload();
      if (event.target.id === "form") window.htmx.trigger("#lines", "live");
    });
    document.addEventListener("visibilitychange", read);
    read();
  }
  /* What is shown says its mark; the same mark again is answered by 304, and nothing is swapped. */
  document.addEventListener("htmx:configRequest", ({ target, detail }) => {
    const mark = target.dataset?.mark;
    if (mark) detail.headers["If-None-Match"] = `"${mark}"`;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 304) detail.shouldSwap = false;
  });

  /* `::`, the beginning of a canned reply's name and Enter or Tab: its words stand there instead. */
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!["Enter", "Tab"].includes(event.key) || field.name !== "text" || event.ctrlKey || event.shiftKey) return;
    const before = field.value.slice(0, field.selectionStart);
    const called = before.match(/(?:^|\s)::([^:\n]+)$/)?.[1].toLowerCase();
    if (!called) return;
    const canned = [...document.querySelectorAll("[data-insert]")].find((part) => part.textContent.trim().toLowerCase().startsWith(called));
    if (!canned) return;
    event.preventDefault();
    event.stopPropagation();
    field.setRangeText(canned.dataset.insert, before.length - called.length - 2, before.length, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);

  /* One letter each: on the queue a, t, m and C for the chosen rows, on a ticket r and i; off with the other letters. */
  const queue = $("[data-queue]");
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]")) return;
    if (event.key === "g") { going = Date.now(); return; }
    if (Date.now() - going < 1500) return;
    const part = ["a", "t", "m", "C", "r", "i"].includes(event.key) && $(`main [data-key=${event.key}]`);
    if (!part) return;
    event.preventDefault();
    const box = queue && $("[name=ticket]", document.activeElement.closest("tr") || queue.ownerDocument.createElement("p"));
    if (box && !$("[name=ticket]:checked", queue)) box.checked = true;
    if (part.type === "submit") part.click(); else part.focus();
  });
  /* Boxes that were ticked stay ticked when the queue is fetched again. */
  let ticked = [];
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.id === "queue") ticked = [...target.querySelectorAll("[name=ticket]:checked")].map((box) => box.value);
  });
  document.addEventListener("htmx:afterSwap", () => ticked.forEach((value) => {
    const box = queue && $(`[name=ticket][value="${value}"]`, queue);
    if (box) box.checked = true;
  }));
})();
