// The picture of the graph: a thing or a line that is pressed shows its sentences; filters draw anew.
"use strict";

const exploreWords = document.currentScript.dataset; // in the language of the page

const form = document.getElementById("filter");
const explored = document.getElementById("explored");
form.querySelector("button").hidden = true;

prepareLinks();

/** Make a picture that was put into the page one that answers. */
function prepareLinks() {
  const table = document.getElementById("statements");
  if (!table) return;
  table.open = !explored.querySelector(".canvas").checkVisibility(); // a telephone has the table alone
  for (const link of explored.querySelectorAll(".network a")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      chooseLink(link);
    });
    link.addEventListener("mouseenter", () => highlightLink(link));
    link.addEventListener("mouseleave", () => highlightLink(heldLink()));
    link.addEventListener("focus", () => highlightLink(link));
    link.addEventListener("blur", () => highlightLink(heldLink()));
    if (link.dataset.node) link.addEventListener("keydown", moveFocus);
  }
}

const heldLink = () => explored.querySelector(".network a:focus, .network a.chosen");
const endsOf = (element) => (element.dataset.ends ?? element.dataset.node).split(" ");

/** Light up a thing with what it is joined to, or a line with its ends; nothing without one. */
function highlightLink(link) {
  const picture = explored.querySelector("svg.network[role=group]");
  picture.classList.toggle("dimmed", Boolean(link));
  for (const element of picture.querySelectorAll(".lit")) element.classList.remove("lit");
  if (!link) return;
  const own = endsOf(link);
  const joined = new Set(own);
  for (const edge of picture.querySelectorAll("a.edge")) {
    const ends = endsOf(edge);
    if (link.dataset.node ? ends.includes(own[0]) : edge === link) {
      edge.classList.add("lit");
      ends.forEach((end) => joined.add(end));
    }
  }
  for (const node of picture.querySelectorAll("a.node")) node.classList.toggle("lit", joined.has(node.dataset.node));
}

/** Show the sentences of a thing or of a line below the picture. */
function chooseLink(link) {
  const panel = document.getElementById("told");
  const again = link.classList.contains("chosen");
  explored.querySelector(".network a.chosen")?.classList.remove("chosen");
  panel.hidden = again;
  if (again) return highlightLink(null);
  link.classList.add("chosen");
  if (link.dataset.node) takeTabStop(link);
  highlightLink(link);
  const own = endsOf(link);
  const rows = [...document.querySelectorAll("#statements tbody tr")].filter((row) => {
    const ends = endsOf(row);
    return link.dataset.node ? ends.includes(own[0]) : ends.join() === own.join();
  });
  const table = document.createElement("table");
  table.className = "rows";
  table.append(...rows.map((row) => row.cloneNode(true)));
  const head = document.createElement("p");
  head.className = "heading";
  const title = document.createElement("b");
  title.textContent = link.dataset.node ? link.querySelector("text").textContent : link.querySelector("title").textContent;
  head.append(title);
  if (link.dataset.node) {
    head.append(" ", makeAnchor(link.href.baseVal, exploreWords.page), " ", makeAnchor(`?${new URLSearchParams([...keptPairs(), ["around", link.dataset.around]])}`, exploreWords.surroundings));
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = exploreWords.close;
  close.addEventListener("click", () => { chooseLink(link); link.focus(); });
  head.append(" ", close);
  panel.replaceChildren(head, table);
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Make a thing the only one in the picture at which the tab key stops. */
function takeTabStop(node) {
  for (const other of explored.querySelectorAll("a.node")) other.setAttribute("tabindex", other === node ? "0" : "-1");
}

function makeAnchor(href, words) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = words;
  return link;
}

/** Go from thing to thing with the arrow keys: up and down in a column, across to the nearest. */
function moveFocus(event) {
  const nodes = [...explored.querySelectorAll("a.node")];
  const place = (node) => node.querySelector("rect").getBoundingClientRect();
  const here = place(event.currentTarget);
  const side = document.dir === "rtl" ? "right" : "left"; // where the things of a column are in line
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key] ?? [];
  if (event.key === "Escape" && !document.getElementById("told").hidden) {
    chooseLink(explored.querySelector(".network a.chosen"));
    return;
  }
  if (event.key === "Enter") { event.preventDefault(); chooseLink(event.currentTarget); return; }
  if (dx === undefined) return;
  event.preventDefault();
  const ahead = nodes.map((node) => [node, place(node)]).filter(([, to]) =>
    dx ? (to[side] - here[side]) * dx > 1 : Math.abs(to[side] - here[side]) < 1 && (to.top - here.top) * dy > 1);
  const far = ([, to]) => Math.abs(to[side] - here[side]) * 10 + Math.abs(to.top - here.top);
  const next = ahead.sort((one, other) => far(one) - far(other))[0]?.[0];
  if (!next) return;
  takeTabStop(next);
  next.focus();
}

form.addEventListener("change", async () => {
  const address = `/explore?${new URLSearchParams(new FormData(form))}`;
  const reply = await fetch(address, { headers: { Accept: "text/html" } });
  const given = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("explored");
  if (!given) return location.assign(address);
  history.replaceState(null, "", address);
  explored.replaceChildren(...given.childNodes);
  prepareLinks();
});
