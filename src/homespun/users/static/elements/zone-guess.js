/* <zone-guess> around a select: chooses the time zone that the device is set to, unless something else was chosen already. */
class ZoneGuess extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const fresh = select && (select.value === "UTC" || !select.value);
    if (fresh && [...select.options].some((option) => option.value === zone)) select.value = zone;
  }
}

customElements.define("zone-guess", ZoneGuess);
