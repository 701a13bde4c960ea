// A matrix product through shared memory: 8 × 8 invocations compute a 32 × 32 tile, each 4 × 4
// outputs, walking down k in steps of 32. Both shared tiles are stored k-major in vectors of four
// along the output, so that a step of the inner loop is two vector loads for 16 multiply-adds. A
// row of a shared tile is nine vectors, one of them unused, so that storing a column of it does
// not hit one memory bank over and over.
alias Row = vec4<f32>;

var<workgroup> tile_a: array<vec4<f32>, 288>;
var<workgroup> tile_b: array<vec4<f32>, 288>;

{{FINISH}}
@compute @workgroup_size(8, 8)
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
    @builtin(workgroup_id) group: vec3<u32>,
) {
{{PLACE}}    let m0 = tile_m * 32u + local.y * 4u;
    let n0 = tile_n * 32u + local.x * 4u;
{{ADDRESSES}}{{SUMS}}    for (var k0 = {{K_BEGIN}}; k0 < {{K_END}}; k0 += 32u) {
{{LOAD_A}}{{LOAD_B}}        workgroupBarrier();
        for (var k = 0u; k < 32u; k++) {
            let a = tile_a[k * 9u + local.y];
            let b = tile_b[k * 9u + local.x];
            sum0 += a.x * b;
            sum1 += a.y * b;
            sum2 += a.z * b;
            sum3 += a.w * b;
        }
        workgroupBarrier();
    }
{{STORE}}}
