//! Takes out of wasm-bindgen's output what nobody asks for.
//!
//! leptos brings classes for streams that scripts may hold; ours hold none, but every export keeps
//! alive all it calls.

use anyhow::Result;
use wasmparser::{Parser, Payload};

/// The script without its classes, unless something of it uses one.
pub fn classes(glue: &str) -> String {
    let mut rest = String::with_capacity(glue.len());
    let mut names = Vec::new();
    let mut inside = None;
    for line in glue.lines() {
        let class = line.strip_prefix("export class ").and_then(|class| class.split(' ').next());
        if let Some(name) = class {
            names.push(name);
            inside = Some("}");
        } else if inside.is_none() && names.iter().any(|name| line.starts_with(&format!("const {name}Finalization "))) {
            inside = Some("    : ");
        }
        let own = names.iter().any(|name| line.starts_with(&format!("if (Symbol.dispose) {name}.")));
        if inside.is_none() && !own {
            rest.push_str(line);
            rest.push('\n');
        }
        inside = inside.filter(|end| !line.starts_with(end));
    }
    if names.iter().any(|name| rest.contains(name)) { glue.to_owned() } else { rest }
}

/// The module without the functions that it offers and the script does not mention.
pub fn exports(module: &[u8], script: &str) -> Result<Vec<u8>> {
    let mut pruned = module[..8].to_vec();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ExportSection(exports) = &payload {
            let mut kept = Vec::new();
            let mut count = 0;
            for export in exports.clone() {
                let export = export?;
                if script.contains(export.name) {
                    count += 1;
                    number(&mut kept, export.name.len() as u32);
                    kept.extend(export.name.as_bytes());
                    kept.push(export.kind as u8);
                    number(&mut kept, export.index);
                }
            }
            let mut body = Vec::new();
            number(&mut body, count);
            body.extend(kept);
            section(&mut pruned, 7, &body);
        } else if let Some((id, range)) = payload.as_section() {
            section(&mut pruned, id, &module[range]);
        }
    }
    Ok(pruned)
}

/// Adds a section with its length.
pub fn section(module: &mut Vec<u8>, id: u8, body: &[u8]) {
    module.push(id);
    number(module, body.len() as u32);
    module.extend(body);
}

/// LEB128, as everywhere in a module.
pub fn number(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "export class Sink {\n    free() {\n        wasm.sink_free();\n    }\n}\nif (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;\nfunction start() {\n    wasm.start();\n}\nconst SinkFinalization = (typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : new FinalizationRegistry(ptr => wasm.sink_free(ptr, 1));\nlet wasm;\n";

    #[test]
    fn a_class_that_nothing_uses_goes() {
        assert_eq!(classes(GLUE), "function start() {\n    wasm.start();\n}\nlet wasm;\n");
    }

    #[test]
    fn a_class_that_something_uses_stays() {
        let used = [GLUE, "const one = Sink.__wrap(0);\n"].concat();

        assert_eq!(classes(&used), used);
    }

    #[test]
    fn only_what_the_script_mentions_is_offered() {
        // (module (func (export "start")) (func (export "sink_free")))
        let module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x03\x02\0\0\x07\x15\x02\x05start\0\0\x09sink_free\0\x01\x0a\x07\x02\x02\0\x0b\x02\0\x0b";

        let pruned = exports(module, "wasm.start()").unwrap();

        assert_eq!(pruned.len(), module.len() - 12);
        assert!(!pruned.windows(4).any(|four| four == b"sink"));
        wasmparser::Validator::new().validate_all(&pruned).unwrap();
    }
}
