// Sums of eight, one invocation a point.
// Dispatch 1 of 1: 313 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 20032u;
    if (point >= 20000u) {
        return;
    }
    let c0 = point;
    var result0 = 0.0;
    for (var inner = 0u; inner < 8u; inner++) {
        let c1 = inner;
        let p0 = data[offsets[0].x + c0 * 8u + c1];
        let p1 = p0 * p0;
        result0 = result0 + p1;
    }
    let r0 = result0;
    io[offsets[0].y + c0] = r0;
}
