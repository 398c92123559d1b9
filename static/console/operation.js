// Keeps the progress of an operation up to date. Without it, reloading the page does the same.
const EVERY = 1000; // milliseconds
const MOST = 30000;

const shown = document.getElementById("operation");
let pause = EVERY;

function show(told) {
    shown.querySelector("progress").value = told.position;
    for (const name of ["position", "done", "skipped", "failed"]) {
        const part = shown.querySelector(`[data-part="${name}"]`);
        if (part.textContent !== String(told[name])) part.textContent = told[name];
    }
    if (told.status !== "queued") shown.querySelector('[data-part="waiting"]')?.remove();
}

// A server that does not answer is asked again, less and less often; one that refuses (signed out, gone) is not.
async function ask() {
    try {
        const answer = await fetch(shown.dataset.progress, { headers: { Accept: "application/json" } });
        if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return;
        if (!answer.ok) throw new Error(answer.statusText);
        const told = await answer.json();
        show(told);
        if (told.ended) return void location.reload(); // the results, the reasons and the buttons are others now
        pause = EVERY;
    } catch {
        pause = Math.min(pause * 2, MOST);
    }
    setTimeout(ask, pause);
}

if (shown && shown.dataset.ended === "no") setTimeout(ask, EVERY);
