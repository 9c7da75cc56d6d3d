//! An article as a page shows it: Markdown made into HTML that can do nothing.

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};
use std::collections::HashSet;
use std::sync::LazyLock;

/// What an article may be made of. No image until the knowledge base has its own: a foreign one
/// would tell another host who reads (S81).
static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut safe = Builder::empty();
    safe.add_tags(["p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a"]);
    safe.add_tags(["h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"]);
    safe.add_tag_attributes("a", ["href"]);
    safe.add_tag_attributes("ol", ["start"]);
    safe.url_schemes(["http", "https", "mailto", "tel"].into());
    safe.generic_attributes(HashSet::new());
    safe.url_relative(ammonia::UrlRelative::Deny);
    safe.set_tag_attribute_value("a", "target", "_blank");
    safe.link_rel(Some("noopener noreferrer nofollow"));
    safe
});

pub fn html(markdown: &str) -> String {
    let mut drawn = String::new();
    html::push_html(&mut drawn, Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH));
    SAFE.clean(&drawn).to_string()
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
}
