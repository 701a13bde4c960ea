// tanh(x·w + b) for a CPU that plays a GPU.
// Dispatch 1 of 1: 2 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

alias Row = vec4<f32>;

fn finish(item: u32, row: u32, column: u32, lane: u32, result0: f32) {
    let line = item * 64u + row;
    let point = line * 32u + column;
    let c0 = line;
    let c1 = column;
    let r0 = result0;
    let r1 = data[(offsets[0].z + c1) >> 2u][(offsets[0].z + c1) & 3u];
    let r2 = r0 + r1;
    let r3 = tanh(clamp(r2, -15.0, 15.0));
    io[offsets[0].w + c0 * 32u + c1] = r3;
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(workgroup_id) group: vec3<u32>,
) {
    let number = group.x + group.y * 2u;
    let tile_n = number % 1u;
    let tile_m = number / 1u % 2u;
    let item = number / 2u % 1u;
    let m0 = (tile_m * 8u + local.y) * 4u;
    let n0 = (tile_n * 8u + local.x) * 4u;
    if (m0 >= 64u || n0 >= 32u) {
        return;
    }
    let a_base = offsets[0].x;
    let a_at0 = m0;
    let a0 = a_base + a_at0 * 16u;
    let a1 = a0 + 1u * 16u;
    let a2 = a0 + 2u * 16u;
    let a3 = a0 + 3u * 16u;
    let b_base = offsets[0].y;
    let b_at0 = n0;
    let b0 = b_base + b_at0;
    let b1 = b0 + 1u;
    let b2 = b0 + 2u;
    let b3 = b0 + 3u;
    var sum0 = Row();
    var sum1 = Row();
    var sum2 = Row();
    var sum3 = Row();
    let a_run = 0u;
    let b_run = 0u;
    var k = 0u;
    for (; k + 4u <= 16u; k += 4u) {
        let a_0_0 = data[(a0 + a_run + (k + 0u)) >> 2u];
        let a_1_0 = data[(a1 + a_run + (k + 0u)) >> 2u];
        let a_2_0 = data[(a2 + a_run + (k + 0u)) >> 2u];
        let a_3_0 = data[(a3 + a_run + (k + 0u)) >> 2u];
        let b_0_0 = data[(b0 + b_run + (k + 0u) * 32u) >> 2u];
        let b_0_1 = data[(b0 + b_run + (k + 1u) * 32u) >> 2u];
        let b_0_2 = data[(b0 + b_run + (k + 2u) * 32u) >> 2u];
        let b_0_3 = data[(b0 + b_run + (k + 3u) * 32u) >> 2u];
        let row0 = Row(b_0_0[0], b_0_0[1], b_0_0[2], b_0_0[3]);
        sum0 += a_0_0[0] * row0;
        sum1 += a_1_0[0] * row0;
        sum2 += a_2_0[0] * row0;
        sum3 += a_3_0[0] * row0;
        let row1 = Row(b_0_1[0], b_0_1[1], b_0_1[2], b_0_1[3]);
        sum0 += a_0_0[1] * row1;
        sum1 += a_1_0[1] * row1;
        sum2 += a_2_0[1] * row1;
        sum3 += a_3_0[1] * row1;
        let row2 = Row(b_0_2[0], b_0_2[1], b_0_2[2], b_0_2[3]);
        sum0 += a_0_0[2] * row2;
        sum1 += a_1_0[2] * row2;
        sum2 += a_2_0[2] * row2;
        sum3 += a_3_0[2] * row2;
        let row3 = Row(b_0_3[0], b_0_3[1], b_0_3[2], b_0_3[3]);
        sum0 += a_0_0[3] * row3;
        sum1 += a_1_0[3] * row3;
        sum2 += a_2_0[3] * row3;
        sum3 += a_3_0[3] * row3;
    }
    var sums = array<Row, 4>(sum0, sum1, sum2, sum3);
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            if (m0 + i < 64u && n0 + j < 32u) {
                finish(item, m0 + i, n0 + j, j, sums[i][j]);
            }
        }
    }
}
