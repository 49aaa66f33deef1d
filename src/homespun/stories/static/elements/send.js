/** Posts as a form would, with the page's token, and turns every failure into an Error whose message a person can read. */

export class Refused extends Error {
  constructor(status, body) {
    super(body.sentence ?? `${status}`);
    this.status = status;
    this.body = body;
  }
}

/** @returns {Promise<object>} what the server answers as JSON; `{}` for an empty answer */
export async function send(url, data = {}, { keepalive = false } = {}) {
  const form = data instanceof FormData ? data : new FormData();
  if (form !== data) for (const [name, value] of Object.entries(data)) form.append(name, value);
  const answer = await fetch(url, {
    method: "POST",
    body: form,
    keepalive,
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
  });
  const body = await read(answer);
  if (!answer.ok || answer.redirected) throw new Refused(answer.redirected ? 401 : answer.status, body);
  return body;
}

async function read(answer) {
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  return isJson ? answer.json() : {};
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** Tells the page how saving stands: `saving`, `saved` or `unsaved` (with why); also of an element that is no longer on it. */
export function tell(element, what, why = "") {
  (element.isConnected ? element : document).dispatchEvent(new CustomEvent(what, { bubbles: true, detail: { why } }));
}
