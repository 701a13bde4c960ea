// Sums along columns, neighbouring columns side by side.
// Dispatch 1 of 1: 2 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<f32>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

const points = 64u;
const elements = 512u;
const columns = 32u;
const lanes = 8u;
const reach = 32u;
var<workgroup> share0: array<f32, 256>;

@compute @workgroup_size(columns * lanes)
fn main(@builtin(local_invocation_index) slot: u32, @builtin(workgroup_id) group: vec3<u32>) {
    let lane = slot / reach % lanes;
    let point = (group.x + group.y * 2u) * columns + slot % columns;
    let c0 = point;
    var total0 = 0.0;
    if (point < points) {
        for (var inner = lane; inner < elements; inner += lanes) {
            let c1 = inner;
            let p0 = data[offsets[0].x + c0 + c1 * 64u];
            let p1 = p0 * p0;
            total0 = total0 + p1;
        }
    }
    share0[slot] = total0;
    for (var distance = lanes / 2u; distance > 0u; distance >>= 1u) {
        workgroupBarrier();
        if (lane < distance) {
            let value = share0[slot + distance * reach];
            total0 = total0 + value;
            share0[slot] = total0;
        }
    }
    let result0 = total0;
    if (lane == 0u && point < points) {
        let r0 = result0;
        io[offsets[0].y + c0] = r0;
    }
}
