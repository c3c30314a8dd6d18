// The editor of SPARQL: YASQE over the field of the form, its answer fetched into the page.
"use strict";

const editorWords = document.currentScript.dataset; // in the language of the page

const form = document.getElementById("ask");
const field = document.getElementById("query");
const answer = document.getElementById("answer");
const stop = document.getElementById("stop");
const run = form.querySelector("button[type=submit]");
const prefixes = new Map([...document.querySelectorAll(".prefixes dt")].map((term) => [
  term.textContent, term.nextElementSibling.textContent,
]));
const LONGEST = 8000; // characters of a query up to which it is a part of an address

const VOCABULARY = `SELECT ?kind ?term ?label (MAX(?count) AS ?n) {
  GRAPH graph:dataset {
    { ?part void:class ?term ; void:entities ?count BIND ("class" AS ?kind) }
    UNION { ?part void:property ?term ; void:triples ?count BIND ("property" AS ?kind) }
  }
  OPTIONAL { ?term rdfs:label ?label FILTER (LANG(?label) = "en") }
} GROUP BY ?kind ?term ?label ORDER BY DESC(?n)`;
const labels = new Map(); // of the names that were offered
let vocabulary; // asked of the description of the dataset when a word is completed first

function readVocabulary() {
  vocabulary ??= fetch(`/sparql?${new URLSearchParams({ query: VOCABULARY, format: "json" })}`)
    .then((reply) => reply.json())
    .then(({ results }) => results.bindings.map(({ kind, term, label }) => ({
      kind: kind.value, name: shortenIri(term.value), label: label?.value ?? "",
    })))
    .catch(() => []);
  return vocabulary;
}

/** Find things by a part of a name, as the search does. */
async function findThings(text) {
  const reply = await fetch(`/search?${new URLSearchParams({ q: text, format: "json" })}`);
  const { matches } = reply.ok ? await reply.json() : { matches: [] };
  return matches.map(({ id, label }) => ({ kind: "thing", name: shortenIri(id), label }));
}

function readPrefixes() {
  return Object.fromEntries([...prefixes].map(([prefix, start]) => [prefix.slice(0, -1), start]));
}

function shortenIri(iri) {
  for (const [prefix, start] of prefixes)
    if (iri.startsWith(start) && /^[\w-]+$/.test(iri.slice(start.length))) return prefix + iri.slice(start.length);
  return `<${iri}>`;
}

const isWord = (token) => !/^[?$"'#{}]/.test(token.string) && token.string.trim() !== "";
const isPredicate = (token) => token.state.possibleCurrent.includes("a");

function makeCompleter(kind, isThere) {
  return {
    name: `our-${kind}`,
    bulk: false,
    autoShow: true,
    isValidCompletionPosition: (yasqe) => {
      const token = yasqe.getCompleteToken();
      return isWord(token) && token.string.length > 1 && isThere(yasqe, token);
    },
    get: async (yasqe, token) => {
      const text = token.string.trim().toLowerCase().replace(/^<|>$/g, "");
      const known = (await readVocabulary()).filter((word) => word.kind === kind);
      const fits = (word) => word.name.toLowerCase().includes(text) || word.label.toLowerCase().includes(text);
      const own = known.filter(fits).slice(0, 30);
      const isTyped = kind === "property" || isType(yasqe, yasqe.getCompleteToken());
      const things = isTyped ? [] : await findThings(text.replace(/^id:/, "").replaceAll("_", " "));
      for (const { name, label } of [...things, ...own]) labels.set(name, label);
      return [...things, ...own].map((word) => word.name);
    },
    postprocessHints: (yasqe, hints) => hints.map((hint) => ({ ...hint, render: drawCompletion })),
  };
}

function drawCompletion(item, list, hint) {
  item.textContent = hint.text;
  const gloss = document.createElement("span");
  gloss.className = "gloss";
  gloss.textContent = ` ${labels.get(hint.text) ?? ""}`;
  item.append(gloss);
}

/** Whether a word is after `a`, where classes alone fit. */
function isType(yasqe, token) {
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  return before.string === "a" || before.string === "rdf:type";
}

const Yasqe = window.Yasqe;
for (const name of ["prefixes", "property", "class"]) delete Yasqe.Autocompleters[name]; // these ask elsewhere
Yasqe.defaults.autocompleters = ["variables"];
Yasqe.registerAutocompleter(makeCompleter("property", (yasqe, token) => isPredicate(token)));
Yasqe.registerAutocompleter(makeCompleter("class", (yasqe, token) => isType(yasqe, token) || !isPredicate(token)));

field.hidden = true;
field.required = false;
const editor = new Yasqe(field.parentElement, {
  value: "",
  persistenceId: null,
  consumeShareLink: null,
  createShareableLink: null,
  showQueryButton: false,
  resizeable: false,
  editorHeight: "auto",
  lineWrapping: true,
  viewportMargin: Infinity,
  extraKeys: {
    "Ctrl-Enter": () => form.requestSubmit(run),
    "Cmd-Enter": () => form.requestSubmit(run),
    "Ctrl-S": false,
    Tab: false,
    "Shift-Tab": false,
  },
});
field.after(editor.rootEl);
const mode = editor.getDoc().getMode();
const start = mode.startState;
mode.startState = (...given) => ({ ...start(...given), prefixes: readPrefixes() }); // the server declares them
editor.setValue(field.value);
editor.clearHistory();
editor.getInputField().setAttribute("aria-label", editorWords.query);
document.querySelector("label[for=query]").addEventListener("click", () => editor.focus());
document.querySelector(".keys").hidden = false;
editor.on("change", () => { field.value = editor.getValue(); });
markError();

/** Mark in the editor where the error of the answer is. */
function markError() {
  for (const old of editor.getDoc().getAllMarks()) if (old.className === "at-fault") old.clear();
  editor.eachLine((line) => editor.removeLineClass(line, "wrap", "fault-line"));
  const fault = answer.querySelector("[data-line]");
  if (!fault) return;
  const line = Number(fault.dataset.line) - 1;
  const column = [...editor.getLine(line) ?? ""].slice(0, Number(fault.dataset.column) - 1).join("").length;
  const end = Math.max(column + 1, editor.getTokenAt({ line, ch: column + 1 }).end);
  const from = column < (editor.getLine(line) ?? "").length ? column : Math.max(0, column - 1);
  editor.getDoc().markText({ line, ch: from }, { line, ch: end }, { className: "at-fault" });
  editor.addLineClass(line, "wrap", "fault-line");
}

let asking;
form.addEventListener("submit", async (event) => {
  const data = new FormData(form);
  if (data.get("format") !== "html") return; // a file, as without this script
  event.preventDefault();
  data.delete("format");
  const query = new URLSearchParams(data);
  const isLong = data.get("query").length > LONGEST;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  setBusy(true);
  try {
    const address = isLong ? "/sparql" : `/sparql?${query}`;
    const reply = await fetch(address, {
      signal, headers: { Accept: "text/html" }, ...(isLong && { method: "POST", body: query }),
    });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!isLong && address !== location.pathname + location.search) history.pushState(null, "", address);
    showAnswer(page);
  } catch (error) {
    if (!signal.aborted) showMessage(`${editorWords.noAnswer} ${error.message}`);
    else if (asking.signal === signal) showMessage(editorWords.stopped);
  }
  if (asking?.signal === signal) setBusy(false);
});
stop.addEventListener("click", () => asking?.abort());
addEventListener("popstate", () => location.reload());

function setBusy(is) {
  stop.hidden = !is;
  answer.setAttribute("aria-busy", String(is));
  run.textContent = is ? editorWords.running : editorWords.run;
}

/** Put the answer of a page in the place of the one before. */
function showAnswer(page) {
  const given = page.getElementById("answer");
  if (given) answer.replaceChildren(...given.childNodes);
  else showMessage(page.querySelector("main .detail")?.textContent ?? editorWords.empty);
  document.querySelector(".struck")?.remove();
  document.getElementById("main").prepend(...page.querySelectorAll(".struck"));
  document.title = page.title;
  markError();
  showAddress();
}

function showMessage(words) {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = words;
  answer.replaceChildren(message);
}

/** Give the address of the answer to the button that copies it. */
function showAddress() {
  const link = document.getElementById("share");
  if (link) link.textContent = location.href;
  window.offerCopies(answer);
}
showAddress();
