// Small helpers that every part uses.
import htmx from "htmx.org/dist/htmx.esm.js";

import { $, $$, icon, make, word } from "./plain.js";
export { $, $$, icon, make, word };

export function avatar(person, css = "") {
  const square = person.square ? " sq" : "";
  return make("span", { class: `av c${Number(person.colour) || 0}${square} ${css}`, "data-t": person.text || "", "aria-hidden": "true" });
}

// Runs now and for every piece of content that comes later.
const seekers = [];
export function ready(seek) {
  seekers.push(seek);
  if (started) seek(document.body);
}
let started = false;
function start() {
  if (started) return;
  started = true;
  for (const seek of seekers) seek(document.body);
  document.documentElement.dataset.ready = "yes"; // a browser test waits for this
}
queueMicrotask(start);
document.addEventListener("htmx:after:process", (event) => {
  if (started && event.target !== document.body) for (const seek of seekers) seek(event.target);
});

// Content made by a script becomes part of the page: links and forms in it are boosted like all others.
export function adopt(element) {
  htmx.process(element);
}

export function on(type, selector, listen, options) {
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) listen(event, found);
  }, options);
}

export const token = () => document.body.dataset.csrf;

// The session ended: the sign-in page leads back here.
function signedOut(response) {
  if (response.status !== 401) return false;
  location.reload();
  return true;
}

export async function getJson(url, signal) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal });
  if (signedOut(response)) return new Promise(() => {});
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status, body: await response.json().catch(() => ({})) });
  return response.json();
}

export async function postJson(url, data = {}, options = {}) {
  const body = data instanceof FormData ? data : new FormData();
  if (!(data instanceof FormData)) for (const [name, value] of Object.entries(data)) body.append(name, value);
  body.set("csrf_token", token());
  const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
  if (signedOut(response)) return new Promise(() => {});
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
  return response.status === 204 ? {} : response.json().catch(() => ({}));
}

export async function page(url, options = {}) {
  const response = await fetch(url, { headers: { Accept: "text/html" }, ...options });
  const text = await response.text();
  return { url: response.url, text, ok: response.ok, document: new DOMParser().parseFromString(text, "text/html") };
}

// A part of another page, ready to be put into this one; null when that page has none.
export async function part(url, selector, options) {
  const answer = await page(url, options);
  const found = answer.document.querySelector(selector);
  return found ? document.adoptNode(found) : null;
}

export function withQuery(url, values) {
  const whole = new URL(url, location.href);
  if (values instanceof FormData) for (const [name, value] of values) whole.searchParams.append(name, value);
  else for (const [name, value] of Object.entries(values)) whole.searchParams.set(name, value);
  return whole.pathname + whole.search;
}

export const typing = (element) =>
  !!element?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

let counter = 0;
export const freshId = (start) => `${start}-${++counter}`;

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const mod = (event) => (isMac ? event.metaKey : event.ctrlKey);
ready((root) => {
  if (isMac) for (const key of $$("[data-mod]", root)) key.textContent = key.textContent.replace("Ctrl", "⌘");
  // Parts that only work with a script are hidden until there is one.
  for (const part of $$("[data-eye], [data-calendar], [data-copy], [data-up], [data-down], [data-grip], [data-side], [data-narrow]", root)) part.hidden = false;
  for (const here of $$("[data-here]", root)) here.value = location.pathname + location.search;
});
