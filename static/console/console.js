// The console's own behaviour. Everything works without it; with it, it works by keyboard and stays fresh.
(() => {
  "use strict";

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);

  // The theme's scroll boxes call themselves regions, all by the same name; a screen reader is better off without.
  window.addEventListener("load", () => all(".simplebar-content-wrapper").forEach((box) => {
    box.removeAttribute("role");
    box.removeAttribute("aria-label");
  }));

  const page = one(".pz");
  if (!page) return;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable], iframe") !== null;
  const rows = () => all("[data-rows] tbody tr");

  // --- said once: a form that was sent cannot be sent again from the same page

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    if (form.dataset.draft) drafts.sent(form);
    // After the browser has read which button was pressed.
    setTimeout(() => all("button", form).forEach((button) => { button.disabled = true; }));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload(); // a page from the back cache has old versions in its forms
  });

  // --- what is written outlives a lost connection, in this tab alone

  const ticket = one("[data-ticket]")?.dataset.ticket;
  const drafts = {
    name: (form) => `pz-draft-${ticket}-${form.dataset.draft}`,
    keep(form) {
      const text = one("textarea", form)?.value ?? "";
      if (text) sessionStorage.setItem(this.name(form), text);
      else sessionStorage.removeItem(this.name(form));
    },
    sent(form) { sessionStorage.setItem(`${this.name(form)}-sent`, one("[name=key]", form).value); },
    // Only the page that says which form arrived lets its words go; after a lost connection they are still here.
    forgetIfArrived(form) {
      const arrived = new URLSearchParams(location.search).get("said");
      if (!arrived || sessionStorage.getItem(`${this.name(form)}-sent`) !== arrived) return;
      sessionStorage.removeItem(`${this.name(form)}-sent`);
      sessionStorage.removeItem(this.name(form));
    },
    bringBack(form) {
      const field = one("textarea", form);
      if (field && !field.value) field.value = sessionStorage.getItem(this.name(form)) ?? "";
    },
  };
  all("[data-draft]").forEach((form) => {
    drafts.forgetIfArrived(form);
    drafts.bringBack(form);
    form.addEventListener("input", () => drafts.keep(form));
  });

  if (new URLSearchParams(location.search).has("said")) {
    history.replaceState(null, "", location.pathname + location.hash);
  }

  // --- the two ways to write

  const composer = one("[data-composer]");
  const write = (mode, { focus = true } = {}) => {
    composer.dataset.mode = mode;
    all("[role=tab]", composer).forEach((tab) => {
      const isChosen = tab.dataset.to === mode;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    });
    if (focus) one(`#pz-${mode} textarea`)?.focus();
  };
  if (composer) {
    composer.classList.add("pz-live");
    one("[role=tablist]", composer).hidden = false;
    write(composer.dataset.mode, { focus: false });
    all("[role=tab]", composer).forEach((tab) => {
      tab.addEventListener("click", () => write(tab.dataset.to));
      tab.addEventListener("keydown", (event) => {
        if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
        const other = all("[role=tab]", composer).find((candidate) => candidate !== tab);
        write(other.dataset.to, { focus: false });
        other.focus();
      });
    });
    all("form", composer).forEach((form) => form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(one("[data-default]", form));
    }));
    all("input[type=file]", composer).forEach((input) => input.addEventListener("change", () => {
      const names = [...input.files].map((file) => file.name).join(", ");
      const label = one("[data-file-names]", input.parentElement);
      label.dataset.empty ??= label.textContent;
      label.textContent = names || label.dataset.empty;
    }));
    const latest = one("#latest");
    if (latest && !location.hash && latest.getBoundingClientRect().top > window.innerHeight * 0.75) {
      latest.scrollIntoView({ block: "center" });
    }
    if (location.hash === "#composer") write("reply");
  }

  // --- the reason for a priority is asked for when one is chosen

  all("[data-reveals]").forEach((select) => {
    const field = document.getElementById(select.dataset.reveals);
    const before = select.value;
    const show = () => { field.hidden = field.disabled = select.value === before; };
    select.addEventListener("change", show);
    show();
  });

  // --- a mail as its sender formatted it: loaded when asked for, as high as it is

  all("[data-frame]").forEach((details) => {
    const frame = one("iframe", details);
    const fit = () => {
      const body = frame.contentDocument?.documentElement;
      if (body) frame.height = Math.min(body.scrollHeight + 2, 2400);
    };
    frame.addEventListener("load", fit);
    details.addEventListener("toggle", () => {
      if (details.open && !frame.hasAttribute("src")) frame.src = frame.dataset.src;
    });
    one("[data-images]", details).addEventListener("click", (event) => {
      frame.src = `${frame.dataset.src}?images=1`;
      event.currentTarget.hidden = true;
    });
  });

  // --- what is asked for when somebody opens it

  all("[data-fetch]").forEach((details) => details.addEventListener("toggle", async () => {
    const link = one("a", details);
    if (!details.open || !link) return;
    const answer = await fetch(link.href);
    if (!answer.ok) return;
    const fetched = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = one(details.dataset.fetch, fetched);
    if (found) link.closest("p").replaceWith(document.adoptNode(found));
  }));

  // --- taking an answer back, while it can be

  const undo = one("[data-undo]");
  if (undo) {
    const until = performance.now() + Number(undo.dataset.undo) * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((until - performance.now()) / 1000);
      one("[data-seconds]", undo).textContent = Math.max(left, 0);
      if (left > 0) return;
      clearInterval(timer);
      undo.remove();
    }, 250);
  }

  // --- choosing several tickets

  const chosen = () => all("[data-rows] tbody input[type=checkbox]:checked");
  const count = () => {
    const bulk = one("[data-bulk]");
    if (!bulk) return;
    const number = chosen().length;
    bulk.hidden = number === 0;
    one("[data-chosen]", bulk).textContent = number;
    const everything = one("#pz-all");
    everything.checked = number > 0 && number === rows().length;
    everything.indeterminate = number > 0 && number < rows().length;
  };
  document.addEventListener("change", (event) => {
    if (event.target.id === "pz-all") {
      all("[data-rows] tbody input[type=checkbox]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.closest("[data-rows]")) count();
  });
  count();

  // --- names of organisations, completed as they are typed

  all("[data-completes]").forEach((input) => {
    const list = document.getElementById(input.getAttribute("list"));
    let waiting;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const answer = await fetch(`${input.dataset.completes}&term=${encodeURIComponent(input.value)}`);
        if (!answer.ok) return;
        const { results } = await answer.json();
        list.replaceChildren(...results.map((found) => new Option(found.text, found.text)));
      }, 200);
    });
  });

  // --- fields left empty do not lengthen the address

  one(".pz-tools")?.addEventListener("submit", (event) => {
    all("select, input", event.target).forEach((field) => { if (!field.value) field.disabled = true; });
  });

  // --- by keyboard

  const step = (by) => {
    const links = all("[data-rows] .pz-subject");
    const here = links.indexOf(document.activeElement);
    const next = links[here < 0 ? 0 : Math.min(Math.max(here + by, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
    r: () => composer && write("reply"),
    n: () => composer && write("note"),
    "/": () => one("#pz-search")?.focus(),
    g: () => one(".pz-tab[aria-current]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // --- staying fresh: what is shown is asked for again, unless somebody is in the middle of something

  const FRESH = ["pz-tabs", "pz-clocks", "pz-figures", "pz-next"];
  const isBusy = () => document.hidden || chosen().length > 0 || one(".pz-filters[open]") !== null;
  const refresh = async () => {
    if (isBusy()) return;
    const answer = await fetch(location.href.split("#")[0], { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isBusy()) return;
    for (const id of FRESH) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      const isUsed = old?.contains(document.activeElement) || (old && one("details[open]", old));
      if (old && now && !isUsed) old.replaceWith(document.adoptNode(now));
    }
    const [body, newer] = [one("[data-rows] tbody"), one("[data-rows] tbody", fresh)];
    if (body && newer) {
      const focused = document.activeElement.closest(".pz-subject")?.getAttribute("href");
      body.replaceWith(document.adoptNode(newer));
      if (focused) one(`.pz-subject[href="${CSS.escape(focused)}"]`)?.focus();
    }
    const [seen, now] = [one("[data-version]"), one("[data-version]", fresh)];
    const news = one("[data-news]");
    if (seen && now && news && seen.dataset.version !== now.dataset.version) news.hidden = false;
  };
  if (page.dataset.refresh) setInterval(() => refresh().catch(() => {}), Number(page.dataset.refresh) * 1000);
})();
