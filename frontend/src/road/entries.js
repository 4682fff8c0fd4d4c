// The two forms of the phone: a visit, and a change of a customer. Saving puts an entry among what waits; sending comes after.
import { $, icon, make, word } from "../plain.js";
import { button, customer, deliver, note, show } from "../road.js";
import { field, judge, pairsOf, place, shrunk, thumb } from "./form.js";
import { drop, get, newKey, of, put } from "./store.js";

const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const of1 = (pairs, name) => pairs?.find(([one]) => one === name)?.[1] ?? "";
const all = (pairs, name) => (pairs ?? []).filter(([one]) => one === name).map(([, value]) => value).join(",");

// An entry that waits is not changed while it is being sent.
const apart = (act) => navigator.locks.request("road", act);

function asking(save, ...content) {
  const form = make("form", { class: "rd-form", "data-ask": true }, content.flat(), make("div", { class: "rd-bar" }, make("button", { class: "btn btn-primary btn-big" }, icon("check"), word("save"))));
  form.addEventListener("input", () => judge(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const press = $("button.btn-primary", form);
    press.disabled = true; // two taps are one
    save(form).catch((fault) => {
      press.disabled = false;
      form.append(note(fault.message, "red"));
    });
  });
  return form;
}

export async function visit(state, id, key) {
  const old = key ? await get("waiting", key) : null;
  const mine = old?.user === state.user && !old.note ? old : null;
  const one = (await customer(id)) ?? (mine ? { id, name: mine.name, people: [], may: true } : null);
  if (!one?.may) return show(word("visit"), note(word(navigator.onLine ? "gone" : "nothere"), "amber"));
  const said = mine?.pairs;
  const photos = mine ? (await of("photos", state.user)).filter((photo) => photo.entry === mine.key) : [];
  const entry = mine?.key ?? newKey();
  const at = of1(said, "at");
  const people = one.people.length ? field({ name: "contact", label: word("whom"), control: "choice", choices: one.people.map((person) => [String(person.id), person.name]) }, of1(said, "contact")) : null;
  const when = make("div", { class: "field" }, make("label", { class: "form-label", for: "f-at" }, word("when")),
    make("input", { id: "f-at", name: "at", type: "datetime-local", class: "form-control", required: true, value: local(at ? new Date(at) : new Date()), max: local(new Date(Date.now() + 86_400_000)) }));
  const form = asking(async (filled) => {
    const pairs = pairsOf(filled).filter(([, value]) => value !== "").map(([name, value]) => [name, name === "at" ? new Date(value).toISOString().replace(/\.\d+/, "") : value]);
    if (state.progress.length) pairs.push(["progress", "1"]);
    const row = { key: entry, user: state.user, what: "visit", customer: id, name: one.name, words: of1(pairs, "text"), pairs: [["kind", "visit"], ...pairs], made: mine?.made ?? Date.now(), state: "waiting" };
    for (const photo of chosen) await put("photos", { ...photo, user: state.user, entry });
    for (const gone of photos) if (!chosen.some((photo) => photo.key === gone.key)) await drop("photos", gone.key);
    await (mine ? apart(() => put("waiting", row)) : put("waiting", row));
    location.hash = `customer/${id}`;
    await deliver();
  }, people, when,
  field({ name: "text", label: word("text"), control: "textarea", required: true, max: 20_000 }, of1(said, "text")),
  state.visit.map((asked) => field(asked, of1(said, asked.name))), place(said ? Object.fromEntries(said) : null),
  field({ name: "next", label: word("next"), control: "date" }, of1(said, "next")), pictures(),
  state.progress.length ? make("h2", { class: "cap" }, word("progress")) : null, state.progress.map((asked) => field(asked, all(said, asked.name))));

  const chosen = [...photos];
  function pictures() {
    const box = make("input", { type: "file", accept: "image/*", multiple: true, class: "vh", id: "f-photos" });
    const row = make("div", { class: "rd-photos" });
    const draw = async () => {
      row.replaceChildren(...(await Promise.all(chosen.map(async (photo) => {
        const rid = button("x", "", () => {
          chosen.splice(chosen.indexOf(photo), 1);
          draw();
        }, "ib sm");
        rid.setAttribute("aria-label", word("remove"));
        return make("span", {}, await thumb(photo.blob), rid);
      }))));
    };
    box.addEventListener("change", async () => {
      for (const file of box.files) {
        try {
          chosen.push({ key: newKey(), blob: await shrunk(file), name: `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`, made: Date.now() + chosen.length });
        } catch {
          row.before(note(word("nophoto", { name: file.name }), "red"));
        }
      }
      box.value = "";
      await draw();
    });
    queueMicrotask(draw);
    return make("div", { class: "field" }, make("label", { class: "btn", for: "f-photos" }, icon("camera"), word("addphotos")), box, row);
  }
  show(one.name, form);
  $("[name=text]", form).focus();
}

export async function change(state, id, key) {
  const one = await customer(id);
  const waiting = (await of("waiting", state.user)).find((entry) => entry.what === "change" && entry.customer === id);
  if (!one?.may) return show(word("edit"), note(word(navigator.onLine ? "gone" : "nothere"), "amber"));
  if (waiting?.state === "conflict" && !key) return show(one.name, note(word("conflict"), "amber", "git-compare"));
  const texts = waiting?.texts ?? one.texts; // what the record said when it was first changed here
  const now = (asked) => (waiting && waiting.pairs.some(([name]) => name === asked.name || name === `${asked.name}__sent`) ? all(waiting.pairs, asked.name) : texts[asked.name] ?? "");
  const form = asking(async (filled) => {
    const said = pairsOf(filled);
    const pairs = state.edit.flatMap((asked) => {
      const mine = said.filter(([name]) => name === asked.name || name === `${asked.name}__sent`);
      const value = asked.control === "tick" ? (mine.some(([name]) => name === asked.name) ? "1" : "") : all(mine, asked.name);
      const before = asked.control === "tick" ? (/^(1|true)$/i.test(texts[asked.name] ?? "") ? "1" : "") : texts[asked.name] ?? "";
      return mine.length && value !== before ? mine : [];
    });
    await apart(async () => {
      if (!pairs.length) return waiting ? drop("waiting", waiting.key) : null;
      const words = state.edit.filter((asked) => pairs.some(([name]) => name === asked.name || name === `${asked.name}__sent`)).map((asked) => asked.label).join(", ");
      return put("waiting", { key: waiting?.key ?? newKey(), user: state.user, what: "change", customer: id, name: one.name, words, pairs, texts, version: waiting?.version ?? one.version, made: waiting?.made ?? Date.now(), state: "waiting" });
    });
    location.hash = `customer/${id}`;
    await deliver();
  }, state.edit.map((asked) => field({ ...asked, required: asked.required && asked.control !== "tick" }, now(asked))));
  show(one.name, form);
}
