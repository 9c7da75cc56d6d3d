// Makes modules small where they lie, many in one process: a process for each would begin cold every time.
//   node small.mjs BINARYEN MODULE...
// The same steps as wasm-opt's in node.rs.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [library, ...modules] = process.argv.slice(2);
const { default: binaryen } = await import(pathToFileURL(library));
const { Features } = binaryen;
const features = Features.BulkMemory | Features.BulkMemoryOpt | Features.NontrappingFPToInt | Features.SignExt
  | Features.MutableGlobals | Features.ReferenceTypes | Features.Multivalue | Features.ExtendedConst;
binaryen.setLowMemoryUnused(true);
binaryen.setOptimizeLevel(2);
binaryen.setShrinkLevel(2);

for (const path of modules) {
  const module = binaryen.readBinary(readFileSync(path));
  module.setFeatures(features);
  module.runPasses(['flatten', 'rereloop']);
  module.optimize();
  module.optimize();
  const small = module.emitBinary();
  module.dispose();
  if (!WebAssembly.validate(small)) throw new Error(`no browser would take ${path}`);
  writeFileSync(path, small);
}
