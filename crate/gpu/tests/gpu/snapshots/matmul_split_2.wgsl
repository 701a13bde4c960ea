// tanh(x·w) with a sum of 4096 products, cut in parts.
// Dispatch 2 of 2: 16 × 1 workgroups, 32768 words of scratch.

@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(7) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 1024u;
    if (point >= 1024u) {
        return;
    }
    let c0 = point;
    var result0 = scratch[point];
    for (var part = 1u; part < 32u; part++) {
        result0 = result0 + scratch[part * 1024u + point];
    }
    let r0 = result0;
    let r1 = tanh(clamp(r0, -15.0, 15.0));
    io[offsets[0].x + c0] = r1;
}
