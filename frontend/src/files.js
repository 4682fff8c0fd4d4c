// Files on a record: dropped anywhere on the tab, chosen or pasted; sent one after the other, each with its bar.
import { $, $$, make, on, page, ready, token, word } from "./dom.js";

ready((root) => {
  for (const plain of $$("[data-put] [data-plain]", root)) plain.hidden = true;
});

function send(form, file, bar) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name || word("pasted"));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Idempotency-Key", bar.dataset.key);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) $("progress", bar).value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* a page */ }
      done(request.status < 300 ? null : { text: said.error || word("failed"), again: request.status >= 500 || request.status < 100 });
    });
    request.addEventListener("error", () => done({ text: word("offline"), again: true }));
    request.send(body);
  });
}

// A sending that failed on the way is tried again under the same name, so it never makes a second file.
async function one(form, file, bar) {
  const most = Number(form.closest("[data-files]").dataset.most);
  const wrong = file.size > most ? { text: word("toolarge", { n: Math.round(most / 1048576) }) } : await send(form, file, bar);
  $("progress", bar)?.remove();
  if (!wrong) return bar.remove();
  bar.classList.add("red");
  $("span", bar).textContent = `${file.name}: ${wrong.text}`;
  if (!wrong.again) return;
  const again = make("button", { type: "button", class: "btn btn-xs" }, word("retry"));
  again.addEventListener("click", async () => {
    again.remove();
    bar.classList.remove("red");
    bar.append(make("progress", { max: 1, value: 0, "aria-label": file.name }));
    await one(form, file, bar);
    refresh();
  });
  bar.append(again);
}

async function take(form, files) {
  const bars = [...files].map((file) => {
    const bar = make("div", { class: "sending row-x", "data-key": crypto.getRandomValues(new Uint32Array(4)).join("-") },
      make("span", { class: "grow cut" }, file.name || word("pasted")), make("progress", { max: 1, value: 0, "aria-label": file.name || word("pasted") }));
    $("[data-sending]", form).append(bar);
    return [file, bar];
  });
  for (const [file, bar] of bars) await one(form, file, bar);
  form.reset();
  refresh();
}

async function refresh() {
  const here = $("[data-files]");
  const news = here && (await page(location.href).catch(() => null))?.document;
  if (!news) return;
  const tabs = $(".rtabs", news);
  if (tabs) $(".rtabs")?.replaceWith(tabs);
  for (const list of $$(".filelist, .blankline", here)) list.remove();
  const fresh = $("[data-files] .filelist, [data-files] .blankline", news);
  if (fresh) here.append(fresh);
}

on("change", "[data-put] input[type=file]", (event, input) => take(input.form, input.files));
for (const type of ["dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const form = $("[data-put]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    $(".drop", form).classList.toggle("over", type === "dragover");
    if (type === "drop") take(form, event.dataTransfer.files);
  });
}
document.addEventListener("paste", (event) => {
  const form = $("[data-put]");
  const files = event.clipboardData?.files;
  if (form && files?.length) take(form, files);
});
