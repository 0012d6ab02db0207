// Suggests while somebody types what they may look for, as a list that arrow keys walk (ARIA's combobox). Without it the form still searches.
// Suggestions are text; none of it becomes markup.

const pauseMilliseconds = 150;   // of typing, before anything is asked

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestions);
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) input.setAttribute(name, value);

  let timer, asked, at = -1;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked?.abort();
    timer = setTimeout(ask, pauseMilliseconds);
  });
  input.addEventListener("keydown", event => {
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" && !list.hidden) select(at + 1);
    else if (event.key === "ArrowUp" && !list.hidden) select(at - 1);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked?.abort();
    close();
  });
  // Before the field loses the focus, which closes the list.
  list.addEventListener("pointerdown", event => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option && event.button === 0) choose(option);
  });

  async function ask() {
    const q = input.value.trim();
    if (!q || q.length > 100) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`/api/news/suggestions?${new URLSearchParams({ q, language: input.dataset.suggest })}`, { signal: asked.signal });
      if (answer.ok) show((await answer.json()).suggestions);
      else close();
    } catch {
      // Asked anew meanwhile, or offline: nothing is suggested.
    }
  }

  function show(suggestions) {
    list.replaceChildren(...suggestions.map(({ text, kind, url }, number) => {
      const option = document.createElement("li");
      option.id = `suggestion-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.kind = kind;
      if (url) option.dataset.url = url;
      option.textContent = text;
      return option;
    }));
    at = -1;
    input.removeAttribute("aria-activedescendant");
    open(suggestions.length > 0);
  }

  function select(number) {
    const options = [...list.children];
    // Beyond either end is the field itself.
    at = number >= options.length || number < -1 ? (number < -1 ? options.length - 1 : -1) : number;
    options.forEach((option, other) => option.setAttribute("aria-selected", String(other === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", options[at].id);
  }

  function choose(option) {
    if (option.dataset.url) {
      location.assign(option.dataset.url);
      return;
    }
    input.value = option.textContent;
    close();
    input.form.requestSubmit();
  }

  function close() {
    at = -1;
    input.removeAttribute("aria-activedescendant");
    open(false);
  }

  function open(shown) {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
  }
}
