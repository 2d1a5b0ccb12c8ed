// Comforts on top of pages that work without any of this.
(() => {
  "use strict";

  // A form that is on its way is not sent twice; the server would not mind, people do.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button) button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // Menus close by Escape and by a click beside them.
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Files: see what was chosen, drop them on the field.
  const size = (bytes, language) =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit: bytes < 1e6 ? "kilobyte" : "megabyte",
      maximumFractionDigits: bytes < 1e6 ? 0 : 1,
    }).format(bytes < 1e6 ? Math.max(1, bytes / 1e3) : bytes / 1e6);
  for (const box of document.querySelectorAll(".files")) {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector("ul");
    const show = () => {
      list.replaceChildren(
        ...Array.from(input.files, (file) => {
          const line = document.createElement("li");
          line.textContent = `${file.name} (${size(file.size, document.documentElement.lang)})`;
          return line;
        }),
      );
    };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      box.addEventListener(kind, (event) => {
        event.preventDefault();
        box.classList.add("over");
      });
    }
    for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      show();
    });
  }

  // The profile proposes the zone of this machine, but saves nothing by itself.
  const proposal = document.querySelector("[data-zone-proposal]");
  if (proposal) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const select = document.getElementById(proposal.dataset.zoneProposal);
    const known = Array.from(select.options).some((option) => option.value === zone);
    if (known && select.value !== zone) {
      proposal.hidden = false;
      const button = proposal.querySelector("button");
      button.append(zone.replaceAll("_", " "));
      button.addEventListener("click", () => {
        select.value = zone;
        proposal.hidden = true;
        select.focus();
      });
    }
  }

  // After a form came back with errors, begin there.
  const wrong = document.querySelector("[data-errors], [aria-invalid=true]");
  if (wrong) wrong.focus();
})();
