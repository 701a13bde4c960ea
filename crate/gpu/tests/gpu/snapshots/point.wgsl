// tanh(x + b), one invocation a point.
// Dispatch 1 of 1: 32 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 2048u;
    if (point >= 2048u) {
        return;
    }
    let c1 = point % 32u;
    let c0 = point / 32u;
    let r0 = data[offsets[0].x + c0 * 32u + c1];
    let r1 = data[offsets[0].y + c1];
    let r2 = r0 + r1;
    let r3 = tanh(clamp(r2, -15.0, 15.0));
    io[offsets[0].z + c0 * 32u + c1] = r3;
}
