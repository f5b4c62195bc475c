// Passkeys: ask the server what to sign, let the browser sign it, put the answer into the form and send it.
const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function make(options) {
  const wish = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: withBytes(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey: wish });
  return { id: made.id, rawId: words(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(), response: { clientDataJSON: words(made.response.clientDataJSON), attestationObject: words(made.response.attestationObject) } };
}

async function prove(options) {
  const wish = { ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) };
  const proof = await navigator.credentials.get({ publicKey: wish });
  const { response } = proof;
  return { id: proof.id, rawId: words(proof.rawId), type: proof.type, clientExtensionResults: proof.getClientExtensionResults(), response: { clientDataJSON: words(response.clientDataJSON), authenticatorData: words(response.authenticatorData), signature: words(response.signature), userHandle: response.userHandle ? words(response.userHandle) : null } };
}

async function question(form) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.question, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()).publicKey;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const options = await question(form);
      const answer = form.dataset.passkey === "make" ? await make(options) : await prove(options);
      form.elements.answer.value = JSON.stringify(answer);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
