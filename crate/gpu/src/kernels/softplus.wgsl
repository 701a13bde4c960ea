// log(1 + e^x) = max(x, 0) + log1p(e^-|x|). WGSL has no log1p, and log(1 + y) loses the digits of
// a small y: below 0.02 four terms of the series are exact to f32.
fn softplus(x: f32) -> f32 {
    let y = exp(-min(abs(x), 87.0));
    let series = y * (1.0 - y * (0.5 - y * (0.33333334 - y * 0.25)));
    return max(x, 0.0) + select(log(1.0 + y), series, y < 0.02);
}
