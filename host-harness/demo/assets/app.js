// What makes the page pleasanter where scripts run. Without this file every form and link works the same.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Amounts: points between thousands when the field is left.
  const grouped = (text) => {
    const plain = text.replace(/[\s.,]/g, "");
    return /^\d+$/.test(plain) ? plain.replace(/\B(?=(\d{3})+$)/g, ".") : text;
  };

  // Lists of many options: a box to filter them by, without regard to marks and capitals.
  const folded = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const addFilter = (picks) => {
    const box = document.createElement("input");
    box.type = "search";
    box.className = "filter";
    box.placeholder = picks.dataset.filter;
    box.setAttribute("aria-label", picks.dataset.filter);
    box.addEventListener("input", () => {
      const wanted = folded(box.value.trim());
      for (const pick of all(".pick", picks)) {
        const chosen = pick.querySelector("input").checked;
        pick.hidden = !chosen && !folded(pick.textContent).includes(wanted);
      }
    });
    // Enter in here looks for an option; it does not send the form.
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    picks.before(box);
  };

  // Lists of lines: one more.
  const addLines = (lines) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = lines.dataset.add;
    const most = Number(lines.dataset.most || Infinity);
    const check = () => { button.hidden = all("input", lines).length >= most; };
    button.addEventListener("click", () => {
      const inputs = all("input", lines);
      const line = inputs[inputs.length - 1].cloneNode();
      line.value = "";
      line.setAttribute("aria-label", line.getAttribute("aria-label").replace(/\d+$/, inputs.length + 1));
      button.before(line);
      line.focus();
      check();
    });
    lines.append(button);
    check();
  };

  const copy = (button) => {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        // Without a secure connection there is no clipboard for scripts: select it, so that Ctrl+C does it.
        field.select();
        return;
      }
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  };

  const enhance = (root) => {
    all("input[data-money]", root).forEach((input) => {
      input.addEventListener("change", () => { input.value = grouped(input.value); });
    });
    all(".picks[data-filter]", root).forEach(addFilter);
    all(".lines[data-add]", root).forEach(addLines);
    all("button[data-copy]", root).forEach(copy);
    all("input[data-select]", root).forEach((input) => input.addEventListener("focus", () => input.select()));
  };

  // What takes long shows that it is on its way: a line at the top, which the style sheet lets appear after a moment.
  const busy = () => document.body.classList.add("busy");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // What is saved or opened elsewhere does not replace this page.
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.search === location.search) return;
    busy();
  });

  // What was entered and not sent, or sent and given back with what is wrong with it.
  const entered = () => all("main form[method=post]").some((form) => all("input:not([type=hidden]), select, textarea", form).some((field) =>
    (field.options
      ? [...field.options].some((option) => option.selected !== option.defaultSelected)
      : field.checked !== field.defaultChecked || field.value !== field.defaultValue)));
  const isAnswer = () => document.querySelector("main [aria-invalid], main [role=alert] ~ form") !== null;

  // A form is sent once; what takes long says so.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post") return;
    const lost = form.dataset.lose && (entered() || isAnswer());
    if (form.dataset.sent || (lost && !confirm(form.dataset.lose))) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("button");
    if (!button) return;
    busy();
    // Not `disabled`: the button's own name and value are still to be sent, and the focus stays.
    button.setAttribute("aria-disabled", "true");
    if (form.dataset.slow && !("quick" in button.dataset)) {
      const spinner = document.createElement("span");
      spinner.className = "spinner";
      spinner.setAttribute("aria-hidden", "true");
      button.textContent = form.dataset.slow;
      button.prepend(spinner);
      button.setAttribute("aria-live", "polite");
    }
  });

  // "Back" shows the page as it was left: the form may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    location.reload();
  });

  // Menus close when somebody clicks elsewhere, or presses Escape.
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  // News. Regions marked with data-live are fetched again, unless somebody is at work in them.
  let newest = null;
  let revision = document.body.dataset.revision;
  const show = (news) => {
    // A page that has just opened may be older than the first news.
    const counted = Number(document.querySelector("[data-unread] .n").textContent);
    const isNew = newest === null ? news.unread > counted : news.newest > newest;
    newest = Math.max(newest ?? 0, news.newest);
    for (const badge of all("[data-unread]")) {
      badge.hidden = news.unread === 0;
      badge.querySelector(".n").textContent = news.unread > 99 ? "99+" : news.unread;
    }
    if (String(news.revision) !== revision) {
      revision = String(news.revision);
      refresh();
    }
    if (!isNew) return;
    const box = document.getElementById("live");
    box.querySelector(".live-text").textContent = news.text;
    box.querySelector("a").href = "/notifications";
    box.hidden = false;
    setTimeout(() => { box.hidden = true; }, 12000);
  };
  const refresh = async () => {
    const regions = all("[data-live][id]").filter((region) => !region.contains(document.activeElement));
    if (regions.length === 0) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of regions) {
      const next = fresh.getElementById(region.id);
      if (!next || next.innerHTML === region.innerHTML) continue;
      const columns = region.querySelector(".columns");
      const left = columns ? columns.scrollLeft : 0;
      region.replaceChildren(...next.childNodes);
      // What was done was said of how things stood before.
      document.getElementById("done")?.remove();
      enhance(region);
      if (columns) region.querySelector(".columns").scrollLeft = left;
    }
  };

  // Browsers keep few connections to one site: only a page that is looked at holds one.
  let stream = null;
  const listen = () => {
    const wanted = document.body.dataset.live && !document.hidden;
    if (wanted && !stream) {
      stream = new EventSource(document.body.dataset.live);
      stream.addEventListener("news", (event) => show(JSON.parse(event.data)));
    } else if (!wanted && stream) {
      stream.close();
      stream = null;
    }
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => { stream?.close(); stream = null; });

  // Said once: neither a reload nor news says again what was done.
  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    history.replaceState(history.state, "", address);
  }
  // After a refusal the reader stands at what is wrong.
  const alert = document.querySelector("main [role=alert]");
  if (alert && !document.querySelector("[autofocus]")) {
    alert.tabIndex = -1;
    alert.focus({ preventScroll: false });
  }

  enhance(document);
  listen();
})();
