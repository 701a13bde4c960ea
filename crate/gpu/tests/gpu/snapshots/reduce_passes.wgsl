// Softmax along rows: a maximum, a sum, and what follows both at every element.
// Dispatch 1 of 1: 64 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

const points = 64u;
const elements = 512u;
const columns = 1u;
const lanes = 128u;
const reach = 1u;
var<workgroup> share0: array<f32, 128>;
var<workgroup> share1: array<f32, 128>;

@compute @workgroup_size(columns * lanes)
fn main(@builtin(local_invocation_index) slot: u32, @builtin(workgroup_id) group: vec3<u32>) {
    let lane = slot / reach % lanes;
    let point = (group.x + group.y * 64u) * columns + slot / lanes;
    let c0 = point;
    var total0 = -3.4028234663852886e38;
    if (point < points) {
        for (var inner = lane; inner < elements; inner += lanes) {
            let c1 = inner;
            let p0 = data[offsets[0].x + c0 * 512u + c1];
            total0 = max(total0, p0);
        }
    }
    share0[slot] = total0;
    for (var distance = lanes / 2u; distance > 0u; distance >>= 1u) {
        workgroupBarrier();
        if (lane < distance) {
            let value = share0[slot + distance * reach];
            total0 = max(total0, value);
            share0[slot] = total0;
        }
    }
    workgroupBarrier();
    let result0 = share0[slot - lane * reach];
    var total1 = 0.0;
    if (point < points) {
        for (var inner = lane; inner < elements; inner += lanes) {
            let c1 = inner;
            let p0 = data[offsets[0].y + c0 * 512u + c1];
            let p1 = result0;
            let p2 = p0 - p1;
            let p3 = exp(clamp(p2, -87.0, 87.0));
            total1 = total1 + p3;
        }
    }
    share1[slot] = total1;
    for (var distance = lanes / 2u; distance > 0u; distance >>= 1u) {
        workgroupBarrier();
        if (lane < distance) {
            let value = share1[slot + distance * reach];
            total1 = total1 + value;
            share1[slot] = total1;
        }
    }
    workgroupBarrier();
    let result1 = share1[slot - lane * reach];
    if (point < points) {
        for (var inner = lane; inner < elements; inner += lanes) {
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
    if (lane == 0u && point < points) {
    }
}
