// Sends a file in pieces. After a broken line it asks how much has come and goes on from there, for as long as the page is open.

const PAUSES = [1, 2, 4, 8, 15, 30];

export class Refused extends Error {}

// begin: where places for files are given; csrf: the form's token; told(sent, waiting): called as it goes; signal: an AbortSignal.
export const send = async (file, { begin, csrf, fingerprint, told, signal }) => {
  const headers = { "X-CSRFToken": csrf };
  const words = new URLSearchParams({ name: file.name, size: file.size, fingerprint });
  const place = await patiently(() => ask(begin, { method: "POST", headers, body: words, signal }), told, 0, signal);
  const { address, piece } = await place.json();
  let offset = Number(place.headers.get("Upload-Offset"));
  while (offset < file.size) {
    told(offset, false);
    const from = offset;
    const put = () => ask(address, { method: "PATCH", headers: { ...headers, "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" }, body: file.slice(from, from + piece), signal });
    try {
      offset = Number((await put()).headers.get("Upload-Offset"));
    } catch (error) {
      if (error instanceof Refused || signal.aborted) throw error;
      offset = await patiently(() => whereItEnds(address, signal), told, from, signal);
    }
  }
  told(file.size, false);
  return address;
};

export const discard = (address, csrf) => fetch(address, { method: "DELETE", headers: { "X-CSRFToken": csrf } });

const whereItEnds = async (address, signal) => Number((await ask(address, { method: "HEAD", signal })).headers.get("Upload-Offset"));

// 409: the place was another one; 5xx and silence: the line broke. Anything else is said in words by the server.
const ask = async (address, options) => {
  const answer = await fetch(address, options);
  if (answer.ok) return answer;
  const words = answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : "";
  if (words && answer.status !== 409) throw new Refused(words);
  if (answer.status < 500 && answer.status !== 409) throw new Refused("");
  throw new Error(answer.status);
};

const patiently = async (attempt, told, sent, signal) => {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Refused || signal.aborted) throw error;
      told(sent, true);
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)], signal);
    }
  }
};

// Goes on as soon as the browser says that it is on line again.
const pause = (seconds, signal) =>
  new Promise((done) => {
    const over = () => {
      clearTimeout(clock);
      removeEventListener("online", over);
      signal.removeEventListener("abort", over);
      done();
    };
    const clock = setTimeout(over, seconds * 1000);
    addEventListener("online", over);
    signal.addEventListener("abort", over);
  });
