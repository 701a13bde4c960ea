// Softmax along rows for a CPU that plays a GPU.
// Dispatch 1 of 1: 1 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let point = id.x + id.y * 64u;
    if (point >= 64u) {
        return;
    }
    let c0 = point;
    var result0 = -3.4028234663852886e38;
    for (var inner = 0u; inner < 512u; inner++) {
        let c1 = inner;
        let p0 = data[offsets[0].x + c0 * 512u + c1];
        result0 = max(result0, p0);
    }
    var result1 = 0.0;
    for (var start = 0u; start < 512u; start += 64u) {
        var run = 0.0;
        let end = min(start + 64u, 512u);
        for (var inner = start; inner < end; inner++) {
            let c1 = inner;
            let p0 = data[offsets[0].y + c0 * 512u + c1];
            let p1 = result0;
            let p2 = p0 - p1;
            let p3 = exp(clamp(p2, -87.0, 87.0));
            run = run + p3;
        }
        result1 += run;
    }
    for (var inner = 0u; inner < 512u; inner++) {
        let c1 = inner;
        let p0 = data[offsets[0].z + c0 * 512u + c1];
        let p1 = result0;
        let p2 = p0 - p1;
        let p3 = exp(clamp(p2, -87.0, 87.0));
        let p4 = 1.0;
        let p5 = result1;
        let p6 = p4 / p5;
        let p7 = p3 * p6;
        io[offsets[0].w + c0 * 512u + c1] = p7;
    }
}
