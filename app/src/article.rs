//! An article as a page shows it: Markdown made into HTML that can do nothing.

use ammonia::{Builder, UrlRelative};
use domain::id;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// How wide a picture is drawn at the most, in pixels: as wide as the window on the narrowest phone.
const WIDE: u32 = 288;

/// What an article may be made of. Of pictures only our own: a foreign one would tell another host who reads (S81).
static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut safe = Builder::empty();
    safe.add_tags(["p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"]);
    safe.add_tags(["h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "img"]);
    safe.add_tag_attributes("a", ["href"]);
    safe.add_tag_attributes("ol", ["start"]);
    safe.add_tag_attributes("img", ["src", "alt", "width", "height", "loading"]);
    safe.attribute_filter(|tag, name, value| (tag != "img" || name != "src" || is_ours(value)).then_some(value.into()));
    safe.url_schemes(["http", "https", "mailto", "tel"].into());
    safe.generic_attributes(HashSet::new());
    safe.url_relative(UrlRelative::Custom(Box::new(ours)));
    safe.set_tag_attribute_value("a", "target", "_blank");
    safe.link_rel(Some("noopener noreferrer nofollow"));
    safe
});

/// Of the addresses on this host only those of our pictures.
fn ours(url: &str) -> Option<Cow<'_, str>> {
    is_ours(url).then_some(Cow::Borrowed(url))
}

/// The address of a picture of ours, without its size.
fn is_ours(url: &str) -> bool {
    url.strip_prefix("/images/").is_some_and(id::is_sound)
}

pub fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut drawn = String::new();
    html::push_html(&mut drawn, Pictures { events: Parser::new_ext(markdown, options) });
    SAFE.clean(&drawn).to_string()
}

/// Draws our pictures, each a link to itself in full, and leaves the words of all others; what is HTML already and
/// has a picture in it is left out.
struct Pictures<'a> {
    events: Parser<'a>,
}

impl<'a> Iterator for Pictures<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            match self.events.next()? {
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let alt = self.alt();
                    return Some(match Size::of(&dest_url) {
                        Some((address, size)) => Event::InlineHtml(drawing(address, size, &alt).into()),
                        None => Event::Text(alt.into()),
                    });
                }
                Event::Html(html) | Event::InlineHtml(html) if has_picture(&html) => {}
                event => return Some(event),
            }
        }
    }
}

impl Pictures<'_> {
    /// The words of a picture, to its end.
    fn alt(&mut self) -> String {
        let (mut alt, mut depth) = (String::new(), 1);
        for event in self.events.by_ref() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(TagEnd::Image) if depth == 1 => break,
                Event::End(_) => depth -= 1,
                Event::Text(words) | Event::Code(words) => alt.push_str(&words),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                _ => {}
            }
        }
        alt
    }
}

fn has_picture(html: &CowStr<'_>) -> bool {
    let html = html.to_ascii_lowercase();
    html.contains("<img") || html.contains("<image")
}

/// How large a picture is, where its address says so.
#[derive(Clone, Copy)]
struct Size {
    width: u32,
    height: u32,
}

impl Size {
    /// The address of a picture of ours and its size, from what stands in the text: `/images/ID?w=640&h=480`.
    fn of(url: &str) -> Option<(&str, Option<Size>)> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let side = |name: &str| {
            let said = query.split('&').find_map(|pair| pair.strip_prefix(name));
            said.and_then(|said| said.parse::<u32>().ok()).filter(|side| (1..=10_000).contains(side))
        };
        let size = side("w=").zip(side("h=")).map(|(width, height)| Size { width, height });
        is_ours(address).then_some((address, size))
    }

    /// As it is drawn.
    fn drawn(self) -> Size {
        let width = self.width.min(WIDE);
        Size { width, height: (self.height * width).div_ceil(self.width).max(1) }
    }
}

/// With its size there is room for it before it is here.
fn drawing(address: &str, size: Option<Size>, alt: &str) -> String {
    let sides = match size.map(Size::drawn) {
        Some(Size { width, height }) => format!("width=\"{width}\" height=\"{height}\""),
        None => format!("width=\"{WIDE}\""),
    };
    let alt = alt.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!("<a href=\"{address}\"><img src=\"{address}\" {sides} alt=\"{alt}\" loading=\"lazy\"></a>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_drawn() {
        let drawn = html(
            "## Plazos\n\nTienes **30 días**.\n\n1. Embala\n2. Avisa en [la tienda](https://casanogal.example/x)\n",
        );

        assert!(drawn.contains("<h2>Plazos</h2>") && drawn.contains("<strong>30 días</strong>"), "{drawn}");
        assert!(drawn.contains("<li>Embala</li>"), "{drawn}");
        assert!(
            drawn.contains(
                "href=\"https://casanogal.example/x\" target=\"_blank\" rel=\"noopener noreferrer nofollow\""
            ),
            "{drawn}"
        );
    }

    #[test]
    fn nothing_in_an_article_runs_or_fetches() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](https://evil.example/x.png)",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt&#58;alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "<a href=\"//evil.example\" onclick=\"alert(1)\">x</a>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<style>@import url(https://evil.example)</style>",
            "<p style=\"background:url(https://evil.example)\">x</p>",
            "<form action=\"https://evil.example\"><input></form>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        ] {
            let drawn = html(hostile);
            for bad in [
                "<script",
                "onerror",
                "onclick",
                "javascript:",
                "data:",
                "src=",
                "<iframe",
                "<svg",
                "style",
                "<form",
                "<input",
                "<img",
                "href=\"//",
            ] {
                assert!(!drawn.to_lowercase().contains(bad), "{hostile}: {drawn}");
            }
        }
    }

    const PICTURE: &str = "/images/0mdr0a8m00-picture-0001";

    #[test]
    fn a_picture_of_ours_is_drawn_as_wide_as_the_window_and_opens_in_full() {
        let drawn = html(&format!("Así:\n\n![La \"tapa\" <b>]({PICTURE}?w=1152&h=600)\n"));

        assert!(drawn.contains(&format!("<a href=\"{PICTURE}\" target=\"_blank\"")), "{drawn}");
        assert!(drawn.contains(&format!("<img src=\"{PICTURE}\" width=\"288\" height=\"150\"")), "{drawn}");
        assert!(drawn.contains("alt=\"La &quot;tapa&quot;"), "{drawn}");
        let small = html(&format!("![x]({PICTURE}?w=100&h=50)"));
        assert!(small.contains("width=\"100\" height=\"50\""), "{small}");
        assert!(html(&format!("![x]({PICTURE}?w=0&h=-1)")).contains("width=\"288\" alt"), "a size that is none");
    }

    #[test]
    fn no_picture_but_ours_is_fetched_however_it_is_written() {
        for hostile in [
            "![x](/images/../../sign-out)",
            "![x](/images/a/b)",
            "![x](/api/session/end)",
            "![x](//evil.example/images/0mdr0a8m00-picture-0001)",
            "![x](https://evil.example/images/0mdr0a8m00-picture-0001)",
            "![x](/images/%2e%2e)",
            "[![x](https://evil.example/x.png)](https://evil.example)",
            "![![x](https://evil.example/x.png)](https://evil.example/y.png)",
            "<IMG SRC=/images/0mdr0a8m00-picture-0001 onerror=alert(1)>",
            "<image href=x onerror=alert(1)>",
            "<div><img src=https://evil.example/x.png></div>",
            "![x\" onerror=\"alert(1)](https://evil.example/x)",
        ] {
            let drawn = html(hostile);
            assert!(!drawn.contains("<img") && !drawn.contains("src="), "{hostile}: {drawn}");
        }
        let alt = html(&format!("![\" onerror=\"alert(1)]({PICTURE})"));
        assert!(!alt.contains("\" onerror=\""), "{alt}");
    }

    #[test]
    fn what_stands_for_a_picture_of_others_are_its_words() {
        assert_eq!(html("Mira ![la *tapa*](https://evil.example/x.png) aquí").trim(), "<p>Mira la tapa aquí</p>");
    }
}
