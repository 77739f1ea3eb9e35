"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const finder = byId("finder");
  const form = byId("filters");
  const reader = byId("reader");
  const LISTS = ["disputes", "contradictions", "updates"];
  const PLACE = /^p(\d+)-\d+$/;
  const TYPING_MS = 200;

  // Rows: the marks that are filled are listed in rows.html.jinja. Values are only ever set as text, or as attributes
  // that cannot run anything.

  function rowOf(value) {
    let row = typeof value === "number" ? data.statements[value] : value;
    if (row && row.statement !== undefined) row = { ...data.statements[row.statement], ...row };
    return row && row.in !== undefined ? { ...data.articles[row.in], ...row } : row;
  }

  function fill(element, of) {
    const { lang, href, value, text, each } = element.dataset;
    if (lang) setAttribute(element, "lang", of[lang]);
    if (href) setAttribute(element, "href", of[href] && "#" + of[href]);
    if (value) element.setAttribute("value", of[value]);
    if (element.dataset.if) element.hidden = !of[element.dataset.if];
    if (text) {
      element.textContent = of[text] || "";
      element.hidden = !of[text];
      return element;
    }
    if (each) {
      const model = element.firstElementChild;
      element.replaceChildren(...(of[each] || []).map((one) => fill(model.cloneNode(true), rowOf(one))));
      return element;
    }
    if (element.dataset.with) {
      of = rowOf(of[element.dataset.with]);
      element.hidden = !of;
      if (!of) return element;
    }
    for (const child of element.children) fill(child, of);
    return element;
  }

  function setAttribute(element, name, value) {
    if (value) element.setAttribute(name, value);
    else element.removeAttribute(name);
  }

  // The view: what the filters say, the page of each list, and the place that is open. It lives in the address.

  function readView() {
    const hash = location.hash.slice(1);
    if (PLACE.test(hash)) return new Map([["place", hash]]);
    return new Map(hash.includes("=") ? new URLSearchParams(hash) : []);
  }

  function addressOf(view) {
    return "#" + new URLSearchParams([...view].filter(([, value]) => value !== ""));
  }

  let destination; // the list to go to once a view is shown

  function visit(view, list) {
    const isHere = addressOf(view) === (location.hash || "#");
    if (isHere && list) go(list);
    if (isHere) return;
    destination = list;
    location.hash = addressOf(view); // "hashchange" shows it
  }

  function stay(view) {
    history.replaceState(null, "", addressOf(view));
    showView();
  }

  // Filters

  // Case, accents and forms of a letter make no difference to a search.
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const folded = new Map();

  function wordsOf(row) {
    if (!folded.has(row)) folded.set(row, fold(textOf(row).join("\n")));
    return folded.get(row);
  }

  function textOf(value) {
    if (typeof value !== "object" && typeof value !== "number") return [value || ""];
    const row = rowOf(value);
    const parts = (row.parts || []).flatMap((part) => Object.values(part)).join("");
    const texts = ["issue", "holder", "unmarked", "title", "source", "evidence", "keywords"].map((key) => row[key] || "");
    const inner = ["a", "b", "asserts", "denies", "open"].filter((key) => row[key] !== undefined).map((key) => row[key]);
    const lists = ["positions", "names", "sides", "more"].flatMap((key) => row[key] || []);
    return [parts, row.name || "", ...texts, ...[...inner, ...lists].flatMap(textOf)];
  }

  function fits(row, view) {
    const [a, b] = [row.a, row.b].map((side) => data.articles[data.statements[side.statement ?? side].in]);
    const source = view.get("source");
    const against = view.get("against");
    const isBetween = (one, other) => (!source || one.source === source) && (!against || other.source === against);
    const language = view.get("language");
    return (
      (isBetween(a, b) || isBetween(b, a)) &&
      (!language || a.language === language || b.language === language) &&
      (!view.get("kind") || row.kind === view.get("kind")) &&
      (!view.get("topic") || row.topic === Number(view.get("topic"))) &&
      (!view.get("set") || row.set === view.get("set")) &&
      (!view.get("score") || Number(row.score) >= Number(view.get("score"))) &&
      (!view.get("dispute") || (row.disputes || []).some((one) => one.view === "dispute=" + view.get("dispute")))
    );
  }

  function select(view) {
    const words = fold(view.get("q") || "").split(/\s+/).filter(Boolean);
    const has = (row) => words.every((word) => wordsOf(row).includes(word));
    const filters = [...form.elements].filter(({ name }) => name && name !== "q");
    const isFiltered = filters.some(({ name }) => view.get(name));
    const fitting = data.contradictions.map((row) => fits(row, view));
    const chosen = {
      // A dispute fits where a contradiction in it does.
      disputes: data.disputes.filter((row) => (!isFiltered || (row.of || []).some((n) => fitting[n])) && has(row)),
      contradictions: data.contradictions.filter((row, n) => fitting[n] && has(row)),
      updates: data.updates.filter((row) => fits(row, view) && has(row)),
    };
    return { chosen, isNarrowed: isFiltered || words.length > 0 };
  }

  // Lists

  // The first pages stand in the markup already.
  const standing = new Map(LISTS.map((name) => [name, data[name].slice(0, sizeOf(name))]));

  function sizeOf(name) {
    return Number(byId(name + "-list").dataset.size);
  }

  function showList(name, rows, view) {
    const size = sizeOf(name);
    const pages = Math.max(1, Math.ceil(rows.length / size));
    const page = Math.min(Math.max(1, Math.trunc(Number(view.get(name))) || 1), pages);
    const shown = rows.slice((page - 1) * size, page * size);
    const before = standing.get(name);
    if (shown.length !== before.length || shown.some((row, n) => row !== before[n])) {
      const model = byId(name + "-row").content.firstElementChild;
      byId(name + "-list").replaceChildren(...shown.map((row) => fill(model.cloneNode(true), row)));
      standing.set(name, shown);
    }
    byId(name + "-none").hidden = rows.length > 0 || data[name].length === 0;
    const pager = byId(name + "-pager");
    pager.hidden = pages === 1;
    pager.dataset.page = page;
    pager.querySelector("span").textContent = `Page ${page.toLocaleString("en")} of ${pages.toLocaleString("en")}`;
    for (const button of pager.querySelectorAll("button")) {
      const target = page + Number(button.dataset.turn);
      button.disabled = target < 1 || target > pages;
    }
  }

  function setForm() {
    const view = readView();
    for (const field of form.elements) {
      if (field.name) field.value = view.get(field.name) || "";
      if (field.selectedIndex === -1) field.selectedIndex = 0;
    }
  }

  function showView() {
    const view = readView();
    const { chosen, isNarrowed } = select(view);
    for (const name of LISTS) showList(name, chosen[name], view);
    const counts = LISTS.filter((name) => data[name].length).map(
      (name) => `${chosen[name].length.toLocaleString("en")} of ${data[name].length.toLocaleString("en")} ${name}`,
    );
    byId("status").textContent = isNarrowed ? "Shown: " + counts.join(", ") : "";
    byId("show-all").hidden = !isNarrowed;
    showPlace(view.get("place") || "");
  }

  // The full text of an article, at a place in it

  function showPlace(place) {
    const number = PLACE.exec(place);
    const article = number && byId("a" + number[1]);
    const cited = article && byId(place);
    if (!cited) {
      if (reader.open) reader.close();
      return;
    }
    const [title, meta] = article.querySelector("summary").children;
    const text = article.querySelector(".body").cloneNode(true);
    const here = document.createElement("mark");
    here.tabIndex = -1;
    here.textContent = cited.textContent;
    text.querySelector("#" + place).replaceChildren(here);
    for (const named of text.querySelectorAll("[id]")) named.removeAttribute("id");
    byId("reader-title").textContent = title.textContent;
    setAttribute(byId("reader-title"), "lang", title.lang);
    byId("reader-meta").replaceChildren(meta.cloneNode(true));
    byId("reader-text").replaceChildren(text);
    if (!reader.open) reader.showModal();
    here.focus({ preventScroll: true });
    here.scrollIntoView({ block: "center" });
  }

  // What people do

  function go(id) {
    const title = byId(id + "-title");
    (byId(id) || document.body).scrollIntoView();
    if (title) title.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = link.getAttribute("href").slice(1);
    event.preventDefault();
    if (PLACE.test(target)) visit(readView().set("place", target));
    else if (target.includes("=")) visit(new Map(new URLSearchParams(target)), link.dataset.go);
    else go(target);
  });

  for (const name of LISTS) {
    byId(name + "-pager").addEventListener("click", ({ target, currentTarget }) => {
      if (!target.dataset.turn) return;
      visit(readView().set(name, String(Number(currentTarget.dataset.page) + Number(target.dataset.turn))), name);
    });
  }

  let typing;
  form.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => stay(new Map(new FormData(form))), TYPING_MS);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    clearTimeout(typing);
    stay(new Map());
  });
  finder.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    finder.open = false;
    finder.querySelector("summary").focus();
  });
  byId("reader-close").addEventListener("click", () => reader.close());
  reader.addEventListener("close", () => {
    const view = readView();
    if (view.delete("place")) stay(view);
  });
  addEventListener("hashchange", () => {
    setForm();
    showView();
    if (destination) go(destination);
    destination = undefined;
  });
  finder.hidden = false;
  setForm();
  showView();
})();
