//! An order of rows of which every beginning is spread evenly over all of them, so that a sample of a
//! held-out set is its first rows, and what the file began with has no say in it.

/// The numbers 0 to `n` − 1, round and round in steps of about the golden section of `n`: any beginning of
/// this sequence leaves gaps of at most three lengths (V. Sós, 1958), none of them long where no quotient
/// of the continued fraction of the step over `n` is large.
pub fn order(n: usize) -> impl Iterator<Item = usize> {
    let golden = n / 1000 * 618 + n % 1000 * 618 / 1000;
    let near = golden.saturating_sub(16).max(1)..golden + 17;
    let step = near.min_by_key(|&step| largest_quotient(n, step)).unwrap_or(1);
    // A product of two counts may be more than 32 bits hold.
    (0..n).map(move |i| (i as u64 * step as u64 % n as u64) as usize)
}

/// The first `most` of such an order over `n` rows, ascending: for what has to be gone through in its own.
pub fn sample(n: usize, most: usize) -> impl Iterator<Item = usize> {
    let most = most.min(n).max(1);
    // The middle of each of as many equal parts, give or take what keeps a period of the rows out.
    (0..most.min(n)).map(move |i| {
        let [low, high] = [i, i + 1].map(|i| (i as u64 * n as u64 / most as u64) as usize);
        low + i * 618 / 1000 % (high - low)
    })
}

/// The largest quotient of Euclid's algorithm; none is larger than that of numbers with a common factor,
/// whose steps would not meet all rows.
fn largest_quotient(mut a: usize, mut b: usize) -> usize {
    let mut largest = 0;
    while b > 0 {
        largest = largest.max(a / b);
        (a, b) = (b, a % b);
    }
    if a == 1 { largest } else { usize::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn every_beginning_is_spread_over_all() {
        for n in [1, 2, 3, 10, 97, 899, 1000, 10_000] {
            let all: Vec<usize> = order(n).collect();
            let mut sorted = all.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..n).collect::<Vec<usize>>());
            for k in [2, 8, 32, 128].into_iter().filter(|&k| k <= n) {
                let mut begun = all[..k].to_vec();
                begun.sort_unstable();
                let widest = begun.windows(2).map(|w| w[1] - w[0]).max().unwrap_or(0);
                assert!(widest <= 3 * n / k + 1, "{k} of {n}: {widest}");
            }
        }
    }

    /// Classes in blocks, and classes in turns: each gets its share.
    #[test]
    fn no_order_of_the_classes_matters() {
        for class in [|i: usize| i / 1000, |i: usize| i % 10] {
            for picked in [order(10_000).take(200).collect::<Vec<usize>>(), sample(10_000, 200).collect()] {
                let mut counts = vec![0; 10];
                picked.into_iter().for_each(|i| counts[class(i)] += 1);
                assert!(counts.iter().all(|c| (15..=25).contains(c)), "{counts:?}");
            }
        }
    }

    #[test]
    fn a_sample_ascends_and_has_nothing_twice() {
        for (n, most) in [(5, 9), (9, 5), (1000, 999), (70_000, 4096), (1, 1)] {
            let picked: Vec<usize> = sample(n, most).collect();
            assert_eq!(picked.len(), n.min(most));
            assert!(picked.windows(2).all(|w| w[0] < w[1]) && picked.iter().all(|&i| i < n));
        }
        assert_eq!(sample(0, 3).count(), 0);
    }
}
