// A page whose session is over says so: once its socket closes, ask whether we are still known, and if not, sign in.
let asking = false;

async function known() {
  try {
    const reply = await fetch("/_stcore/health", { cache: "no-store" });
    return reply.status !== 401;
  } catch {
    return null; // the server is away; it may come back
  }
}

async function askWhetherKnown() {
  if (asking) return;
  asking = true;
  let answer = null;
  while ((answer = await known()) === null) await new Promise((done) => setTimeout(done, 3000));
  asking = false;
  if (answer) return;
  const language = new URLSearchParams(location.search).get("lang");
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/login?next=${next}&ended=1${language ? `&lang=${language}` : ""}`);
}

window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("close", askWhetherKnown);
  }
};
