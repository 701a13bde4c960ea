// One sum of a million, in parts.
// Dispatch 2 of 2: 1 × 1 workgroups, 16384 words of scratch.

@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(7) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 64u;
    if (point >= 1u) {
        return;
    }
    var result0 = scratch[point];
    for (var part = 1u; part < 16384u; part++) {
        result0 = result0 + scratch[part * 1u + point];
    }
    let r0 = result0;
    io[offsets[0].x] = r0;
}
