// A 3 × 3 convolution of stride 2: a product whose left factor is windows.
// Dispatch 1 of 1: 16 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

alias Row = f32;

fn finish(item: u32, row: u32, column: u32, lane: u32, result0: f32) {
    let line = item * 64u + row;
    let point = line * 12u + column;
    let c0 = point;
    let r0 = result0;
    io[offsets[0].z + c0] = r0;
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
) {
    let number = group.x + group.y * 16u;
    let tile_n = number % 2u;
    let tile_m = number / 2u % 8u;
    let item = number / 16u % 1u;
    let m0 = (tile_m * 8u + local.y) * 1u;
    let n0 = (tile_n * 8u + local.x) * 1u;
    if (m0 >= 64u || n0 >= 12u) {
        return;
    }
    let a_base = offsets[0].x;
    let a_at0 = m0;
    let a0 = a_base + a_at0 % 4u * 16u + a_at0 / 4u % 4u * 144u + a_at0 / 16u * 648u;
    let b_base = offsets[0].y;
    let b_at0 = n0;
    let b0 = b_base + b_at0;
    var sum0 = Row();
    for (var run = 0u; run < 3u; run++) {
    let a_run = 0u + run * 72u;
    let b_run = 0u + run * 288u;
    var k = 0u;
    for (; k + 4u <= 24u; k += 4u) {
        let a_0_0 = data[(a0 + a_run + (k + 0u)) >> 2u];
        let b_0_0 = data[(b0 + b_run + (k + 0u) * 12u) >> 2u][(b0 + b_run + (k + 0u) * 12u) & 3u];
        let b_0_1 = data[(b0 + b_run + (k + 1u) * 12u) >> 2u][(b0 + b_run + (k + 1u) * 12u) & 3u];
        let b_0_2 = data[(b0 + b_run + (k + 2u) * 12u) >> 2u][(b0 + b_run + (k + 2u) * 12u) & 3u];
        let b_0_3 = data[(b0 + b_run + (k + 3u) * 12u) >> 2u][(b0 + b_run + (k + 3u) * 12u) & 3u];
        let row0 = Row(b_0_0);
        sum0 += a_0_0[0] * row0;
        let row1 = Row(b_0_1);
        sum0 += a_0_0[1] * row1;
        let row2 = Row(b_0_2);
        sum0 += a_0_0[2] * row2;
        let row3 = Row(b_0_3);
        sum0 += a_0_0[3] * row3;
    }
    }
    var sums = array<Row, 1>(sum0);
    for (var i = 0u; i < 1u; i++) {
        for (var j = 0u; j < 1u; j++) {
            if (m0 + i < 64u && n0 + j < 12u) {
                finish(item, m0 + i, n0 + j, j, sums[i]);
            }
        }
    }
}
