//! The address of a point of several axes, from its row-major number.

/// What is added to an address: ` + at * 3u`, ` - at`, or nothing. Integers wrap, so the order of
/// additions and subtractions does not matter.
pub(super) fn step(at: &str, stride: i32) -> String {
    let sign = if stride < 0 { '-' } else { '+' };
    match stride.unsigned_abs() {
        0 => String::new(),
        1 => format!(" {sign} {at}"),
        stride => format!(" {sign} {at} * {stride}u"),
    }
}

/// The steps to point number `at` (a name or a number) of axes of these sizes and strides. A
/// division only where there are several axes.
pub(super) fn walk(axes: &[(u32, i32)], at: &str) -> String {
    let (mut text, mut inner) = (String::new(), 1);
    for (axis, &(size, stride)) in axes.iter().enumerate().rev() {
        let mut coordinate = at.to_string();
        if inner > 1 {
            coordinate += &format!(" / {inner}u");
        }
        if axis > 0 {
            coordinate += &format!(" % {size}u");
        }
        text += &step(&coordinate, stride);
        inner *= size;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_axis_takes_no_division() {
        assert_eq!(walk(&[], "i"), "");
        assert_eq!(walk(&[(7, -2)], "i"), " - i * 2u");
        assert_eq!(walk(&[(2, 40), (3, 0), (5, 1)], "i"), " + i % 5u + i / 15u * 40u");
    }
}
