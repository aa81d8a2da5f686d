// What only a script can do is shown by it; what was just done is told; a newer release is pointed out.
const said = document.body.dataset;
document.documentElement.classList.add("with-script");

const told = document.createElement("p");
told.className = "told";
told.setAttribute("role", "status");
document.body.append(told);

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

// copy what stands in an element; where the browser forbids it, select it
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText((from.value ?? from.textContent).trim());
      told.textContent = said.copied;
      setTimeout(() => (told.textContent = ""), 3000);
    } catch {
      if (from.select) from.select();
      else getSelection().selectAllChildren(from);
    }
  });
}

// embedded pages name no list of releases
if (said.newest && location.protocol.startsWith("http")) {
  fetch(said.newest, { cache: "no-cache" })
    .then((answer) => {
      // the interactive page is there where our own server answers
      if (answer.headers.get("x-zhibiao") === "explore")
        for (const link of document.querySelectorAll('[data-explore]:not([href=""])')) link.classList.add("there");
      return answer.ok ? answer.json() : {};
    })
    .then(({ release, released_on: day }) => {
      if (!(release > Number(said.release))) return;
      const link = document.createElement("a");
      link.href = said.latest;
      link.textContent = said.newerLink;
      told.replaceChildren(fill(said.newer, { number: release, day }), " ", link);
    })
    .catch(() => {});
}
