//! What a site owner pastes into his page, and what his page's policy must allow for it.

use domain::wire::{ApplicationLine, Loader};

/// The tag that puts an application on a page. With a loader it is pinned: a browser runs those bytes and no
/// others.
pub fn snippet(origin: &str, line: &ApplicationLine, pinned: Option<&Loader>) -> String {
    let launcher = &line.launcher;
    let offset = [&launcher.across.to_string(), " ", &launcher.up.to_string()].concat();
    let mut tag = String::from("<script");
    let src = [origin, pinned.map_or("/embed.js", |loader| &loader.path)].concat();
    for (name, value) in [
        ("src", Some(&*src)),
        ("integrity", pinned.map(|loader| &*loader.integrity)),
        ("crossorigin", pinned.map(|_| "anonymous")),
        ("data-key", Some(&*line.key)),
        ("data-accent", Some(&*line.accent)),
        ("data-title", Some(&*line.title).filter(|title| line.expanded && !title.is_empty())),
        ("data-position", launcher.side.word()),
        ("data-offset", Some(&*offset).filter(|offset| *offset != "20 20")),
        ("data-z", launcher.z.map(|z| z.to_string()).as_deref()),
        ("data-icon", launcher.drawing.path()),
    ] {
        if let Some(value) = value {
            for piece in [" ", name, "=\"", &attribute(value), "\""] {
                tag.push_str(piece);
            }
        }
    }
    for (lang, title) in line.titles.iter().filter(|_| line.expanded) {
        for piece in [" data-", lang, "=\"", &attribute(title), "\""] {
            tag.push_str(piece);
        }
    }
    tag.push_str(" async></script>");
    tag
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
    use domain::launcher::{Drawing, Launcher, Side};

    fn line(title: &str, launcher: Launcher) -> ApplicationLine {
        ApplicationLine {
            id: "p1".into(),
            name: "Casa Nogal".into(),
            key: "pk_1".into(),
            sites: Vec::new(),
            accent: "#2a49b8".into(),
            title: title.into(),
            expanded: !title.is_empty(),
            launcher,
            retired: false,
            titles: Vec::new(),
        }
    }

    #[test]
    fn a_title_cannot_leave_its_attribute() {
        let line = line("\"><script>alert(1)</script>", Launcher::default());
        let tag = snippet("https://chat.example", &line, None);

        assert_eq!(tag.matches("<script").count(), 1);
        assert!(tag.ends_with(" async></script>"));
    }

    #[test]
    fn an_expanded_launcher_has_its_title_in_each_language_that_has_one() {
        let titles = vec![("pt".to_owned(), "Vamos \"conversar\"?".to_owned())];
        let expanded = ApplicationLine { titles, ..line("¿Hablamos?", Launcher::default()) };
        let collapsed = ApplicationLine { expanded: false, ..expanded.clone() };

        let tag = snippet("https://chat.example", &expanded, None);

        assert!(
            tag.ends_with(" data-title=\"¿Hablamos?\" data-pt=\"Vamos &quot;conversar&quot;?\" async></script>"),
            "{tag}"
        );
        assert!(!snippet("https://chat.example", &collapsed, None).contains("data-pt"));
    }

    #[test]
    fn what_is_usual_is_not_said() {
        assert_eq!(
            snippet("https://chat.example", &line("", Launcher::default()), None),
            "<script src=\"https://chat.example/embed.js\" data-key=\"pk_1\" data-accent=\"#2a49b8\" async></script>"
        );
    }

    #[test]
    fn a_pinned_tag_names_the_bytes_that_may_run() {
        let loader = Loader { path: "/embed-0a1b.js".into(), integrity: "sha384-abc".into() };
        let launcher =
            Launcher { side: Side::Left, up: 96, z: Some(7), drawing: Drawing::Letter, ..Launcher::default() };

        let tag = snippet("https://chat.example", &line("¿Hablamos?", launcher), Some(&loader));

        for part in [
            "src=\"https://chat.example/embed-0a1b.js\" integrity=\"sha384-abc\" crossorigin=\"anonymous\"",
            "data-title=\"¿Hablamos?\" data-position=\"left\" data-offset=\"20 96\" data-z=\"7\" data-icon=\"M",
        ] {
            assert!(tag.contains(part), "{tag}");
        }
    }
}
