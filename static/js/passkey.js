// Passkeys: a form with data-passkey asks the browser, puts its answer into the field "answer" and goes its way.
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const ask = async () => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (form.dataset.passkey === "create") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = known(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
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

  let isAnswered = false;
  form.addEventListener(
    "submit",
    async (event) => {
      if (isAnswered || event.submitter?.name) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!window.PublicKeyCredential) {
        tell("This browser knows no passkeys, or this page was not opened over https. Choose another way.");
        return;
      }
      try {
        form.elements.answer.value = written(await ask());
        isAnswered = true;
        form.requestSubmit();
      } catch (error) {
        tell(why(error));
      }
    },
    true,
  );
})();
