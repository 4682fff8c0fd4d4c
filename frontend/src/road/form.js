// Controls of the phone's forms from what the house says of them, and back to what a form sends.
import { $, $$, icon, make, word } from "../plain.js";

// The house judges what stands in a field; the phone only shows the keys for it.
const KEYS = { phone: "tel", email: "email", url: "url", number: "decimal", money: "decimal" };

// One field: {name, label, control, choices, required, max, unit, hint, when}
export function field(one, value = "") {
  const id = `f-${one.name}`;
  const when = one.when ? { "data-when": one.when[0], "data-is": one.when[1] } : {};
  if (one.control === "tick") {
    return make("div", { class: "field", ...when }, sent(one), make("label", { class: "tickline" }, make("input", { type: "checkbox", class: "ck", name: one.name, value: "1", checked: value === "1" || value === "True" }), one.label));
  }
  if (one.control === "choices") {
    const chosen = value.split(",");
    return make("div", { class: "field", ...when }, sent(one), make("fieldset", {}, make("legend", { class: "form-label" }, one.label, must(one)),
      make("div", { class: "ticks" }, one.choices.map(([code, label]) => make("label", { class: "tickchip" }, make("input", { type: "checkbox", class: "ck", name: one.name, value: code, checked: chosen.includes(code) }), label)))));
  }
  return make("div", { class: "field", ...when }, make("label", { class: "form-label", for: id }, one.label, one.unit ? ` (${one.unit})` : null, must(one)), control(one, id, value), make("p", { class: "hint" }, one.hint ?? ""));
}
const sent = (one) => make("input", { type: "hidden", name: `${one.name}__sent`, value: "1" });
const must = (one) => (one.required ? make("span", { class: "req", "aria-hidden": "true" }, "*") : null);

function control(one, id, value) {
  const common = { id, name: one.name, required: !!one.required, maxlength: one.max || null };
  if (one.control === "textarea") return filled(make("textarea", { ...common, class: "form-control", rows: 3 }), value);
  if (one.control === "choice") {
    const list = make("select", { ...common, class: "form-select" }, make("option", { value: "" }, "—"), (one.choices ?? []).map(([code, label]) => make("option", { value: code, selected: code === value }, label)));
    return list;
  }
  return make("input", { ...common, class: "form-control", type: one.control === "date" ? "date" : "text", value, inputmode: KEYS[one.control], autocomplete: "off" });
}
function filled(area, value) {
  area.value = value;
  return area;
}

// What a form says, as pairs of name and value; what does not show is not said.
export const pairsOf = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !$(`[name="${CSS.escape(name)}"]`, form).closest("[hidden]"));

// Fields that show only while another one says so.
export function judge(form) {
  for (const one of $$("[data-when]", form)) {
    const now = $$(`[name="${CSS.escape(one.dataset.when)}"]`, form).filter((box) => box.type !== "checkbox" || box.checked).map((box) => box.value).filter(Boolean);
    const wanted = one.dataset.is.split(",");
    one.hidden = !(wanted[0] === "*" ? now.length : now.some((value) => wanted.includes(value)));
    for (const box of $$("[required]", one)) box.disabled = one.hidden;
  }
}

// Where the phone is: a button, and in words what came of it.
export function place(known) {
  const said = make("p", { class: "hint", role: "status" });
  const boxes = ["latitude", "longitude", "accuracy"].map((name) => make("input", { type: "hidden", name, value: known?.[name] ?? "" }));
  const tell = (accuracy) => said.replaceChildren(icon("check", "s14"), word("placed", { n: Math.max(1, Math.round(accuracy)) }));
  if (known?.latitude) tell(known.accuracy);
  const button = make("button", { type: "button", class: "btn" }, icon("map-pin"), word("place"));
  button.addEventListener("click", () => {
    if (!navigator.geolocation) return said.replaceChildren(word("noplace"));
    said.replaceChildren(word("placing"));
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      [coords.latitude, coords.longitude, coords.accuracy].forEach((value, at) => { boxes[at].value = value.toFixed(at < 2 ? 6 : 0); });
      tell(coords.accuracy);
    }, (fault) => {
      for (const box of boxes) box.value = "";
      said.className = "hint warn";
      said.replaceChildren(icon("alert-triangle", "s14"), word(fault.code === 1 ? "refusedplace" : "noplace"));
    }, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 });
  });
  return make("div", { class: "field" }, button, ...boxes, said);
}

// A picture small enough to be sent from a cellar: its long side at most so many pixels.
const LONGEST = 1600;
export async function shrunk(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("canvas"))), "image/jpeg", 0.82));
}

export async function thumb(blob) {
  const picture = await createImageBitmap(blob);
  const canvas = make("canvas", { width: 72, height: 72, role: "img", "aria-label": word("photo") });
  const side = Math.min(picture.width, picture.height);
  canvas.getContext("2d").drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, 72, 72);
  return canvas;
}
