// Passkeys: a form with data-passkey asks the browser, puts its answer into the field "answer" and goes its way. A button
// with data-passkey-beside does the same for whoever stands beside: it fetches what to ask from the address it names.
(() => {
  "use strict";
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const make = (options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = known(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  };
  const prove = (options) => {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = known(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const written = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    if (made.response.getTransports) response.transports = made.response.getTransports();
    return JSON.stringify({
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      clientExtensionResults: made.getClientExtensionResults(),
      authenticatorAttachment: made.authenticatorAttachment,
    });
  };

  const tell = (words) => {
    const place = document.querySelector("[data-passkey-problem]");
    place.textContent = words;
    place.hidden = false;
    place.setAttribute("role", "alert");
  };
  const why = (error) =>
    ({
      InvalidStateError: "This device has a passkey for you already.",
      NotAllowedError: "Nothing was used: it was cancelled, or it took too long. Try again, or choose another way.",
      SecurityError: "Passkeys work on the site's own address only, over https.",
    })[error.name] || "The passkey did not work here. Try again, or choose another way.";

  // Whether the answer stands in the form now; if not, the person has been told why.
  const answered = async (form, ask) => {
    if (!window.PublicKeyCredential) {
      tell("This browser knows no passkeys, or this page was not opened over https. Choose another way.");
      return false;
    }
    try {
      form.elements.answer.value = written(await ask());
      return true;
    } catch (error) {
      tell(why(error));
      return false;
    }
  };

  const own = document.querySelector("form[data-passkey]");
  let isAnswered = false;
  own?.addEventListener(
    "submit",
    async (event) => {
      if (isAnswered || event.submitter?.name) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const options = JSON.parse(own.dataset.options);
      isAnswered = await answered(own, () => (own.dataset.passkey === "create" ? make(options) : prove(options)));
      if (isAnswered) own.requestSubmit();
    },
    true,
  );

  const asked = async (button) => {
    const headers = { "X-CSRFToken": button.form.elements.csrfmiddlewaretoken.value };
    const answer = await fetch(button.dataset.passkeyBeside, { method: "POST", headers });
    return prove(await answer.json());
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-passkey-beside]");
    if (!button) return;
    event.preventDefault();
    if (await answered(button.form, () => asked(button))) button.form.requestSubmit(button);
  });
})();
