// The pages work without this script. It only keeps them fresh: it asks for the page again and puts the part that lives in place of the old one.
"use strict";

(() => {
  const incident = document.getElementById("incident");
  const lists = document.getElementById("lists");
  const live = incident || lists;
  let waiting = false;
  let running = false;
  let pressed = false;

  // A press that began on a button must end on the same button.
  document.addEventListener("pointerdown", () => { pressed = true; });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => { pressed = false; });
  }

  /** What the person opened or wrote stays, also in the new part. */
  const remember = part => ({
    open: new Map([...part.querySelectorAll("details[id]")].map(item => [item.id, item.open])),
    text: new Map([...part.querySelectorAll("input[id], textarea[id]")].map(item => [item.id, item.value])),
    focus: part.contains(document.activeElement) ? document.activeElement.id : "",
    caret: document.activeElement && "selectionStart" in document.activeElement ? document.activeElement.selectionStart : null,
  });

  const restore = (part, kept) => {
    for (const item of part.querySelectorAll("details[id]")) {
      if (kept.open.has(item.id)) item.open = kept.open.get(item.id);
    }
    for (const item of part.querySelectorAll("input[id], textarea[id]")) {
      if (kept.text.get(item.id)) item.value = kept.text.get(item.id);
    }
    const focused = kept.focus && part.querySelector("#" + CSS.escape(kept.focus));
    if (focused) {
      focused.focus({ preventScroll: true });
      if (kept.caret !== null && focused.setSelectionRange) focused.setSelectionRange(kept.caret, kept.caret);
    }
  };

  const refresh = async () => {
    if (running || pressed) {
      waiting = true;
      return;
    }
    running = true;
    waiting = false;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin", headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        location.reload();
        return;
      }
      if (answer.ok) {
        const old = document.getElementById(live.id);
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(live.id);
        if (old && fresh && !pressed) {
          const kept = remember(old);
          old.replaceWith(document.adoptNode(fresh));
          restore(fresh, kept);
          setClock();
          tick();
        } else {
          waiting = true;
        }
      }
    } catch {
      // The service restarts; the next event or look asks again.
    } finally {
      running = false;
    }
  };

  const left = ms => {
    const s = Math.floor(ms / 1000);
    if (s <= 0) return "over";
    if (s >= 3600) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
    return s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
  };

  // The deadline counts by the server's clock; a phone's may be off.
  let ahead = 0;
  const setClock = () => {
    const now = Date.parse(document.getElementById("incident")?.dataset.now ?? "");
    ahead = Number.isNaN(now) ? 0 : now - Date.now();
  };

  const tick = () => {
    for (const time of document.querySelectorAll("time[data-until]")) {
      const shown = time.parentElement.querySelector("[data-left]");
      if (shown) shown.textContent = left(Date.parse(time.dateTime) - Date.now() - ahead);
    }
  };

  const showProgress = news => {
    const line = document.getElementById("progress");
    if (!line) return;
    line.hidden = false;
    line.querySelector("[data-progress-text]").textContent = `${news.activity} ${news.detail}${news.total > 0 ? ` ${news.done}/${news.total}` : ""}`;
    const bar = line.querySelector("[data-progress-bar]");
    bar.hidden = news.total === 0;
    bar.max = Math.max(1, news.total);
    bar.value = news.done;
  };

  const follow = () => {
    const events = new EventSource(`/api/v1/incidents/${encodeURIComponent(incident.dataset.incident)}/events?after=${document.getElementById("incident").dataset.seq}`);
    events.addEventListener("incident", refresh);
    events.addEventListener("progress", message => showProgress(JSON.parse(message.data)));
    events.addEventListener("end", () => {
      events.close();
      refresh();
    });
    events.addEventListener("error", () => {
      // Closed for good by an answer that is no stream: signed out, or the service is starting. Look again later.
      if (events.readyState === EventSource.CLOSED) {
        setTimeout(() => { refresh().then(() => { if (document.getElementById("incident").dataset.open === "yes") follow(); }); }, 5000);
      }
    });
  };

  setInterval(() => {
    tick();
    if (waiting) refresh();
  }, 1000);

  if (incident && incident.dataset.open === "yes") {
    follow();
  }
  if (lists) {
    setInterval(() => { if (document.visibilityState === "visible") refresh(); }, 5000);
  }
  setClock();
  tick();
})();
