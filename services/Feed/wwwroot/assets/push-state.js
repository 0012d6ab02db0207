// A reader's notifications, for the pages and for their service worker: both run this file. What is kept is what the subscription was made with and the
// secret that ends it, in a cache of the browser's, since a service worker has no local storage.

self.notifications = {
  // What was asked for and by what it is kept; nothing when notifications are off.
  async kept() {
    return (await (await caches.open("notifications")).match("/notifications"))?.json();
  },

  // wishes: { topics, language, quietHours }
  async turnOn(registration, wishes) {
    const before = await this.kept();
    const { key } = await json(await fetch("/api/push/key"));
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    const { id, secret } = await json(await fetch("/api/subscriptions", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kind: "webPush", endpoint, keys, ...wishes }),
    }));
    await (await caches.open("notifications")).put("/notifications", new Response(JSON.stringify({ id, secret, wishes })));
    if (before && before.id !== id) await end(before);
  },

  async turnOff(registration) {
    const before = await this.kept();
    await caches.delete("notifications");
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    if (before) await end(before);
  },
};

async function json(answer) {
  if (answer.ok) return answer.json();
  throw new Error((await answer.json().catch(() => undefined))?.detail ?? `${answer.status}`);
}

// Where this fails, the next push finds that the browser is gone.
function end({ id, secret }) {
  return fetch(`/api/subscriptions/${id}`, { method: "DELETE", headers: { Authorization: `Bearer ${secret}` } }).catch(() => {});
}
