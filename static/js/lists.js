/* Lists by keys: j and k go down and up the rows, Enter follows the row in focus, as for any link. Off with the other
   single-letter keys. */
"use strict";
(() => {
  let going = 0; /* after "g" the next letter belongs to the menu */
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const rows = () => [...document.querySelectorAll("[data-steps] > li a.row, [data-steps] tbody tr a[href]")]
    .filter((link, index, all) => !all.slice(0, index).some((other) => other.closest("li, tr") === link.closest("li, tr")));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (event.key === "g") { going = Date.now(); return; }
    if (!["j", "k"].includes(event.key) || Date.now() - going < 1500) return;
    const links = rows();
    if (!links.length) return;
    event.preventDefault();
    const here = links.indexOf(document.activeElement);
    const next = event.key === "j" ? here + 1 : Math.max(here - 1, 0);
    links[Math.min(next, links.length - 1)].focus();
  });
})();
