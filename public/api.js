// Tries the API: what there is comes from its document, and the token stays in its box.

const form = document.querySelector('.try__form');
const answer = document.querySelector('.try__answer');
const [line, shown] = answer.querySelectorAll('code');
const { token, operation, body } = form.elements;
const about = form.querySelector('.try__about');
const parameters = form.querySelector('.try__parameters');

const read = await (await fetch('/api/v1/openapi.json')).json();
const all = Object.entries(read.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, does]) => ({ method: method.toUpperCase(), path, does })));

const resolved = (schema) => {
  const name = schema?.$ref?.split('/').pop();
  return name ? read.components.schemas[name] : schema;
};

/** An example of a body: what it must have. */
function example(schema) {
  const known = resolved(schema);
  if (known?.properties) {
    const must = new Set(known.required ?? []);
    const few = Object.entries(known.properties).filter(([name]) => must.has(name));
    return Object.fromEntries(few.map(([name, of]) => [name, example(of)]));
  }
  if (known?.enum) return known.enum[0];
  const type = [known?.type].flat().find((one) => one !== 'null');
  return { array: [], object: {}, integer: 0, number: 0, boolean: false }[type] ?? '';
}

function choose() {
  const { does } = all[operation.selectedIndex];
  const scope = (does.security ?? []).flatMap((one) => Object.values(one)).flat().join(', ');
  about.textContent = `${does.summary ?? ''} ${form.dataset.needs}: ${scope}`;
  parameters.querySelectorAll('label').forEach((one) => one.remove());
  for (const one of does.parameters ?? []) {
    const label = document.createElement('label');
    label.className = 'field';
    const name = document.createElement('span');
    name.className = 'field__label';
    name.textContent = `${one.name}${one.required ? ' *' : ''} `;
    const hint = document.createElement('span');
    hint.className = 'field__hint';
    hint.textContent = one.description ?? '';
    name.append(hint);
    const box = document.createElement('input');
    box.className = 'field__box';
    box.name = one.name;
    box.dataset.in = one.in;
    box.required = Boolean(one.required);
    label.append(name, box);
    parameters.append(label);
  }
  parameters.hidden = !(does.parameters ?? []).length;
  const schema = does.requestBody?.content?.['application/json']?.schema;
  form.querySelector('.try__body').hidden = !schema;
  body.value = schema ? JSON.stringify(example(schema), null, 2) : '';
}

async function send(event) {
  event.preventDefault();
  const { method, path, does } = all[operation.selectedIndex];
  const headers = { accept: 'application/json' };
  if (token.value.trim()) headers.authorization = `Bearer ${token.value.trim()}`;
  const asked = new URLSearchParams();
  let address = path;
  for (const box of parameters.querySelectorAll('input')) {
    if (box.dataset.in === 'path') address = address.replace(`{${box.name}}`, encodeURIComponent(box.value));
    else if (!box.value) continue;
    else if (box.dataset.in === 'header') headers[box.name] = box.value;
    else asked.append(box.name, box.value);
  }
  if (asked.size) address += `?${asked}`;
  const request = { method, headers, credentials: 'omit' };
  if (does.requestBody) {
    headers['content-type'] = 'application/json';
    request.body = body.value;
  }
  answer.hidden = false;
  shown.textContent = '';
  line.textContent = `${method} ${address}`;
  try {
    const response = await fetch(address, request);
    const text = await response.text();
    line.textContent = `${method} ${address} → ${response.status}`;
    try {
      shown.textContent = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      shown.textContent = text;
    }
  } catch (why) {
    line.textContent = `${method} ${address} → ${why}`;
  }
}

operation.append(...all.map(({ method, path }) => new Option(`${method} ${path}`)));
operation.addEventListener('change', choose);
form.addEventListener('submit', send);
choose();
form.hidden = false;
