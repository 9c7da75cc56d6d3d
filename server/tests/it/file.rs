//! Files: what is taken, what is refused, and who opens them (S12, S31-S39, R25-R28).

use crate::bytes::{flood, gif_with_script, jpeg, jpeg_with_exif, picture, png, webp};
use crate::client::{Answer, Ask, get, post};
use crate::world::{Customer, INES, MARTA, TOMAS, World, new_id, new_token, words};
use domain::file::{FILE_LIMIT, FILES_LIMIT, PASS, PIXEL_LIMIT};
use domain::wire::Page;
use domain::{Act, Event, File, FileKind, Refusal, Span};
use image::ImageReader;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

impl Customer<'_> {
    fn sending(&self, name: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Ask {
        put(&format!("/w/v1/chats/{}/files/{}", self.chat, new_id()), name, kind, bytes).bearer(&self.token)
    }

    pub async fn sends(&self, name: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        self.world.ask(self.sending(name, kind, bytes)).await
    }

    async fn pass(&self) -> String {
        self.world.ask(get(format!("/w/v1/chats/{}/pass", self.chat)).bearer(&self.token)).await.ok()
    }

    async fn opens(&self, file: &File) -> Answer {
        self.world.ask(address(file, &self.pass().await)).await
    }
}

fn put(path: &str, name: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Ask {
    let ask = get(path).method("PUT").body(kind, bytes.into());
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    ask.header("x-file-name", &name)
}

fn address(file: &File, pass: &str) -> Ask {
    get(format!("/files/{}?pass={pass}", file.id))
}

/// The file that an answer tells of.
fn attached(answer: &Answer) -> File {
    let page: Page = answer.ok();
    match &page.told[0].event {
        Event::Attached { file, .. } => file.clone(),
        other => panic!("{other:?}"),
    }
}

impl World {
    fn files(&self) -> PathBuf {
        self.folder.path().join("data/files")
    }

    /// How many files lie there, and how many that are not kept.
    fn lie(&self) -> (usize, usize) {
        let count = |folder: PathBuf| {
            std::fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count()
        };
        (count(self.files()), count(self.files().join("arriving")))
    }

    async fn agent_sends(&self, session: &str, chat: &str, name: &str, kind: &str, bytes: Vec<u8>) -> Answer {
        let path = format!("/api/chats/{chat}/files/{}", new_id());
        self.ask(put(&path, name, kind, bytes).own(self.at).cookie(session)).await
    }

    async fn agent_pass(&self, session: &str, chat: &str) -> Answer {
        self.ask(get(format!("/api/chats/{chat}/pass")).cookie(session)).await
    }

    async fn attends(&self, session: &str, chat: &str) {
        let wish = serde_json::json!({ "id": new_id(), "act": "Attend" });
        self.ask(self.function("chat/act", session, &serde_json::json!({ "chat": chat, "wish": wish })))
            .await
            .ok::<Page>();
    }
}

async fn in_queue(world: &World) -> (String, crate::client::Socket, Customer<'_>) {
    let (session, console) = world.agent(INES).await;
    let customer = world.customer().await;
    (session, console, customer)
}

#[tokio::test]
async fn text_and_pictures_go_both_ways() {
    let world = World::new().await;
    let (session, _console, ana) = in_queue(&world).await;

    let photo = attached(&ana.sends("lámpara.jpg", "image/jpeg", jpeg(60, 40)).await);
    world.attends(&session, &ana.chat).await;
    let label = world.agent_sends(&session, &ana.chat, "etiqueta.txt", "text/plain", "Recogida ñ".into()).await;
    let label = attached(&label);

    assert_eq!((photo.name.as_str(), photo.kind, photo.width, photo.height), ("lámpara.jpg", FileKind::Jpeg, 60, 40));
    assert_eq!(ana.opens(&label).await.text(), "Recogida ñ");
    let pass: String = world.agent_pass(&session, &ana.chat).await.ok();
    let seen = world.ask(address(&photo, &pass).cookie(&session)).await;
    assert_eq!((seen.status.as_u16(), seen.body.len()), (200, photo.size as usize));
    let told: Vec<_> = ana.told().await.into_iter().filter(|t| matches!(t.event, Event::Attached { .. })).collect();
    assert_eq!(told.len(), 2);
}

/// S31: by extension, by declaration and by content.
#[tokio::test]
async fn only_what_is_on_the_list_is_taken_and_all_three_must_agree() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";

    for (name, kind, bytes) in [
        ("a.svg", "image/svg+xml", svg.as_bytes().to_vec()),
        ("a.html", "text/html", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("a.pdf", "application/pdf", b"%PDF-1.7\n".to_vec()),
        ("a.zip", "application/zip", b"PK\x03\x04\x14\0".to_vec()),
        ("a.exe", "application/x-msdownload", b"MZ\x90\0\x03".to_vec()),
        // Renamed, and declared as what they are named; and the other way round.
        ("a.png", "image/png", svg.as_bytes().to_vec()),
        ("a.txt", "text/plain", svg.as_bytes().to_vec()),
        ("a.txt", "text/plain", b"<html><script>alert(1)</script>".to_vec()),
        ("a.txt", "text/plain", b"MZ\x90\0\x03".to_vec()),
        ("a.jpg", "image/jpeg", png(4, 4)),
        ("a.png", "image/jpeg", png(4, 4)),
        ("a.txt", "image/png", png(4, 4)),
        ("a.png.html", "text/html", png(4, 4)),
        ("a.gif", "image/gif", png(4, 4)),
    ] {
        let answer = ana.sends(name, kind, bytes).await;
        answer.refused(415, Refusal::FileKind);
    }

    assert_eq!(world.lie(), (0, 0), "nothing of it is left");
    ana.wish(words("y sigo escribiendo")).await.ok::<Page>();
}

/// S32.
#[tokio::test]
async fn ten_megabytes_are_taken_and_not_a_byte_more() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let most = FILE_LIMIT as usize;

    let whole = attached(&ana.sends("a.txt", "text/plain", vec![b'a'; most]).await);

    assert_eq!(whole.size, FILE_LIMIT);
    // Who says that it is more is answered before a byte of it has come.
    let head = |more: &str| {
        format!(
            "PUT /w/v1/chats/{}/files/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-file-name: a.txt\r\n\
             content-type: text/plain\r\n{more}\r\n\r\n",
            ana.chat,
            new_id(),
            ana.token
        )
    };
    let mut line = tokio::net::TcpStream::connect(world.at).await.unwrap();
    line.write_all(head(&format!("content-length: {}", most + 1)).as_bytes()).await.unwrap();
    let mut said = [0; 12];
    line.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 413");
    // Who does not say it is cut off there.
    let mut line = tokio::net::TcpStream::connect(world.at).await.unwrap();
    line.write_all(head("transfer-encoding: chunked").as_bytes()).await.unwrap();
    let piece = [b"10000\r\n".to_vec(), vec![b'a'; 65_536], b"\r\n".to_vec()].concat();
    for _ in 0..most / 65_536 {
        line.write_all(&piece).await.unwrap();
    }
    line.write_all(b"1\r\na\r\n").await.unwrap();
    line.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 413");
    assert_eq!(world.lie(), (1, 0));
}

/// S33, S34.
#[tokio::test]
async fn a_file_is_served_so_that_nothing_in_it_runs() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let gif = attached(&ana.sends("a.gif", "image/gif", gif_with_script()).await);
    let hidden = [png(8, 4), b"<script>alert(document.domain)</script>".to_vec()].concat();
    let png = attached(&ana.sends("a.png", "image/png", hidden).await);
    let text = attached(&ana.sends("a.md", "", "# <script>alert(1)</script>").await);

    for (file, kind, manner) in [
        (&gif, "image/gif", "inline"),
        (&png, "image/png", "inline"),
        (&text, "text/plain; charset=utf-8", "attachment"),
    ] {
        let answer = ana.opens(file).await;
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("content-disposition").starts_with(manner), "{answer:?}");
        assert!(answer.header("cache-control").starts_with("private"));
        let script = answer.body.windows(7).any(|seven| seven == b"alert(d");
        assert!(!script, "what hid in {kind} did not come along");
    }
}

#[tokio::test]
async fn an_animation_goes_on_moving() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;

    let gif = attached(&ana.sends("a.gif", "image/gif", gif_with_script()).await);
    let answer = ana.opens(&gif).await;

    assert_eq!((gif.width, gif.height), (4, 2));
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(&answer.body[..]).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames.push((frame.delay, frame.buffer[0]));
    }
    assert_eq!(frames, [(7, 0), (7, 255)]);
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
}

/// S39: the place a picture was taken at is nobody's business; which way up it is, is.
#[tokio::test]
async fn a_picture_loses_what_is_not_seen_and_stands_upright() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let sent = jpeg_with_exif(60, 40);
    assert!(sent.windows(3).any(|three| three == b"GPS"));

    let photo = attached(&ana.sends("a.jpg", "image/jpeg", sent).await);
    let answer = ana.opens(&photo).await;

    assert_eq!((photo.width, photo.height), (40, 60));
    for gone in [&b"GPS"[..], b"Exif", b"script"] {
        assert!(!answer.body.windows(gone.len()).any(|there| there == gone));
    }
    let shown = ImageReader::new(Cursor::new(&answer.body)).with_guessed_format().unwrap().decode().unwrap().to_rgb8();
    let upright = picture(60, 40).rotate90().to_rgb8();
    assert_eq!(shown.dimensions(), upright.dimensions());
    assert!(shown.get_pixel(20, 5)[0] > 150 && shown.get_pixel(20, 55)[2] > 150, "red above, blue below");
}

#[tokio::test]
async fn a_webp_without_holes_becomes_a_photograph() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;

    let photo = attached(&ana.sends("foto.webp", "image/webp", webp(30, 20)).await);

    assert_eq!((photo.kind, photo.name.as_str()), (FileKind::Jpeg, "foto.jpg"));
    assert_eq!(ana.opens(&photo).await.header("content-type"), "image/jpeg");
}

/// S35: outside anything served, under a name that nobody chose, for this program alone.
#[tokio::test]
async fn a_file_lies_where_nobody_else_looks() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let file = attached(&ana.sends("../../x.txt", "text/plain", "hola").await);
    let path = world.files().join(&file.id);

    let mode = |path: &PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;

    assert_eq!((mode(&path), mode(&world.files())), (0o600, 0o700));
    assert_eq!(file.id.len(), 32);
    for path in [format!("/data/files/{}", file.id), format!("/{}", file.id), format!("/files/../files/{}", file.id)] {
        assert_eq!(world.ask(get(path)).await.status, 404);
    }
}

/// S36, S30.
#[tokio::test]
async fn whatever_a_file_is_called_its_name_stays_a_name() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    for (given, kept) in [
        ("../../etc/x.txt", "x.txt"),
        ("C:\\dir\\x.txt", "x.txt"),
        ("a\0.txt", "a.txt"),
        ("a\r\nset-cookie: b.txt", "aset-cookie b.txt"),
        ("\"><img src=x onerror=alert(1)>.txt", "img src=x onerror=alert(1).txt"),
        ("\u{202e}gpj.exe.txt", "gpj.exe.txt"),
    ] {
        let file = attached(&ana.sends(given, "text/plain", "hola").await);
        assert_eq!(file.name, kept);
        let answer = ana.opens(&file).await;
        assert_eq!(answer.header("content-disposition").matches('"').count(), 2, "{answer:?}");
        assert!(answer.headers.get("set-cookie").is_none());
    }
    let long = attached(&ana.sends(&["x".repeat(4_096).as_str(), ".txt"].concat(), "text/plain", "hola").await);
    assert_eq!(long.name.len(), 120);
}

/// S37.
#[tokio::test]
async fn a_flood_of_pixels_is_refused_before_it_is_unpacked() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let most = Refusal::TooManyPixels { limit: PIXEL_LIMIT };
    let before = memory();
    let begun = Instant::now();

    ana.sends("a.png", "image/png", flood(50_000, 50_000)).await.refused(422, most.clone());

    let (took, grew) = (begun.elapsed(), memory().saturating_sub(before));
    println!("refused after {took:?}, memory grew by {} KB", grew / 1024);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(grew < 32 * 1024 * 1024, "{grew}");
    let one = b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    let huge = [&b"GIF89a\xff\xff\xff\xff\0\0\0"[..], one].concat();
    ana.sends("a.gif", "image/gif", huge).await.refused(422, most);
}

/// Of this process, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn what_is_damaged_or_cut_off_says_so() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();

    for (name, kind, bytes) in [
        ("a.png", "image/png", half(png(300, 200))),
        ("a.jpg", "image/jpeg", half(jpeg(300, 200))),
        ("a.jpg", "image/jpeg", half(jpeg_with_exif(300, 200))),
        ("a.webp", "image/webp", half(webp(300, 200))),
        ("a.gif", "image/gif", half(gif_with_script())),
        ("a.txt", "text/plain", Vec::new()),
    ] {
        ana.sends(name, kind, bytes).await.refused(422, Refusal::FileBroken);
    }
    ana.sends("a.csv", "text/csv", b"espa\xf1a;1".to_vec()).await.refused(422, Refusal::NotUtf8);

    assert_eq!(world.lie(), (0, 0));
}

/// S12, S38: an address is of one conversation and of one person, and for some minutes.
#[tokio::test]
async fn an_address_opens_nothing_for_anybody_else_nor_later() {
    let world = World::new().await;
    let (ines, _console, ana) = in_queue(&world).await;
    let eva = world.customer().await;
    let (tomas, marta) = (world.sign_in(TOMAS).await, world.sign_in(MARTA).await);
    let file = attached(&ana.sends("a.txt", "text/plain", "de Ana").await);
    let other = attached(&eva.sends("a.txt", "text/plain", "de Eva").await);
    world.attends(&ines, &ana.chat).await;
    let (hers, his) = (ana.pass().await, eva.pass().await);
    let staff: String = world.agent_pass(&ines, &ana.chat).await.ok();

    let path = |chat: &str, rest: &str| format!("/w/v1/chats/{chat}/{rest}");
    for chat in [ana.chat.as_str(), "0", "-1", "GENERAL"] {
        let asked = [
            world.ask(get(path(chat, "pass")).bearer(&eva.token)).await,
            world
                .ask(put(&path(chat, &format!("files/{}", new_id())), "a.txt", "text/plain", "x").bearer(&eva.token))
                .await,
            world.ask(address(&File { id: chat.into(), ..file.clone() }, &his)).await,
        ];
        for answer in asked {
            assert_eq!(answer.status, 404, "{answer:?}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("Ana"));
        }
    }
    let until = |pass: &str| pass.replacen("c.1", "c.2", 1);
    for (ask, why) in [
        (address(&file, ""), "without a pass"),
        (address(&file, &his), "with the pass of another conversation"),
        (address(&other, &hers), "the file of another conversation"),
        (address(&file, &until(&hers)), "with a pass that was made longer"),
        (address(&file, &hers.replacen('c', "s", 1)).cookie(&ines), "with a customer's pass as an agent's"),
        (address(&file, &staff), "with an agent's pass and without his session"),
        (address(&file, &staff).cookie(&marta), "with an agent's pass in another session"),
    ] {
        assert_eq!(world.ask(ask).await.status, 404, "{why}");
    }
    assert_eq!(world.agent_pass(&tomas, &eva.chat).await.status, 404, "who is not in it sees nothing of it");
    assert_eq!(world.ask(address(&file, &hers)).await.text(), "de Ana");
    world.running.desk.clock().advance(Span(PASS.0 - 30_000));
    assert_eq!(world.ask(address(&file, &hers)).await.status, 200);
    world.running.desk.clock().advance(Span(30_001));
    let late = world.ask(address(&file, &hers).header("accept-language", "en")).await;
    assert_eq!(late.status, 403);
    assert!(late.text().contains("This link has expired"), "{}", late.text());
}

/// S38.
#[tokio::test]
async fn guessing_addresses_is_stopped_and_using_them_is_not() {
    let world = World::with(&[]).await;
    let (.., ana) = in_queue(&world).await;
    let file = attached(&ana.sends("a.txt", "text/plain", "hola").await);
    let pass = ana.pass().await;

    for _ in 0..200 {
        assert_eq!(world.ask(address(&file, &pass)).await.status, 200);
    }
    let mut guessed = Vec::new();
    for n in 0..200_u32 {
        let guess = File { id: format!("{n:032x}"), ..file.clone() };
        guessed.push(world.ask(address(&guess, &pass)).await.status.as_u16());
    }

    assert_eq!(guessed.iter().filter(|status| **status == 200).count(), 0);
    assert!(guessed.iter().filter(|status| **status == 429).count() >= 70, "{guessed:?}");
}

/// S39.
#[tokio::test]
async fn a_conversation_takes_so_many_files_and_goes_on() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    for _ in 0..FILES_LIMIT {
        attached(&ana.sends("a.txt", "text/plain", "hola").await);
    }

    let answer = ana.sends("a.txt", "text/plain", "hola").await;

    answer.refused(413, Refusal::TooManyFiles { files: FILES_LIMIT, bytes: domain::file::CHAT_LIMIT });
    ana.wish(words("entonces lo escribo")).await.ok::<Page>();
    assert_eq!(world.lie(), (FILES_LIMIT as usize, 0));
}

/// S39: by the day and by the address, as the file of settings says.
#[tokio::test]
async fn an_address_sends_so_much_a_day() {
    let world = three_megabytes_a_day().await;
    let (.., ana) = in_queue(&world).await;

    let megabyte = || vec![b'a'; 1_000_000];
    for _ in 0..3 {
        // None of it was let come, and none of it counts.
        ana.sends("a.exe", "application/x-msdownload", megabyte()).await.refused(415, Refusal::FileKind);
    }
    for _ in 0..3 {
        attached(&ana.sends("a.txt", "text/plain", megabyte()).await);
    }
    let answer = ana.sends("a.txt", "text/plain", megabyte()).await;

    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 60);
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_kept_once() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let path = format!("/w/v1/chats/{}/files/{}", ana.chat, new_id());
    let send = || world.ask(put(&path, "a.png", "image/png", png(40, 30)).bearer(&ana.token));

    let (one, two) = tokio::join!(send(), send());
    let three = send().await;

    assert_eq!(attached(&one), attached(&two));
    assert_eq!(attached(&one), attached(&three));
    assert_eq!(world.lie(), (1, 0));
}

/// R32 of quality.md: what was cut off leaves nothing behind.
#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = World::new().await;
    let (.., ana) = in_queue(&world).await;
    let mut line = tokio::net::TcpStream::connect(world.at).await.unwrap();
    let head = head(&ana, 1_000_000);
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&[b'a'; 65_536]).await.unwrap();
    until(|| world.lie() == (0, 1)).await;

    drop(line);

    until(|| world.lie() == (0, 0)).await;
    assert!(ana.told().await.iter().all(|t| !matches!(t.event, Event::Attached { .. })));
}

#[tokio::test]
async fn who_may_not_send_now_holds_no_line_by_letting_it_drip() {
    let world = three_megabytes_a_day().await;
    let (.., ana) = in_queue(&world).await;
    let line = tokio::net::TcpStream::connect(world.at).await.unwrap();
    let (mut hears, mut says) = line.into_split();
    let head = head(&ana, 9_000_000);
    says.write_all(head.as_bytes()).await.unwrap();

    // More than anybody waits between two pieces would be without an end.
    let drips = async {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        while says.write_all(b"a").await.is_ok() {
            tick.tick().await;
        }
    };
    let mut answer = [0; 12];
    let answered = tokio::time::timeout(Duration::from_secs(19), async {
        tokio::select! { _ = drips => panic!("the line was cut"), read = hears.read_exact(&mut answer) => read.unwrap() }
    });

    answered.await.expect("an answer while it drips");
    assert_eq!(&answer, b"HTTP/1.1 429");
}

/// A browser hears no answer when the line is cut under what it is still sending.
#[tokio::test]
async fn who_may_not_send_now_is_heard_out_and_then_told() {
    let world = three_megabytes_a_day().await;
    let (.., ana) = in_queue(&world).await;
    let mut line = tokio::net::TcpStream::connect(world.at).await.unwrap();

    line.write_all(head(&ana, 9_000_000).as_bytes()).await.unwrap();
    line.write_all(&vec![b'a'; 9_000_000]).await.expect("all of it is let come");

    let mut answer = [0; 12];
    line.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 429");
    assert_eq!(world.lie(), (0, 0));
}

async fn three_megabytes_a_day() -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recado.toml");
    std::fs::write(&file, "[rates]\nfile-megabytes = '3/d'").unwrap();
    World::with(&["--config", file.to_str().unwrap()]).await
}

/// The beginning of a request that sends a text of so many bytes.
fn head(ana: &Customer<'_>, size: u32) -> String {
    format!(
        "PUT /w/v1/chats/{}/files/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-file-name: a.txt\r\n\
         content-type: text/plain\r\ncontent-length: {size}\r\n\r\n",
        ana.chat,
        new_id(),
        ana.token
    )
}

/// Looks until it is so: the server learns of a broken line in its own time.
async fn until(so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < crate::client::PATIENCE, "it never came to be");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nobody_attaches_by_an_act_nor_from_another_site_nor_when_it_is_over() {
    let world = World::new().await;
    let (session, _console, ana) = in_queue(&world).await;
    let file = attached(&ana.sends("a.txt", "text/plain", "hola").await);

    ana.wish(Act::Attach { file }).await.refused(404, Refusal::NotYours);
    let path = format!("/api/chats/{}/files/{}", ana.chat, new_id());
    let foreign = put(&path, "a.txt", "text/plain", "x").cookie(&session).header("sec-fetch-site", "cross-site");
    assert_eq!(world.ask(foreign).await.status, 403);
    let outside = world.agent_sends(&session, &ana.chat, "a.txt", "text/plain", "x".into()).await;
    outside.refused(404, Refusal::NotYours);
    assert_eq!(world.ask(post(&path)).await.status, 403);
    ana.wish(Act::Close).await.ok::<Page>();
    ana.sends("a.txt", "text/plain", "hola").await.refused(409, Refusal::Ended);
    let nobody = put(&format!("/w/v1/chats/{}/files/{}", ana.chat, new_id()), "a.txt", "text/plain", "x");
    assert_eq!(world.ask(nobody.bearer(&new_token())).await.status, 401);
}
