//! An accent as screens use it: how well what stands on it can be read (WCAG 2.2, 1.4.3). The same as `--act` and
//! `--act-ink` in style/tokens.css, in the light.

/// The contrast of an accent `#rrggbb` with the ink on it, in tenths from 10 to 210; none: it is no colour.
pub fn contrast(accent: &str) -> Option<u32> {
    let (light, chroma, hue) = lch(rgb(accent)?);
    // The middle, where neither ink can be read, is stepped over.
    let act = if light > 0.62 { light } else { light.min(0.53) };
    let ink = if light > 0.62 { 0.16 } else { 0.99 };
    let (paper, ink) = (luminance(linear(act, chroma, hue)), luminance(linear(ink, 0.01, hue)));
    let (bright, dark) = if paper > ink { (paper, ink) } else { (ink, paper) };
    // Down: what is shown as 4.5 is 4.5.
    Some(((bright + 0.05) / (dark + 0.05) * 10.0) as u32)
}

/// Linear light of an sRGB colour.
fn rgb(accent: &str) -> Option<[f64; 3]> {
    let digits = accent.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let part = |n: usize| {
        let value = f64::from(u8::from_str_radix(&digits[n..n + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some([part(0)?, part(2)?, part(4)?])
}

/// Lightness, chroma and hue in Oklab (CSS Color 4).
fn lch([r, g, b]: [f64; 3]) -> (f64, f64, f64) {
    let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_99 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_55 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    let light = 0.210_454_26 * l + 0.793_617_79 * m - 0.004_072_05 * s;
    let a = 1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s;
    let b = 0.025_904_04 * l + 0.782_771_77 * m - 0.808_675_77 * s;
    (light, a.hypot(b), b.atan2(a))
}

fn linear(light: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let l = (light + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (light - 0.105_561_35 * a - 0.063_854_17 * b).powi(3);
    let s = (light - 0.089_484_18 * a - 1.291_485_55 * b).powi(3);
    [
        4.076_741_66 * l - 3.307_711_59 * m + 0.230_969_93 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_09 * l - 0.703_418_61 * m + 1.707_614_7 * s,
    ]
}

/// What the screen cannot show is cut off.
fn luminance([r, g, b]: [f64; 3]) -> f64 {
    0.2126 * r.clamp(0.0, 1.0) + 0.7152 * g.clamp(0.0, 1.0) + 0.0722 * b.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contrast_is_the_one_of_the_standard() {
        // The look's own green, which says 7.4 with white; the ink on it is a little less than white.
        let green = contrast("#0F5F4B").unwrap();
        assert!((70..=75).contains(&green), "{green}");
        // Nearly black ink on white, nearly white ink on black.
        assert!(contrast("#ffffff").unwrap() > 170);
        assert!(contrast("#000000").unwrap() > 190);
    }

    #[test]
    fn what_is_written_on_any_accent_can_be_read() {
        for r in (0..=255).step_by(51) {
            for g in (0..=255).step_by(51) {
                for b in (0..=255).step_by(51) {
                    let accent = format!("#{r:02x}{g:02x}{b:02x}");
                    assert!(contrast(&accent).unwrap() >= 45, "{accent}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_colour_has_none() {
        for odd in ["", "red", "#fff", "#12345g", "#1234567", "#é23456"] {
            assert_eq!(contrast(odd), None, "{odd}");
        }
    }
}
