// One stream for a page that somebody looks at: calls whoever asked for it when the server says that something has changed. Where there
// can be none, it calls now and then by itself. A page in the background lets go of it, as a browser opens but six connections to a house.

const AGAIN = 60_000; // until a stream that was refused is tried once more
const POLL = 15_000; // between two looks without one

const heard = new Set();
let stream = null;
let polling = 0;
let again = 0;

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
  if (document.hidden) return;
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
    again = setTimeout(() => heard.size && open(), AGAIN);
  });
};

const close = () => {
  stream?.close();
  stream = null;
  clearInterval(polling);
  clearTimeout(again);
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
document.addEventListener("visibilitychange", () => {
  if (document.hidden) close();
  else if (heard.size) open();
});
