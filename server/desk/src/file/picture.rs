//! Pictures are made anew from their pixels: what else was in them, places and scripts among it, does
//! not come along (S34, S39).

use crate::file::store::fault;
use crate::{Answer, Error};
use domain::file::PIXEL_LIMIT;
use domain::{FileKind, Refusal};
use gif::{ColorOutput, DecodeOptions, MemoryLimit};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::imageops::{self, FilterType as Scale};
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Cursor, Write};
use std::path::Path;

/// As good as the eye needs.
const QUALITY: u8 = 85;
/// An animation unpacks to no more than so many whole pictures of the biggest size.
const ANIMATION: u64 = 8 * PIXEL_LIMIT as u64;

/// What a picture became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    pub kind: FileKind,
    pub width: u32,
    pub height: u32,
}

/// Reads a picture from one file and writes it into another, which is there and empty. Its size is
/// looked at before anything is unpacked (S37).
pub fn make_anew(kind: FileKind, from: &Path, to: &Path) -> Answer<Made> {
    let to = OpenOptions::new().write(true).open(to).map_err(|why| fault("a picture was not written", &why))?;
    let mut to = BufWriter::new(to);
    let made = match kind {
        FileKind::Gif => animation(from, &mut to)?,
        _ => still(kind, from, &mut to)?,
    };
    let written = to.into_inner().map_err(std::io::IntoInnerError::into_error);
    written.and_then(|file| file.sync_all()).map_err(|why| fault("a picture was not written", &why))?;
    Ok(made)
}

/// A picture of somebody, cut to squares from its middle, as JPEG; what was transparent is white.
pub fn squares<const N: usize>(kind: FileKind, from: &Path, sides: [u32; N]) -> Answer<[Vec<u8>; N]> {
    let picture = upright(kind, from)?;
    let (width, height) = (picture.width(), picture.height());
    let middle = width.min(height);
    // Cut before it is scaled: what is very long and thin would grow past all memory.
    let picture = picture.crop_imm((width - middle) / 2, (height - middle) / 2, middle, middle);
    let mut made = [const { Vec::new() }; N];
    for (square, side) in made.iter_mut().zip(sides) {
        let small = picture.resize_exact(side, side, Scale::Lanczos3).to_rgba8();
        let mut paper = RgbaImage::from_pixel(side, side, Rgba([255; 4]));
        imageops::overlay(&mut paper, &small, 0, 0);
        let small = DynamicImage::from(paper).to_rgb8();
        let written = small.write_with_encoder(JpegEncoder::new_with_quality(square, QUALITY));
        written.map_err(|_| Error::from(Refusal::FileBroken))?;
    }
    Ok(made)
}

/// A still picture no wider and no higher than this, in its own shape.
pub fn scaled(kind: FileKind, from: &Path, side: u32) -> Answer<(Vec<u8>, Made)> {
    let mut picture = upright(kind, from)?;
    if picture.width().max(picture.height()) > side {
        picture = picture.resize(side, side, Scale::Lanczos3);
    }
    let mut made = Vec::new();
    let kind = write(kind, &picture, &mut made)?;
    Ok((made, Made { kind, width: picture.width(), height: picture.height() }))
}

fn still(kind: FileKind, from: &Path, to: &mut impl Write) -> Answer<Made> {
    let picture = upright(kind, from)?;
    let kind = write(kind, &picture, to)?;
    Ok(Made { kind, width: picture.width(), height: picture.height() })
}

/// The pixels of a still picture, as it is to be seen. Its size is looked at before anything is unpacked.
fn upright(kind: FileKind, from: &Path) -> Answer<DynamicImage> {
    let bytes = std::fs::read(from).map_err(|why| fault("a picture does not read", &why))?;
    let format = match kind {
        FileKind::Png => ImageFormat::Png,
        FileKind::Webp => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    // The decoder fills what is missing with grey.
    if format == ImageFormat::Jpeg && !is_whole(&bytes) {
        return Err(Refusal::FileBroken.into());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|why| unreadable(&why))?;
    let (width, height) = decoder.dimensions();
    is_small(u64::from(width) * u64::from(height))?;
    let turned = decoder.orientation().map_err(|why| unreadable(&why))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|why| unreadable(&why))?;
    // No eye sees sixteen bits a colour, and turning holds the picture twice.
    picture = match picture.color() {
        ColorType::L16 => picture.into_luma8().into(),
        ColorType::La16 => picture.into_luma_alpha8().into(),
        ColorType::Rgb16 => picture.into_rgb8().into(),
        ColorType::Rgba16 => picture.into_rgba8().into(),
        _ => picture,
    };
    picture.apply_orientation(turned);
    Ok(picture)
}

/// A photograph stays one: without loss it would grow many times.
fn write(kind: FileKind, picture: &DynamicImage, to: &mut impl Write) -> Answer<FileKind> {
    let (written, kind) = match kind {
        FileKind::Png => {
            let small = PngEncoder::new_with_quality(to, CompressionType::Default, FilterType::Adaptive);
            (picture.write_with_encoder(small), FileKind::Png)
        }
        FileKind::Webp if picture.color().has_alpha() => {
            (picture.to_rgba8().write_with_encoder(WebPEncoder::new_lossless(to)), FileKind::Webp)
        }
        _ if picture.color().has_color() => {
            (picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(to, QUALITY)), FileKind::Jpeg)
        }
        _ => (picture.to_luma8().write_with_encoder(JpegEncoder::new_with_quality(to, QUALITY)), FileKind::Jpeg),
    };
    match written {
        Ok(()) => Ok(kind),
        Err(ImageError::IoError(why)) => Err(fault("a picture was not written", &why).into()),
        Err(_) => Err(Refusal::FileBroken.into()),
    }
}

/// Does a JPEG have its end after its last beginning? A preview inside it has both, and comes before.
fn is_whole(bytes: &[u8]) -> bool {
    let last = |mark: u8| bytes.windows(2).rposition(|two| two == [0xff, mark]);
    last(0xd9) > last(0xda)
}

/// The frames as they are, each packed anew; comments and what programs left in it go.
fn animation(from: &Path, to: &mut impl Write) -> Answer<Made> {
    let unreadable = |why| match why {
        gif::DecodingError::MemoryLimit => Error::from(Refusal::TooManyPixels { limit: PIXEL_LIMIT }),
        _ => Error::from(Refusal::FileBroken),
    };
    let unwritten = |why| match why {
        gif::EncodingError::Io(why) => Error::from(fault("a picture was not written", &why)),
        _ => Error::from(Refusal::FileBroken),
    };
    let file = File::open(from).map_err(|why| fault("a picture does not read", &why))?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(MemoryLimit::Bytes(u64::from(PIXEL_LIMIT).try_into().unwrap_or(std::num::NonZeroU64::MIN)));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(BufReader::new(file)).map_err(unreadable)?;
    let (width, height) = (decoder.width(), decoder.height());
    is_small(u64::from(width) * u64::from(height))?;
    let palette = decoder.global_palette().map_or_else(Vec::new, <[u8]>::to_vec);
    let mut encoder = gif::Encoder::new(to, width, height, &palette).map_err(unwritten)?;
    let (mut frames, mut pixels) = (0, 0);
    while let Some(frame) = decoder.next_frame_info().map_err(unreadable)? {
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if pixels > ANIMATION {
            return Err(Refusal::TooManyPixels { limit: PIXEL_LIMIT }.into());
        }
        let mut frame = frame.clone();
        let mut buffer = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut buffer).map_err(unreadable)?;
        frame.buffer = buffer.into();
        frame.interlaced = false;
        if frames == 0 {
            encoder.set_repeat(decoder.repeat()).map_err(unwritten)?;
        }
        encoder.write_frame(&frame).map_err(unwritten)?;
        frames += 1;
    }
    if frames == 0 {
        return Err(Refusal::FileBroken.into());
    }
    encoder.into_inner().map_err(unwritten)?;
    Ok(Made { kind: FileKind::Gif, width: width.into(), height: height.into() })
}

fn is_small(pixels: u64) -> Result<(), Refusal> {
    match pixels {
        0 => Err(Refusal::FileBroken),
        n if n > u64::from(PIXEL_LIMIT) => Err(Refusal::TooManyPixels { limit: PIXEL_LIMIT }),
        _ => Ok(()),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    // Sixteen bits of four colours.
    limits.max_alloc = Some(8 * u64::from(PIXEL_LIMIT) + 16 * 1024 * 1024);
    limits
}

fn unreadable(why: &ImageError) -> Error {
    match why {
        ImageError::Limits(_) => Refusal::TooManyPixels { limit: PIXEL_LIMIT }.into(),
        _ => Refusal::FileBroken.into(),
    }
}
