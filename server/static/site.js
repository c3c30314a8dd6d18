// Small islands: things and statements suggested while one types, a citation copied, a chip that opens its quote.
"use strict";

const siteWords = document.currentScript.dataset; // in the language of the page

function offerCopies(within) {
  for (const button of within.querySelectorAll("[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
offerCopies(document);

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  const plain = text.cloneNode(true);
  for (const link of plain.querySelectorAll("a")) link.textContent = link.href;
  try {
    await navigator.clipboard.writeText(plain.textContent.trim());
  } catch {
    const range = document.createRange();
    range.selectNodeContents(text);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
  button.textContent = siteWords.copied;
  button.setAttribute("aria-live", "polite");
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest(".line a.chip");
  const quote = chip && document.getElementById(chip.hash.slice(1));
  if (!quote || !quote.classList.contains("quote")) return;
  event.preventDefault();
  const line = chip.closest(".line");
  const pressed = chip.classList.contains("pressed");
  for (const other of line.querySelectorAll(".chip.pressed")) other.classList.remove("pressed");
  line.querySelector(":scope > .quotes")?.remove();
  if (pressed) return;
  chip.classList.add("pressed");
  const shown = document.createElement("div");
  shown.className = "quotes";
  shown.setAttribute("role", "status");
  const copy = quote.cloneNode(true);
  copy.removeAttribute("id");
  copy.querySelector(".chip")?.classList.add("pressed");
  shown.append(copy);
  line.append(shown);
});

/** The parameters of this page that go with the reader. */
function keptPairs() {
  return [...new URLSearchParams(location.search)].filter(([name]) => ["names", "without", "only"].includes(name));
}

const SUGGESTED = 12; // things, then statements, sources and questions

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", siteWords.suggestions);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]])
    input.setAttribute(name, value);
  let at = -1;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    at = (place + list.children.length) % list.children.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const show = (matches) => {
    list.replaceChildren(...matches.map((match, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.page = match.page;
      const label = document.createElement("bdi");
      label.textContent = match.label ?? match.words;
      const other = document.createElement("span");
      const isNamed = match.name === match.label;
      other.className = "other";
      other.lang = match.kind || isNamed ? "" : match.language;
      other.dir = "auto";
      other.textContent = match.kind ? match.source || match.kind : isNamed ? "" : match.name;
      item.append(label, other);
      item.addEventListener("mousedown", () => location.assign(match.page));
      return item;
    }));
    list.hidden = !matches.length;
    input.setAttribute("aria-expanded", String(Boolean(matches.length)));
    at = -1;
  };
  input.addEventListener("input", async () => {
    const mine = ++asked;
    const text = input.value.trim();
    if (!text) return close();
    const query = new URLSearchParams([["q", text], ["format", "json"], ...keptPairs()]);
    const reply = await fetch(`/search?${query}`);
    if (mine !== asked || !reply.ok) return;
    const { matches, passages } = await reply.json();
    const leading = passages.filter((passage) => passage.page);
    show([...matches, ...leading].slice(0, SUGGESTED));
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") choose(at + 1);
    else if (event.key === "ArrowUp") choose(at - 1);
    else if (event.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.page);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
}
