// One stream for a page: calls whoever asked for it when the server says that something has changed. Where there can be none, it asks
// now and then by itself.

const AGAIN = 60_000; // until a stream that was refused is tried once more
const POLL = 15_000; // between two looks without one

const heard = new Set();
let stream = null;
let polling = 0;

// Calls `changed` with the number of each change, the present one first, and with null where nobody can say. Returns how to stop.
export const listen = (changed) => {
  heard.add(changed);
  if (!stream) open();
  return () => {
    heard.delete(changed);
    if (!heard.size) close();
  };
};

const open = () => {
  close();
  if (!("EventSource" in window)) {
    poll();
    return;
  }
  stream = new EventSource("/live/");
  stream.addEventListener("changed", (event) => tell(Number(event.data)));
  stream.addEventListener("open", () => clearInterval(polling));
  stream.addEventListener("error", () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // it connects again by itself
    poll();
    setTimeout(() => heard.size && open(), AGAIN);
  });
};

const close = () => {
  stream?.close();
  stream = null;
  clearInterval(polling);
};

const poll = () => {
  clearInterval(polling);
  polling = setInterval(() => tell(null), POLL);
};

const tell = (version) => {
  for (const changed of heard) changed(version);
};

addEventListener("pagehide", close);
addEventListener("pageshow", (event) => event.persisted && heard.size && open());
