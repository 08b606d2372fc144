/* Reading books. A link or button says its own key with data-key, off with the other single-letter keys. A form with
   data-download is answered by a file: the page stays, so its button must not wait for another page. */
"use strict";
(() => {
  let going = 0; /* after "g" the next letter belongs to the menu */
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (event.key === "g") { going = Date.now(); return; }
    const part = Date.now() - going < 1500 ? null : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (part) { event.preventDefault(); part.click(); }
  });
  document.querySelectorAll("form[data-download]").forEach((form) => {
    form.addEventListener("submit", (event) => event.stopPropagation());
  });
})();
