// <relative-time words="today at {}|yesterday at {}"><time datetime="…">12 March 2019</time></relative-time>
// Kept parts carry absolute dates; this says the near ones as one says them.

class RelativeTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const moment = new Date(time?.dateTime ?? "");
    if (Number.isNaN(moment.getTime())) return;
    const words = (this.getAttribute("words") ?? "").split("|")[daysAgo(moment)];
    if (words) time.textContent = words.replace("{}", clock(moment));
  }
}

const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);

const daysAgo = (moment) => Math.round((midnight(new Date()) - midnight(moment)) / 86_400_000);

const clock = (moment) =>
  moment.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

customElements.define("relative-time", RelativeTime);
