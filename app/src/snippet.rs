//! What a site owner pastes into his page, and what his page's policy must allow for it.

/// The one tag that puts an application on a page. `title` is given for an expanded launcher only.
pub fn snippet(origin: &str, key: &str, accent: &str, title: Option<&str>) -> String {
    let title =
        title.filter(|t| !t.is_empty()).map_or(String::new(), |t| [" data-title=\"", &attribute(t), "\""].concat());
    [
        "<script src=\"",
        &attribute(origin),
        "/embed.js\" data-key=\"",
        &attribute(key),
        "\" data-accent=\"",
        &attribute(accent),
        "\"",
        &title,
        " async></script>",
    ]
    .concat()
}

/// The two lines that a host's content security policy needs (design.md §6).
pub fn policy(origin: &str) -> String {
    ["script-src ", origin, ";\nframe-src ", origin, ";"].concat()
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_its_attribute() {
        let tag = snippet("https://chat.example", "pk_1", "#2a49b8", Some("\"><script>alert(1)</script>"));

        assert_eq!(tag.matches("<script").count(), 1);
        assert!(tag.ends_with(" async></script>"));
    }

    #[test]
    fn a_collapsed_launcher_has_no_title() {
        assert_eq!(
            snippet("https://chat.example", "pk_1", "#2a49b8", None),
            "<script src=\"https://chat.example/embed.js\" data-key=\"pk_1\" data-accent=\"#2a49b8\" async></script>"
        );
    }
}
