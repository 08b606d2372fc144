// The account that pays is no choice for who is paid. Without this script the form says so after it was sent.
"use strict";
(() => {
  const source = document.querySelector("select[name=source]");
  const targets = document.querySelectorAll("input[type=radio][name=to]");
  if (!source || !targets.length) return;
  const fit = () => {
    for (const radio of targets) {
      const same = radio.value === source.value;
      (radio.closest("label") || radio).parentElement.hidden = same;
      radio.disabled = same;
      if (same) radio.checked = false;
    }
  };
  source.addEventListener("change", fit);
  fit();
})();
