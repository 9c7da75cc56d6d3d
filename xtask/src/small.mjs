// Makes modules small where they lie, many in one process: a process for each would begin cold every time.
//   node small.mjs BINARYEN WORD... -- MODULE...
// The words are wasm-opt's, and mean here what they mean there; which they are, node.rs says.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [library, ...asked] = process.argv.slice(2);
const words = asked.slice(0, asked.indexOf('--'));
const modules = asked.slice(words.length + 1);
const { default: binaryen } = await import(pathToFileURL(library));

// What is NontrappingFPToInt to the library is nontrapping-float-to-int to wasm-opt.
const plain = (name) => name.replace('FP', 'Float').replaceAll('-', '').toLowerCase();
const known = new Map(Object.entries(binaryen.Features).map(([name, bit]) => [plain(name), bit]));
let features = 0;
const steps = [];
for (const word of words) {
  if (word === '--low-memory-unused') {
    binaryen.setLowMemoryUnused(true);
  } else if (word === '-Oz') {
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(2);
    steps.push((module) => module.optimize());
  } else if (word.startsWith('--enable-')) {
    const bit = known.get(plain(word.slice('--enable-'.length)));
    if (!bit) throw new Error(`the library has no feature for ${word}`);
    features |= bit;
  } else {
    steps.push((module) => module.runPasses([word.replace(/^--/, '')]));
  }
}

for (const path of modules) {
  const module = binaryen.readBinary(readFileSync(path));
  module.setFeatures(features);
  for (const step of steps) step(module);
  const small = module.emitBinary();
  module.dispose();
  if (!WebAssembly.validate(small)) throw new Error(`no browser would take ${path}`);
  writeFileSync(path, small);
}
