//! The knowledge base over HTTP: what is written is harmless where it is read, and pictures are what they say.

use crate::client::{Answer, get};
use crate::world::*;
use domain::article::{ArticleLine, ArticleView, BODY_LIMIT};
use domain::audit::{Filter, Kind};
use domain::knowledge::{Base, Kept, Picture, Sheet, Version};
use domain::profile::TONGUES;
use domain::{Refusal, Span};
use image::{DynamicImage, ImageFormat};
use serde_json::json;
use std::io::Cursor;

impl World {
    async fn writes(&self, session: &str, title: &str, body: &str, published: bool) -> Kept {
        let version =
            Version { lang: "es".into(), title: title.into(), body: body.into(), published, ..Version::default() };
        let sheet = Sheet { id: new_id(), section: None, applications: vec!["shop".into()], versions: vec![version] };
        let body = json!({ "revision": 0, "sheet": sheet });
        self.ask(self.function("knowledge/save", session, &body)).await.ok()
    }

    async fn sends_image(&self, session: &str, id: &str, kind: &str, bytes: Vec<u8>) -> Answer {
        let ask = get(format!("/api/images/{id}")).method("PUT").cookie(session).own(self.at).body(kind, bytes);
        self.ask(ask).await
    }
}

fn picture(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn what_an_administrator_publishes_a_customer_finds_and_reads_and_a_draft_he_does_not() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let find = async |asked: &str| {
        world.ask(get(format!("/w/v1/applications/{KEY}/articles?lang=es&q={asked}"))).await.ok::<Vec<ArticleLine>>()
    };
    world.writes(&marta, "Jirafas de nogal", "Muy **altas**.", true).await;
    world.writes(&marta, "Elefantes de nogal", "Muy grandes.", false).await;

    let found = find("jirafas").await;
    let read = world.ask(get(format!("/w/v1/applications/{KEY}/articles/{}", found[0].id))).await.ok::<ArticleView>();
    assert!(read.html.contains("<strong>altas</strong>"), "{}", read.html);
    assert!(find("elefantes").await.is_empty());
    let page = world.ask(get("/help/es/jirafas-de-nogal")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<strong>altas</strong>"), "{}", page.text());
    assert_eq!(world.ask(get("/help/es/elefantes-de-nogal")).await.status, 404);
    assert_eq!(world.ask(get("/help/fr/jirafas-de-nogal")).await.status, 404);
}

#[tokio::test]
async fn an_article_may_be_as_long_as_it_may_be_in_every_language_at_once() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let long = "Muy alta.\n".repeat(BODY_LIMIT / 10);
    let version = |lang: &str, body: &str| Version {
        lang: lang.into(),
        title: "Jirafas".into(),
        body: body.into(),
        ..Version::default()
    };
    let write = |body: &str| {
        let versions = TONGUES.map(|lang| version(lang, body)).to_vec();
        let sheet = Sheet { id: new_id(), section: None, applications: Vec::new(), versions };
        world.function("knowledge/save", &marta, &json!({ "revision": 0, "sheet": sheet }))
    };

    let kept: Kept = world.ask(write(&long)).await.ok();
    let read: String = world.ask(world.function("knowledge/preview", &marta, &json!({ "body": long }))).await.ok();

    assert!(kept.sheet.versions.len() == 3 && kept.sheet.versions.iter().all(|version| version.body == long.trim()));
    assert!(read.len() > long.len());
    let over = Refusal::FieldTooLong { field: "es.body".into(), limit: BODY_LIMIT as u32 };
    world.ask(write(&[&long, "y más"].concat())).await.refused(422, over);
}

#[tokio::test]
async fn nothing_hostile_that_is_written_runs_or_fetches_wherever_it_is_read() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let hostile = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<a href=\"//evil.example\" onclick=\"alert(1)\">x</a>",
        "<style>@import url(https://evil.example)</style>",
        "<form action=\"https://evil.example\"><input name=password></form>",
        "<base href=https://evil.example><meta http-equiv=refresh content=0>",
    ]
    .join("\n\n");
    let kept = world.writes(&marta, "Jirafas <script>alert(2)</script>", &format!("Hola.\n\n{hostile}"), true).await;

    let found: Vec<ArticleLine> =
        world.ask(get(format!("/w/v1/applications/{KEY}/articles?lang=es&q=jirafas"))).await.ok();
    let read: ArticleView = world.ask(get(format!("/w/v1/applications/{KEY}/articles/{}", found[0].id))).await.ok();
    let preview: String =
        world.ask(world.function("knowledge/preview", &marta, &json!({ "body": hostile }))).await.ok();
    let page = world.ask(get(format!("/help/es/{}", kept.sheet.versions[0].slug))).await;
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let page = page.text();
    let body = page.split_once("class=\"prose\"").unwrap().1.to_owned();
    for drawn in [&read.html, &preview, &body] {
        for bad in [
            "<script",
            "onerror",
            "onclick",
            "javascript:",
            "<iframe",
            "<style",
            "<form",
            "<input",
            "<img",
            "<base",
            "<meta",
            "href=\"//",
        ] {
            assert!(!drawn.to_lowercase().contains(bad), "{bad}: {drawn}");
        }
    }
    assert!(!page.contains("<script"), "{page}");
}

#[tokio::test]
async fn a_picture_is_made_anew_and_served_as_nothing_but_a_picture() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let id = new_id();
    let mut bytes = picture(ImageFormat::Png, 2_000, 500);
    bytes.extend_from_slice(b"<script>alert(1)</script>");

    let (width, height) = world.sends_image(&marta, &id, "image/png", bytes).await.ok::<(u32, u32)>();
    assert_eq!((width, height), (1_600, 400));
    let shown = world.ask(get(format!("/images/{id}"))).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/png"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("content-security-policy").starts_with("sandbox"));
    assert!(!shown.body.windows(7).any(|piece| piece == b"<script"));
    let body = format!("![Tapa](/images/{id}?w={width}&h={height})");
    let drawn: String = world.ask(world.function("knowledge/preview", &marta, &json!({ "body": body }))).await.ok();
    assert!(drawn.contains(&format!("<img src=\"/images/{id}\" width=\"288\" height=\"72\"")), "{drawn}");
}

#[tokio::test]
async fn a_picture_that_is_kept_is_written_down_once_and_a_refused_one_is_not() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let id = new_id();
    let noted = async || {
        let marta = world.running.desk.session(&marta).await.unwrap().agent;
        let filter = Filter { about: Some(format!("article image {id}")), ..Filter::default() };
        let lines = world.running.desk.audit(&marta, &filter, None).await.unwrap().lines;
        lines.into_iter().map(|line| (line.kind, line.address)).collect::<Vec<_>>()
    };

    world.sends_image(&ines, &id, "image/png", picture(ImageFormat::Png, 4, 4)).await;
    assert_eq!(noted().await, []);
    for _ in 0..2 {
        let sent = world.sends_image(&marta, &id, "image/png", picture(ImageFormat::Png, 4, 4)).await;
        assert_eq!(sent.ok::<(u32, u32)>(), (4, 4));
    }

    assert_eq!(noted().await, [(Kind::SettingsChanged, "127.0.0.0".to_owned())]);
}

#[tokio::test]
async fn what_is_no_picture_or_comes_from_who_may_not_is_not_kept() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let png = || picture(ImageFormat::Png, 4, 4);
    let id = new_id();

    world.sends_image(&ines, &id, "image/png", png()).await.refused(403, Refusal::OnlyAdministrators);
    world.sends_image("nobody", &id, "image/png", png()).await.refused(401, Refusal::SignedOut);
    let foreign =
        get(format!("/api/images/{id}")).method("PUT").cookie(&marta).header("origin", "https://evil.example");
    world.ask(foreign.body("image/png", png())).await.refused(403, Refusal::ForeignSite);
    world
        .sends_image(&marta, &id, "image/svg+xml", b"<svg onload=alert(1)>".to_vec())
        .await
        .refused(415, Refusal::FileKind);
    world.sends_image(&marta, &id, "text/html", b"<script>".to_vec()).await.refused(415, Refusal::FileKind);
    world
        .sends_image(&marta, &id, "image/png", b"<script>alert(1)</script>".to_vec())
        .await
        .refused(415, Refusal::FileKind);
    let lies = picture(ImageFormat::Jpeg, 4, 4);
    world.sends_image(&marta, &id, "image/png", lies).await.refused(415, Refusal::FileKind);
    world.sends_image(&marta, "x", "image/png", png()).await.refused(400, Refusal::Malformed);
    assert_eq!(world.ask(get(format!("/images/{id}"))).await.status, 404);
    assert_eq!(world.ask(get("/images/%00")).await.status, 404);
}

#[tokio::test]
async fn a_picture_that_no_article_shows_can_be_removed_and_one_that_is_shown_cannot() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let (shown, elsewhere, free) = (new_id(), new_id(), new_id());
    for id in [&shown, &elsewhere, &free] {
        world.sends_image(&marta, id, "image/png", picture(ImageFormat::Png, 4, 4)).await.ok::<(u32, u32)>();
    }
    let article = world.writes(&marta, "Jirafas", &format!("![Tapa](/images/{shown}?w=4&h=4)"), false).await.sheet.id;
    world.writes(&marta, "Elefantes", &format!("![Tapa](/images/{elsewhere})"), true).await;
    let list = async || {
        let ask = world.function("knowledge/pictures", &marta, &json!({ "article": article }));
        let all: Vec<Picture> = world.ask(ask).await.ok();
        all.into_iter().map(|one| (one.id, one.used)).collect::<Vec<_>>()
    };
    let remove =
        async |id: &str| world.ask(world.function("knowledge/remove-picture", &marta, &json!({ "picture": id }))).await;

    let (before, used) = (list().await, remove(&shown).await);
    remove(&free).await.ok::<()>();
    remove(&free).await.ok::<()>();

    assert!(before.contains(&(shown.clone(), true)) && before.contains(&(free.clone(), false)), "{before:?}");
    assert!(before.iter().all(|(id, _)| *id != elsewhere), "another's is not its business: {before:?}");
    used.refused(409, Refusal::Overtaken { by: "Marta Ortiz".into() });
    assert_eq!(list().await, [(shown.clone(), true)]);
    for (id, status) in [(&shown, 200), (&elsewhere, 200), (&free, 404)] {
        assert_eq!(world.ask(get(format!("/images/{id}"))).await.status, status);
    }
}

#[tokio::test]
async fn who_searches_in_a_widget_is_counted_without_being_known() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    for asked in ["jirafa", "roto", "ana@correo.example"] {
        world.ask(get(format!("/w/v1/applications/{KEY}/articles?lang=es&q={asked}"))).await.ok::<Vec<ArticleLine>>();
    }
    world.running.desk.clock().advance(Span::secs(5));

    let ask = json!({ "from": "2000-01-01", "to": "2100-01-01" });
    let read: domain::knowledge::Searches = world.ask(world.function("knowledge/searches", &marta, &ask)).await.ok();

    let words: Vec<_> = read.all.iter().map(|asked| (asked.words.as_str(), asked.missed)).collect();
    assert_eq!(words, [("jirafa", 1), ("roto", 0)]);
    let base: Base = world.ask(world.function("knowledge/list", &marta, &json!({}))).await.ok();
    assert!(base.lines.len() >= 8);
}
