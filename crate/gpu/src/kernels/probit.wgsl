// The standard normal quantile, sqrt(2)·erfinv(2u - 1), with the single-precision polynomials of
// Giles, "Approximating the erfinv function" (2010). His (1 - x)(1 + x) is 4u(1 - u) here, which
// keeps the digits of a small u.
fn probit(u: f32) -> f32 {
    var w = -log(4.0 * u * (1.0 - u));
    var p: f32;
    if (w < 5.0) {
        w = w - 2.5;
        p = 2.81022636e-08;
        p = 3.43273939e-07 + p * w;
        p = -3.5233877e-06 + p * w;
        p = -4.39150654e-06 + p * w;
        p = 0.00021858087 + p * w;
        p = -0.00125372503 + p * w;
        p = -0.00417768164 + p * w;
        p = 0.246640727 + p * w;
        p = 1.50140941 + p * w;
    } else {
        w = sqrt(w) - 3.0;
        p = -0.000200214257;
        p = 0.000100950558 + p * w;
        p = 0.00134934322 + p * w;
        p = -0.00367342844 + p * w;
        p = 0.00573950773 + p * w;
        p = -0.0076224613 + p * w;
        p = 0.00943887047 + p * w;
        p = 1.00167406 + p * w;
        p = 2.83297682 + p * w;
    }
    return 1.41421356 * p * (2.0 * u - 1.0);
}
