// Turns notifications on and off. Nothing is asked of the reader and no service worker is there before they want it.

import "./push-state.js";

const { notifications } = self;
if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  for (const control of document.querySelectorAll("[data-notify]")) offer(control);
}

function offer(control) {
  const part = name => control.querySelector(`.notify-${name}`);
  const [open, stop, dialog, form, fault] = ["open", "stop", "dialog", "form", "fault"].map(part);
  const { language, category } = control.dataset;

  open.addEventListener("click", () => {
    fault.textContent = Notification.permission === "denied" ? fault.dataset.blocked : "";
    dialog.showModal();
  });
  stop.addEventListener("click", async () => {
    stop.disabled = true;
    await notifications.turnOff(await navigator.serviceWorker.getRegistration("/"));
    stop.disabled = false;
    await look();
    open.focus();
  });
  part("cancel").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async event => {
    event.preventDefault();
    fault.textContent = "";
    part("on").disabled = true;
    try {
      await turnOn(new FormData(form));
      await look();
      dialog.close();
      stop.focus();
    } catch (error) {
      console.info(error.message);
      fault.textContent = Notification.permission === "denied" ? fault.dataset.blocked : fault.dataset.failed;
    }
    part("on").disabled = false;
  });
  // They may be turned off on a notification meanwhile.
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();

  async function turnOn(wanted) {
    // Asked first: browsers grant it for a short while after a click only.
    if (await Notification.requestPermission() !== "granted") throw new Error("not permitted");
    await navigator.serviceWorker.register("/sw.js");
    await notifications.turnOn(await navigator.serviceWorker.ready, {
      topics: [{ breaking: `language:${language},breaking`, all: `language:${language}`, category: `language:${language},category:${category}` }[wanted.get("what")]],
      language,
      quietHours: wanted.get("quiet") ? { from: wanted.get("from"), to: wanted.get("to"), zone: Intl.DateTimeFormat().resolvedOptions().timeZone } : null,
    });
  }

  async function look() {
    const on = Notification.permission === "granted" && await notifications.kept() !== undefined;
    open.hidden = on;
    stop.hidden = !on;
    control.hidden = false;
  }
}
