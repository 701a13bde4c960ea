// sigmoid(x) + softplus(x) + a normal draw: the functions that WGSL lacks.
// Dispatch 1 of 1: 32 × 1 workgroups, 0 words of scratch.

@group(0) @binding(1) var<storage, read_write> state_u: array<u32>;
@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(5) var<storage, read> data_u: array<u32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

fn sigmoid(x: f32) -> f32 {
    let e = exp(-min(abs(x), 87.0));
    return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

fn softplus(x: f32) -> f32 {
    let y = exp(-min(abs(x), 87.0));
    let series = y * (1.0 - y * (0.5 - y * (0.33333334 - y * 0.25)));
    return max(x, 0.0) + select(log(1.0 + y), series, y < 0.02);
}

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

fn threefry_round(x: vec2<u32>, turn: u32) -> vec2<u32> {
    let sum = x.x + x.y;
    return vec2<u32>(sum, ((x.y << turn) | (x.y >> (32u - turn))) ^ sum);
}

fn threefry(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
    let parity = key.x ^ key.y ^ 0x1BD11BDAu;
    var x = counter + key;
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(key.y, parity + 1u);
    x = threefry_round(x, 17u);
    x = threefry_round(x, 29u);
    x = threefry_round(x, 16u);
    x = threefry_round(x, 24u);
    x += vec2<u32>(parity, key.x + 2u);
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(key.x, key.y + 3u);
    x = threefry_round(x, 17u);
    x = threefry_round(x, 29u);
    x = threefry_round(x, 16u);
    x = threefry_round(x, 24u);
    x += vec2<u32>(key.y, parity + 4u);
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(parity, key.x + 5u);
    return x;
}

fn random_word(key: vec2<u32>, element: u32, invocation: u32) -> u32 {
    let block = threefry(key, vec2<u32>(element >> 1u, invocation));
    return select(block.x, block.y, (element & 1u) == 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 2048u;
    if (point >= 2048u) {
        return;
    }
    let c0 = point;
    let r0 = data[offsets[0].x + c0];
    let r1 = sigmoid(r0);
    let r2 = softplus(r0);
    let r3 = r1 + r2;
    let r4 = random_word(vec2<u32>(data_u[offsets[0].y], data_u[offsets[0].y + 1u]), point, state_u[offsets[0].z]);
    let r5 = (f32(r4 >> 9u) + 0.5) * bitcast<f32>(0x34000000u);
    let r6 = probit(r5);
    let r7 = r3 + r6;
    io[offsets[0].w + c0] = r7;
}
