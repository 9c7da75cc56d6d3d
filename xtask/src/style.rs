//! Plain CSS: a table of contents per screen, its parts put in its place, and no byte for the reader.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A file directly in `style/` that imports others is a table of contents. Returns (name, whole sheet).
pub fn sheets(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut sheets = Vec::new();
    let mut used = Vec::new();
    for file in crate::house::files(folder)? {
        let text = read(&file)?;
        let directly = file.parent() == Some(folder) && file.extension().is_some_and(|end| end == "css");
        if directly && text.lines().any(is_import) {
            let whole = unfold(&file, &mut Vec::new(), &mut used)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sheets.push((name, whole));
            used.push(file);
        }
    }
    for file in crate::house::files(folder)? {
        if file.extension().is_some_and(|end| end == "css") && !used.contains(&file) {
            println!("front: {} is in no table of contents", file.display());
        }
    }
    Ok(sheets)
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

fn is_import(line: &str) -> bool {
    line.trim_start().starts_with("@import")
}

/// The file with every `@import "part.css";` line replaced by the part.
fn unfold(file: &Path, open: &mut Vec<PathBuf>, used: &mut Vec<PathBuf>) -> Result<String> {
    if open.iter().any(|above| above == file) {
        bail!("{} imports itself", file.display());
    }
    open.push(file.to_owned());
    let mut whole = String::new();
    for line in read(file)?.lines() {
        if is_import(line) {
            let Some(part) = line.split('"').nth(1) else {
                bail!("{}: `{}` is not of the kind @import \"part.css\";", file.display(), line.trim());
            };
            let part = file.with_file_name(part);
            whole.push_str(&unfold(&part, open, used)?);
            used.push(part);
        } else {
            whole.push_str(line);
        }
        whole.push('\n');
    }
    open.pop();
    Ok(whole)
}

/// Takes out comments and the spaces nobody needs. Does not understand CSS, so it cannot misunderstand it.
pub fn minify(sheet: &str) -> String {
    let mut small = String::with_capacity(sheet.len());
    let mut rest = sheet.chars().peekable();
    let mut space = false;
    while let Some(letter) = rest.next() {
        if letter == '/' && rest.peek() == Some(&'*') {
            rest.next();
            let mut before = ' ';
            for inside in rest.by_ref() {
                if before == '*' && inside == '/' {
                    break;
                }
                before = inside;
            }
            space = true;
            continue;
        }
        if letter.is_whitespace() {
            space = true;
            continue;
        }
        let last = small.chars().next_back().unwrap_or('{');
        // Before a colon a space can be a descendant; around + and - it can be arithmetic.
        if space && !"{};,:>".contains(last) && !"{};,>".contains(letter) {
            small.push(' ');
        }
        space = false;
        if letter == '}' && last == ';' {
            small.pop();
        }
        small.push(letter);
        if letter == '"' || letter == '\'' {
            let mut escaped = false;
            for inside in rest.by_ref() {
                small.push(inside);
                if inside == letter && !escaped {
                    break;
                }
                escaped = inside == '\\' && !escaped;
            }
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn spaces_that_mean_something_stay() {
        let sheet = "/* a */ .a :hover, .b > .c {\n  margin: calc(1px + 2px) auto;\n  content: \"a  ;  b\";\n}\n@media (width > 40rem) and (hover: hover) { .d { color: red; } }\n";

        let small = minify(sheet);

        assert_eq!(
            small,
            ".a :hover,.b>.c{margin:calc(1px + 2px) auto;content:\"a  ;  b\"}@media (width>40rem) and (hover:hover){.d{color:red}}"
        );
    }

    #[test]
    fn an_empty_custom_property_keeps_its_value() {
        assert_eq!(minify(":root { --on: ; --two: a  b; }"), ":root{--on:;--two:a b}");
    }
}
