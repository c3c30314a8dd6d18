// The review without a mouse: a letter presses its button, arrows select words of the sentence, and keystrokes are counted.
"use strict";

const sentence = document.getElementById("sentence");
const letters = document.getElementById("letters");
const count = () => Number(sessionStorage.getItem("keys") ?? 0);

if (letters) {
  letters.checked = sessionStorage.getItem("letters") !== "off";
  letters.addEventListener("change", () => sessionStorage.setItem("letters", letters.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (!event.repeat && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) sessionStorage.setItem("keys", count() + 1);
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea");
  const isOff = letters && !letters.checked && event.key !== "Escape";
  const own = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!own || isOff || (isTyping && event.key !== "Escape")) return;
  event.preventDefault();
  own.click();
});

document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[name=keys]")) field.value = Number(field.defaultValue) + count();
  sessionStorage.setItem("keys", 0);
});

/** The selected words of the sentence and their offset in code points, null for none. */
function selectedWords() {
  const selection = getSelection();
  if (!sentence || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!sentence.contains(range.startContainer) || !sentence.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(sentence, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const words = range.toString();
  const begin = words.length - words.trimStart().length;
  return words.trim() && { words: words.trim(), start: [...before.toString()].length + begin };
}

document.addEventListener("selectionchange", () => {
  const own = selectedWords();
  const shown = document.getElementById("selected");
  if (shown) shown.textContent = own ? `“${own.words}”` : "";
  for (const link of document.querySelectorAll("a[data-words]")) {
    const address = new URL(link.href);
    for (const name of ["words", "start"]) own ? address.searchParams.set(name, own[name]) : address.searchParams.delete(name);
    link.href = address.href;
  }
});

sentence?.addEventListener("keydown", (event) => {
  const side = { ArrowLeft: "left", ArrowRight: "right" }[event.key];
  if (!side) return;
  event.preventDefault();
  const selection = getSelection();
  if (!selection.rangeCount || !sentence.contains(selection.anchorNode)) selection.collapse(sentence, 0);
  const isForward = (side === "right") === (getComputedStyle(sentence).direction === "ltr");
  if (!event.shiftKey && !selection.isCollapsed) isForward ? selection.collapseToEnd() : selection.collapseToStart();
  if (!event.shiftKey && !isForward) selection.modify("move", "backward", "word");
  selection.modify("extend", isForward || !event.shiftKey ? "forward" : "backward", "word");
});
