/* Two minutes before nobody's doing ends the session: asks, and one key stays. Without it the sign-in page says why. */
(() => {
  "use strict";
  const box = document.getElementById("idle");
  if (!box || !box.showModal) return;
  const url = box.dataset.session;
  const WARN = 120;
  let ends = 0;
  let timer;
  const left = () => Math.max(0, Math.round((ends - Date.now()) / 1000));
  const say = () => {
    const seconds = left();
    const minutes = Math.ceil(seconds / 60);
    const text = seconds > 60 ? `${minutes} minutes` : `${seconds} second${seconds === 1 ? "" : "s"}`;
    box.querySelectorAll("[data-left]").forEach((part) => { part.textContent = text; });
  };
  const leave = () => location.assign(location.pathname + location.search);
  const plan = (answer) => {
    ends = Date.now() + answer.seconds * 1000;
    box.querySelector("[data-can-stay]").hidden = !answer.can_stay;
    box.querySelector("[data-must-go]").hidden = answer.can_stay;
    clearTimeout(timer);
    if (answer.seconds > WARN) {
      if (box.open) box.close();
      timer = setTimeout(ask, Math.min((answer.seconds - WARN) * 1000, 600000));
    } else {
      if (!box.open) box.showModal();
      tick();
    }
  };
  /* Every ten seconds the server is asked */
  const tick = () => {
    say();
    clearTimeout(timer);
    if (left() === 0) { timer = setTimeout(ask, 1000); return; }
    timer = setTimeout(left() % 10 === 0 ? ask : tick, 1000);
  };
  const send = async (options) => {
    try {
      const answer = await fetch(url, { credentials: "same-origin", redirect: "manual", ...options });
      if (!answer.ok) { leave(); return; }
      const told = await answer.json();
      if (told.seconds <= 0) leave(); else plan(told);
    } catch {
      clearTimeout(timer);
      timer = setTimeout(ask, 10000); /* no connection */
    }
  };
  const ask = () => send({ headers: { "X-Unattended": "1", Accept: "application/json" } });
  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send({ method: "POST", headers: { Accept: "application/json" }, body: new FormData(event.target) }).then(() => {
      event.target.querySelectorAll("button").forEach((button) => { button.disabled = false; });
    });
  });
  box.addEventListener("cancel", (event) => { event.preventDefault(); box.querySelector("form").requestSubmit(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  ask();
})();
