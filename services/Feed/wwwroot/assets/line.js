// Keeps a news line current: bulletins come over the stream, and what happened while nobody listened is read from the
// API on every connection. The markup of an item is the server's, in a template. Bulletins are text; none of it becomes markup.

import { NewsStream } from "./newsplatform-stream.js";

for (const list of document.querySelectorAll("ol[data-live]")) follow(list);

function follow(list) {
  const { language, category, zone } = list.dataset;
  const limit = Number(list.dataset.limit);
  const template = document.getElementById("item");
  const announcer = document.getElementById("just-in");
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric", hourCycle: "h23",
  });

  const known = new Map();      // id: the newest version heard of, of withdrawn stories too, so that nothing old comes back
  const streamed = new Set();   // ids that the stream has told of and the API may not have yet
  for (const item of list.children) known.set(item.dataset.id, Number(item.dataset.version));

  new NewsStream({
    topics: [`language:${language}${category ? `,category:${category}` : ""}`],
    onState: state => { if (state === "open") catchUp(); },
    onGap: catchUp,
    onBulletin: ({ kind, article }) => kind === "withdrawn" ? withdraw(article) : told(article),
  }).start();

  function told(article) {
    streamed.add(article.id);
    put(article);
  }

  async function catchUp() {
    const query = new URLSearchParams({ language, limit });
    if (category) query.set("category", category);
    const answer = await fetch(`/api/news?${query}`, { cache: "no-cache" }).catch(() => undefined);
    if (!answer?.ok) return;
    const { items, next } = await answer.json();
    const current = new Set(items.map(article => article.id));
    const oldest = items.at(-1);
    for (const item of [...list.children]) {
      const inRange = !next || !oldest || compare(item.dataset.at, item.dataset.id, oldest.publishedAt, oldest.id) >= 0;
      if (inRange && !current.has(item.dataset.id) && !streamed.has(item.dataset.id)) item.remove();
    }
    for (const article of items.toReversed()) put(article);
  }

  function put(article) {
    if (!(article.version > (known.get(article.id) ?? -1))) return;
    known.set(article.id, article.version);
    const old = find(article.id);
    if (article.language !== language || category && article.category !== category) {
      old?.remove();
      return;
    }
    const focused = old?.contains(document.activeElement);
    old?.remove();
    const item = render(article);
    const place = [...list.children].find(i => compare(i.dataset.at, i.dataset.id, article.publishedAt, article.id) < 0);
    if (!place && list.children.length >= limit) return;
    list.insertBefore(item, place ?? null);
    while (list.children.length > limit) list.lastElementChild.remove();
    document.querySelector(".nothing")?.remove();
    if (focused) item.querySelector(".headline a").focus();
    item.classList.add("new");
    item.addEventListener("animationend", () => item.classList.remove("new"), { once: true });
    announcer.textContent = `${announcer.dataset.word}: ${article.headline}`;
  }

  function withdraw({ id, version }) {
    if (version < (known.get(id) ?? -1)) return;
    known.set(id, version);
    streamed.delete(id);
    find(id)?.remove();
  }

  function find(id) {
    return [...list.children].find(item => item.dataset.id === id);
  }

  function render(article) {
    const item = template.content.firstElementChild.cloneNode(true);
    const part = selector => item.querySelector(selector);
    item.dataset.id = article.id;
    item.dataset.version = article.version;
    item.dataset.at = article.publishedAt;

    const local = Object.fromEntries(clock.formatToParts(new Date(article.publishedAt)).map(({ type, value }) => [type, value]));
    part("time").dateTime = article.publishedAt.replace(/\.\d+/, "");
    part("time b").textContent = `${local.hour}:${local.minute}`;
    part("time span").textContent = `${local.day}.${local.month}.${local.year}`;

    part(".headline a").href = article.url;
    part(".headline a").textContent = article.headline;
    if (!article.breaking) part(".breaking").remove();
    for (const badge of item.querySelectorAll(".badge")) {
      if (!article.media.badges.includes(badge.dataset.badge)) badge.remove();
    }

    const name = document.querySelector(`nav a[data-category="${CSS.escape(article.category)}"]`)?.textContent;
    part(".category").href = `/${article.language}/${article.category}`;
    part(".category").textContent = name ?? article.category;

    if (article.media.picture) part("img").src = article.media.picture.url ?? `/pictures/${article.category}/${article.id}.svg`;
    else part("img").remove();
    return item;
  }
}

// Newest first, and of one moment the greater id first, as the server orders. RFC 3339 in UTC sorts as text once the Z is off.
function compare(at, id, otherAt, otherId) {
  const [a, b] = [at.replace("Z", ""), otherAt.replace("Z", "")];
  if (a !== b) return a < b ? -1 : 1;
  return id < otherId ? -1 : id > otherId ? 1 : 0;
}
