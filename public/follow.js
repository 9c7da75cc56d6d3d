// The ticket that is open in the portal: what is new in it comes by itself, and nothing that is read or written moves.
// The server answers with its page when that is another than the one that is here.
const rest = ms => new Promise(soon => setTimeout(soon, ms));
const one = (query, page = document) => page.querySelector(query);

// What is taken over: a page that another release has drawn may have it otherwise.
const PARTS = ['h1', '.portal__facts', '[data-call]', '.log', '.portal__reply', '.portal__closed', '[data-have]'];

/** `said` has what the server knows this page by; the rest is of the page's own script. */
export const follow = async (said, its) => {
  const { drawn, dress, rename, shows, talks } = its;
  let asked, wake, latest;
  const nap = ms => new Promise(soon => {
    wake = soon;
    if (ms) setTimeout(soon, ms);
  });

  // Only what is other moves, so that only that is read aloud.
  const merge = (old, now) => {
    const stays = new Set([...now.children].map(drawn));
    for (const line of [...old.children]) if (!stays.has(drawn(line))) line.remove();
    let here = old.firstElementChild;
    for (const line of [...now.children]) {
      if (here && drawn(here) == drawn(line)) here = here.nextElementSibling;
      else old.insertBefore(line, here);
    }
    while (here) {
      const gone = here;
      here = here.nextElementSibling;
      gone.remove();
    }
  };

  // Where he is with a finger or a key nothing is taken away before he leaves it.
  const holds = node => node?.contains(document.activeElement);
  const settle = () => {
    const call = one('[data-call]'), offer = one('[data-call]', latest);
    if (call.textContent != offer.textContent && !talks() && !holds(call)) call.replaceWith(offer.cloneNode(true));
    const closed = one('.portal__closed'), why = one('.portal__closed', latest).cloneNode(true);
    if (closed.textContent != why.textContent) closed.replaceChildren(...why.children);
    const form = one('.portal__reply form'), next = one('.portal__reply form', latest);
    if (!form && next) closed.after(next.cloneNode(true));
    // What he has written stays, whatever becomes of the ticket: sent too late, it comes back with the reason.
    if (form && !next && !holds(form) && !form.elements.text?.value) form.remove();
  };

  // The field in which he writes, or the first line that he sees: it stays where it is.
  const still = does => {
    const box = node => node.getBoundingClientRect();
    const places = document.querySelectorAll('.portal :focus, .portal > :not(.portal__said), [data-lines] > *');
    const seen = [...places].filter(node => box(node).bottom > 0 && box(node).top < innerHeight);
    const eye = seen.find(node => node.matches(':focus')) ?? seen[0], top = eye && box(eye).top;
    does();
    if (eye?.isConnected) scrollBy(0, box(eye).top - top);
  };

  const renew = page => {
    const [title, facts, , log, , , next] = PARTS.map(part => {
      const pair = [one(part), one(part, page)];
      if (pair.includes(null)) throw part;
      return pair;
    });
    dress(page);
    latest = page;
    still(() => {
      merge(...facts);
      merge(...log);
      settle();
      title[0].textContent = title[1].textContent;
    });
    rename(page.title);
    said.dataset.have = next[1].dataset.have;
  };

  const take = html => {
    const page = new DOMParser().parseFromString(html, 'text/html');
    // What stands between him and us has answered.
    if (!one('.portal', page)) return false;
    try {
      renew(page);
      return true;
    } catch {
      const writes = holds(one('.portal__reply')) || one('.portal__reply textarea')?.value;
      if (writes || shows() || performance.now() < 10_000) return false;
      // What is no better then is not loaded for ever: once for what this page was drawn by and cannot take over.
      const { line, follow } = said.dataset, mark = line + follow + one('[data-have]', page)?.dataset.have;
      try {
        if (sessionStorage.anew == mark) return false;
        sessionStorage.anew = mark;
      } catch {
        // Nothing is kept in this browser.
      }
      // By its own address: this page may be the answer to what he sent.
      location.replace(line.replace(/\/line$/, ''));
      return false;
    }
  };

  // The browser would move the page as well.
  document.documentElement.style.overflowAnchor = 'none';
  for (const lines of document.querySelectorAll('[data-lines]')) lines.setAttribute('aria-live', 'polite');
  document.addEventListener('visibilitychange', () => document.hidden ? asked?.abort() : wake?.());
  for (const what of ['online', 'focus']) addEventListener(what, () => wake?.());
  its.settle = () => latest && still(settle);
  document.addEventListener('focusout', () => setTimeout(its.settle));

  for (let tries = 0; ;) {
    while (document.hidden) await nap();
    const mine = asked = new AbortController;
    // A line may be dead, and nobody say so.
    const late = setTimeout(() => mine.abort(), 40_000);
    const answer = await fetch(said.dataset.line + '?have=' + said.dataset.have, { signal: mine.signal }).catch(() => null);
    const html = answer?.status == 200 && await answer.text().catch(() => '');
    clearTimeout(late);
    if ([401, 403, 404].includes(answer?.status)) {
      // Signed out, or his no more: what he has before his eyes stays. He may have come in again in another tab: it is
      // asked once more when he looks here.
      await nap();
    } else if (answer?.status == 204 || html && take(html)) {
      tries = 0;
      await rest(1_000);
    } else {
      // A page that cannot be taken over now is a whole one every time.
      await nap(Math.min(html ? 300_000 : 30_000, 500 * 2 ** tries++) * (0.5 + Math.random()));
    }
  }
};
