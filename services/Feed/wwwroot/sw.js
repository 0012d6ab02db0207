// Shows what is pushed. A push says what a story is by now: it replaces what is shown of it, or takes it away.

importScripts("/assets/push-state.js");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", event => event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", event => {
  event.notification.close();
  event.waitUntil(event.action === "stop" ? self.notifications.turnOff(self.registration) : openStory(event.notification.data.url));
});
self.addEventListener("pushsubscriptionchange", event => event.waitUntil(renew()));

async function show({ kind, tag, version, title, body, url, lang, breaking, at, read, stop }) {
  const shown = await self.registration.getNotifications({ tag });
  // What comes twice, or after something newer, says nothing new.
  if (version && shown.some(notification => notification.data.version >= version)) return;
  // Taken away without a word where no reason is given, and whoever does not see it any more is not told of it again.
  if (kind === "withdrawn" && !(body && shown.length)) return shown.forEach(notification => notification.close());
  const loud = kind === "published" || kind === "digest" || kind === "updated" && breaking;
  await self.registration.showNotification(title, {
    tag, body, lang, icon: "/assets/icon.png", badge: "/assets/badge.png", timestamp: at ? Date.parse(at) : Date.now(),
    renotify: loud, silent: !loud, requireInteraction: Boolean(breaking) && kind !== "withdrawn",
    actions: [{ action: "read", title: read }, { action: "stop", title: stop }],
    data: { url, version },
  });
}

async function openStory(url) {
  const address = new URL(url, self.location.origin).href;
  const open = (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).find(client => client.url === address);
  await (open ? open.focus() : self.clients.openWindow(address));
}

// The push service gave the browser another endpoint, or none any more.
async function renew() {
  const kept = await self.notifications.kept();
  if (kept) await self.notifications.turnOn(self.registration, kept.wishes);
}
