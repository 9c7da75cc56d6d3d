// A widget in which no conversation runs can be called to one: an agent begins it from a ticket. Fetched where the
// page knows its visitor, and in a conversation, which may be followed by another.
//
// What the frame keeps begins with the token and the conversation that runs (widget/src/keep.rs): two letters a
// byte, each text after its length.
globalThis.recadoCall ??= (async () => {
  if (parent == self || location.pathname != '/w/frame') return;
  const place = 'recado:' + new URLSearchParams(location.search).get('key');
  const kept = () => {
    let text = '', at = 0;
    try { text = localStorage[place] ?? ''; } catch {}
    const half = () => text.charCodeAt(at++) - 97, byte = () => half() << 4 | half();
    const read = () => String.fromCharCode(...Array.from({ length: byte() }, byte));
    return [read(), read()];
  };
  // Of several tabs one asks: browsers open few lines to one server.
  const alone = go => navigator.locks ? navigator.locks.request(place, go) : go();
  // What he is typing: a field that he has touched, that is still there and holds something.
  const touched = new Set;
  addEventListener('input', ({ target }) => target.type != 'checkbox' && touched.add(target), true);
  const typing = () => [...touched].some(box => box.isConnected && box.offsetParent && box.value?.trim());
  const rest = ms => new Promise(soon => setTimeout(soon, ms));
  await alone(async () => { for (let tries = 0; ;) {
    const [token, chat] = kept();
    const ask = query => fetch('/w/v1/call' + query, { headers: { Accept: 'application/json', Authorization: 'Bearer ' + token } }).catch(() => {});
    const answer = token && !chat && await ask('');
    if (!answer?.ok) {
      await rest(Math.min(60_000, 2_000 * 2 ** (token && !chat ? tries++ : 0)) * (0.5 + Math.random()));
      continue;
    }
    tries = 0;
    const begun = await answer.json();
    if (!begun) continue;
    // He may have begun it himself, and the answer be on its way.
    await rest(1_500);
    if (kept()[1] || kept()[0] != token) continue;
    // It is shown as soon as nothing is lost by it. Whoever sends off what he is typing comes into it, too.
    parent.postMessage({ recado: 1, type: 'open' }, '*');
    if (typing()) {
      // He is waited for, as long as he says so: the server knows how long that may be.
      for (let n = 0; typing() && !kept()[1]; n++) {
        if (n % 9 == 0) ask('?typing=' + begun);
        await rest(500);
      }
      continue;
    }
    // The page keeps which conversation runs, and says so to the frame when that begins anew.
    parent.postMessage({ recado: 1, type: 'keep', chat: begun }, '*');
    return location.reload();
  } });
})();
