//! An agent's own account: what he says of himself, and his photo.

use crate::world::*;
use desk::people::{Right, Staff};
use domain::profile::{Change, PHOTO_LIMIT, Theme};
use domain::wire::Down;
use domain::{Refusal, Time};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use std::io::Cursor;

fn change() -> Change {
    let languages = vec!["pt".into(), "es".into()];
    Change { name: "Inés R.".into(), lang: "pt".into(), languages, theme: Theme::Dark }
}

/// Wide, red on its left third and blue elsewhere; what is behind it can be seen through a corner.
fn picture(format: ImageFormat) -> Vec<u8> {
    let mut picture =
        RgbaImage::from_fn(600, 300, |x, _| if x < 100 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 255, 255]) });
    picture.put_pixel(300, 150, Rgba([0, 0, 0, 0]));
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::from(picture);
    let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

impl World {
    async fn sends_photo(&self, declared: &str, bytes: &[u8]) -> Result<(), desk::Error> {
        let ines = self.signed(INES).await;
        let mut photo = self.desk.begin_photo(declared, Some(bytes.len() as u64)).await?;
        for piece in bytes.chunks(1_000) {
            photo.write(piece).await?;
        }
        photo.finish(&ines, &here()).await
    }

    async fn photo(&self, large: bool) -> Option<(Vec<u8>, Time)> {
        self.desk.photo(&self.agent(INES).face.id, large).await.unwrap()
    }
}

#[tokio::test]
async fn what_he_says_of_himself_is_kept_and_colleagues_read_his_new_name() {
    let mut world = World::open().await;
    let session = world.signs_in(INES).await;
    let ines = world.desk.session(&session).await.unwrap();

    world.desk.change_profile(&ines, &change(), &here()).await.unwrap();

    let named = |down: &Down| match down {
        Down::Agent(state) if state.face.name == "Inés R." => Some(state.connected),
        _ => None,
    };
    assert!(world.hears_next(TOMAS, named).await);
    let ines = world.desk.session(&session).await.unwrap();
    assert_eq!((ines.lang.as_str(), ines.theme), ("pt", Theme::Dark));
    let kept = world.desk.profile(&ines).await.unwrap();
    assert_eq!((kept.name.as_str(), kept.languages.join(" ").as_str()), ("Inés R.", "es pt"));
    let nameless = Change { name: " ".into(), ..change() };
    let why = refusal(world.desk.change_profile(&ines, &nameless, &here()).await);
    assert_eq!(why, Refusal::FieldMissing { field: "name".into() });
}

#[tokio::test]
async fn a_photo_is_made_anew_in_small_squares_from_its_middle() {
    let world = World::empty().await;
    assert_eq!(world.photo(false).await, None);

    for (declared, format) in
        [("image/png", ImageFormat::Png), ("image/jpeg", ImageFormat::Jpeg), ("image/webp", ImageFormat::WebP)]
    {
        world.sends_photo(declared, &picture(format)).await.unwrap();

        for (large, side) in [(false, 96), (true, 256)] {
            let (bytes, _) = world.photo(large).await.unwrap();
            let made = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap().to_rgb8();
            assert_eq!(made.dimensions(), (side, side), "{declared}");
            // Nothing of the left third is in it.
            let [red, _, blue] = made.get_pixel(1, side / 2).0;
            assert!(blue > 200 && red < 60, "{declared}: {red} {blue}");
        }
    }
    let ines = world.signed(INES).await;
    assert_eq!(world.desk.profile(&ines).await.unwrap().photo, Some(world.desk.now()));
    world.desk.remove_photo(&ines, &here()).await.unwrap();
    assert_eq!((world.photo(false).await, world.photo(true).await), (None, None));
}

#[tokio::test]
async fn a_picture_that_is_long_and_thin_is_cut_before_it_is_scaled() {
    let world = World::empty().await;

    for (width, height) in [(1, 1_000_000), (1_000_000, 1)] {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        world.sends_photo("image/png", &bytes.into_inner()).await.unwrap();

        let (bytes, _) = world.photo(true).await.unwrap();
        let made = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!((made.width(), made.height()), (256, 256), "{width}×{height}");
    }
}

#[tokio::test]
async fn what_was_transparent_is_white() {
    let world = World::empty().await;
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgba8(300, 200).write_to(&mut bytes, ImageFormat::Png).unwrap();

    world.sends_photo("image/png", &bytes.into_inner()).await.unwrap();

    let (bytes, _) = world.photo(false).await.unwrap();
    let made = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap().to_rgb8();
    assert!(made.pixels().all(|pixel| pixel.0.iter().all(|colour| *colour > 250)));
}

#[tokio::test]
async fn the_photo_of_who_was_shut_out_is_seen_by_nobody_and_an_operator_takes_it_away() {
    let world = World::empty().await;
    let staff = Staff::open(&world.settings.database).await.unwrap();
    world.sends_photo("image/png", &picture(ImageFormat::Png)).await.unwrap();

    staff.set(INES, &[(Right::Access, false)], world.desk.now()).await.unwrap();
    assert_eq!((world.photo(false).await, world.photo(true).await), (None, None));
    staff.set(INES, &[(Right::Access, true)], world.desk.now()).await.unwrap();
    assert!(world.photo(false).await.is_some());

    assert!(staff.remove_photo(INES, world.desk.now()).await.unwrap());
    assert!(!staff.remove_photo(INES, world.desk.now()).await.unwrap());
    assert_eq!(refusal(staff.remove_photo("nadie@x.example", world.desk.now()).await), Refusal::NotYours);
    assert_eq!(world.photo(false).await, None);
    staff.close().await;
}

#[tokio::test]
async fn what_is_no_photo_is_refused_and_the_one_before_stays() {
    let world = World::empty().await;
    world.sends_photo("image/png", &picture(ImageFormat::Png)).await.unwrap();
    let before = world.photo(true).await;

    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    for (declared, bytes, why) in [
        ("image/svg+xml", svg.clone(), Refusal::FileKind),
        ("image/png", svg, Refusal::FileKind),
        ("image/jpeg", picture(ImageFormat::Png), Refusal::FileKind),
        ("image/gif", b"GIF89a".to_vec(), Refusal::FileKind),
        ("text/plain", b"hola".to_vec(), Refusal::FileKind),
        ("image/png", Vec::new(), Refusal::FileBroken),
        ("image/png", picture(ImageFormat::Png)[..200].to_vec(), Refusal::FileBroken),
    ] {
        assert_eq!(refusal(world.sends_photo(declared, &bytes).await), why, "{declared}");
    }
    let big = world.desk.begin_photo("image/png", Some(u64::from(PHOTO_LIMIT) + 1)).await.map(|_| ());
    assert_eq!(refusal(big), Refusal::TooBig { limit: PHOTO_LIMIT });
    let mut silent = world.desk.begin_photo("image/png", None).await.unwrap();
    silent.write(&vec![0; PHOTO_LIMIT as usize]).await.unwrap();
    assert_eq!(refusal(silent.write(&[0]).await), Refusal::TooBig { limit: PHOTO_LIMIT });
    drop(silent);

    assert_eq!(world.photo(true).await, before);
    let left = std::fs::read_dir(world.folder().join("files/arriving")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn of_nobody_and_of_who_has_none_there_is_the_same_photo() {
    let world = World::empty().await;

    for id in ["nobody", "", "a\0b", &world.agent(TOMAS).face.id] {
        assert_eq!(world.desk.photo(id, true).await.unwrap(), None, "{id:?}");
    }
}

/// Whoever hands a conversation over sees what the others speak; what goes to a customer has no place for it.
#[tokio::test]
async fn a_colleague_s_languages_stand_by_his_name_where_a_conversation_is_handed_over() {
    let world = World::open().await;
    let tomas = world.signed(TOMAS).await;
    let mut change = domain::profile::Change {
        name: tomas.agent.face.name.clone(),
        lang: "es".into(),
        languages: vec!["pt".into(), "es".into()],
        theme: domain::profile::Theme::System,
    };
    world.desk.change_profile(&tomas, &change, &here()).await.unwrap();

    let speaks = async || {
        let all = world.desk.attendants("returns").await.unwrap();
        all.into_iter().find(|one| one.state.face.id == tomas.agent.face.id).unwrap().languages
    };
    assert_eq!(speaks().await, ["es", "pt"]);
    change.languages.clear();
    world.desk.change_profile(&tomas, &change, &here()).await.unwrap();
    assert_eq!(speaks().await, [""; 0]);
}
