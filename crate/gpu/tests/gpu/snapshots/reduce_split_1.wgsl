// One sum of a million, in parts.
// Dispatch 1 of 2: 256 × 1 workgroups, 16384 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(7) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let invocation = id.x + id.y * 16384u;
    if (invocation >= 16384u * 1u) {
        return;
    }
    let point = invocation / 16384u;
    let part = invocation % 16384u;
    var total = 0.0;
    for (var inner = part; inner < 1000000u; inner += 16384u) {
        let c0 = inner;
        let p0 = data[offsets[0].x + c0];
        let p1 = p0 * p0;
        total = total + p1;
    }
    scratch[part * 1u + point] = total;
}
