/* The key is typed once, and fills the short start, Scalar's requests and its samples. It stays in this browser. */
(() => {
  const STORED = "memos-api-key";
  const $ = (id) => document.getElementById(id);
  const samples = [...document.querySelectorAll("#steps code")].map((code) => ({ code, curl: code.textContent, ...code.dataset }));
  const made = {}; // the ids that the short start made: MEMOS_USER, MEMOS_THREAD

  const key = () => $("key").value.trim();
  const known = () => ({ MEMOS_URL: location.origin, MEMOS_KEY: key(), ...made });
  const filled = (text) => text.replace(/\$(MEMOS_\w+)/g, (whole, name) => known()[name] || whole);

  const show = () => samples.forEach(({ code, curl }) => (code.textContent = filled(curl)));

  /* ---------------------------------------------------------------- the reference */
  const settings = () => ({
    content: schema,
    authentication: {
      preferredSecurityScheme: "apiKey",
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", token: key() } },
    },
    baseServerURL: location.origin,
    persistAuth: false, // the page keeps the key itself
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    theme: "default",
    layout: "modern",
    metaData: { title: "Memos API" },
    // nothing that asks another host
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: "never",
    externalUrls: {},
  });

  let schema = null;
  let reference = null;
  async function mount() {
    const response = await fetch("/schema/", { headers: { Accept: "application/json" } });
    schema = await response.json();
    reference = Scalar.createApiReference("#reference", settings());
  }
  const remount = () => reference?.updateConfiguration(settings());

  /* ---------------------------------------------------------------- the key */
  let waiting = 0;
  function changed() {
    $("run").disabled = !key();
    show();
    clearTimeout(waiting);
    waiting = setTimeout(remount, 400);
    key() ? localStorage.setItem(STORED, key()) : localStorage.removeItem(STORED);
  }
  function forget() {
    $("key").value = "";
    changed();
  }

  /* ---------------------------------------------------------------- the short start */
  async function send({ method, path, body, accept = "application/json" }) {
    const headers = { Authorization: `Bearer ${key()}`, Accept: accept };
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(filled(path), { method, headers, body: body || undefined });
    const isText = response.headers.get("Content-Type").startsWith("text/plain");
    return { ok: response.ok, status: response.status, found: isText ? await response.text() : await response.json() };
  }

  async function step(sample) {
    const { ok, status, found } = await send(sample);
    const box = sample.code.closest("li").querySelector(".answer");
    box.hidden = false;
    box.classList.toggle("bad", !ok);
    box.textContent = typeof found === "string" ? found : `${status} ${JSON.stringify(found, null, 2)}`;
    if (ok && sample.makes) made[sample.makes] = found.id;
    show();
    return { ok, found };
  }

  async function ingested(found) {
    for (const { jobId } of found.ingested ?? []) {
      for (let tries = 0; tries < 60; tries++) {
        const job = (await send({ method: "GET", path: `/v1/jobs/${jobId}` })).found;
        if (["done", "failed"].includes(job.status)) break;
        await new Promise((wake) => setTimeout(wake, 500));
      }
    }
  }

  async function run() {
    $("run").disabled = true;
    for (const name in made) delete made[name];
    try {
      for (const sample of samples) {
        const { ok, found } = await step(sample);
        if (!ok) throw new Error(found.detail);
        if (found.ingested) $("run-told").textContent = "Reading what was said…";
        await ingested(found);
      }
      $("run-told").textContent = "Done. The last answer is what to put into a prompt.";
    } catch (error) {
      $("run-told").textContent = `It stopped: ${error.message}`;
    }
    $("run").disabled = !key();
  }

  function copy(event) {
    if (!event.target.matches(".copy")) return;
    navigator.clipboard?.writeText(event.target.closest(".sample").querySelector("code").textContent);
    event.target.textContent = "Copied";
    setTimeout(() => (event.target.textContent = "Copy"), 1500);
  }

  $("key").value = localStorage.getItem(STORED) ?? "";
  $("key").addEventListener("input", changed);
  $("key").form.addEventListener("submit", (event) => event.preventDefault());
  $("forget").addEventListener("click", forget);
  $("run").addEventListener("click", run);
  $("steps").addEventListener("click", copy);
  $("run").disabled = !key();
  show();
  mount();
})();
